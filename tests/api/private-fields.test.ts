import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { CreateSavedSearchDocument } from '../generated/operations.js';
import { databaseKinds, useApp } from '../support/app.js';
import { type Role, roles, Stage } from './access/stage.js';
import { wholeSelection } from './access/whole-selection.js';
import { sent } from './vehicles/bulk/files.js';
import { placeImages } from './vehicles/photos.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** Every field that leads to a type: `Vehicle.dealer`. */
function doorsTo(name: string): string[] {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  return types
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name === name)
        .map((field) => `${type.name}.${field.name}`),
    )
    .sort();
}

// Whoever opens a new door looks first at who may walk through it, and then adds it here.
describe('the doors to what is private', () => {
  it('an account: its own, and nobody else', () => {
    expect(doorsTo('User')).toEqual(['AuthPayload.user', 'Query.me', 'UserPayload.user']);
    expect(doorsTo('UserProfile')).toEqual(['User.profile']);
    expect(doorsTo('AuthTokens')).toEqual(['AuthPayload.tokens', 'ChangePasswordPayload.tokens']);
  });

  it('what others see of an account is its id, a name and a picture', () => {
    const type = schema.getType('PublicUser');
    expect(isObjectType(type) && Object.keys(type.getFields()).sort()).toEqual([
      'avatarUrl',
      'displayName',
      'id',
    ]);
  });

  it('a negotiation: through what belongs to its parties', () => {
    expect(doorsTo('Negotiation')).toEqual([
      'InviteInterestedBuyersPayload.negotiations',
      'NegotiationConnection.nodes',
      'NegotiationEdge.node',
      'NegotiationEvent.negotiation',
      'NegotiationPayload.negotiation',
      'Notification.negotiation',
      'Offer.negotiation',
      'OfferPayload.negotiation',
      'Query.negotiation',
      'Vehicle.myNegotiation',
    ]);
  });

  it('offers and events: through their negotiation, its mutations and the inbox', () => {
    expect(doorsTo('Offer')).toEqual([
      'Negotiation.currentOffer',
      'Negotiation.offers',
      'NegotiationEvent.offer',
      'Notification.offer',
      'OfferConnection.nodes',
      'OfferEdge.node',
      'OfferPayload.offer',
      'Subscription.offerReceived',
    ]);
    expect(doorsTo('NegotiationEvent')).toEqual([
      'NegotiationEventConnection.nodes',
      'NegotiationEventEdge.node',
      'NegotiationPayload.event',
      'OfferPayload.event',
      'Subscription.negotiationEvents',
    ]);
  });

  it('a document: through its dealer, which shows it to its owner and admins, and the mutations that are theirs', () => {
    expect(doorsTo('DealerDocument')).toEqual(['Dealer.documents', 'DealerDocumentPayload.document']);
  });

  it('a notification: through its own inbox', () => {
    expect(doorsTo('Notification')).toEqual([
      'NotificationConnection.nodes',
      'NotificationEdge.node',
      'NotificationPayload.notification',
      'Subscription.notificationReceived',
    ]);
  });
});

/** What stands in some row, and who may read it there. */
const secrets: Record<string, readonly Role[]> = {
  'person-of-the-buyer@example.com': ['buyer'],
  Buyersurname: ['buyer'],
  '555-buyer': ['buyer'],
  Dealersurname: ['dealer'],
  '555-dealer': ['dealer'],
  'Secret licence': ['dealer', 'admin'],
  'Secret reason': ['dealer', 'admin'],
  'Secret note': ['dealer', 'admin'],
  'Secret file': ['dealer', 'admin'],
  'Secret fault': ['dealer', 'admin'],
  'dealer_documents/': ['dealer', 'admin'],
  'Secret upload': ['dealer', 'admin'],
  'bulk_uploads/': [],
  'Secret draft': ['dealer', 'admin'],
  'Secret archived': ['dealer', 'admin'],
  'Secret photo': ['dealer', 'admin'],
  'Secret search': ['buyer'],
  // The dealer's rules: amounts that stand nowhere else.
  '19876.54': ['dealer'],
  '12345.67': ['dealer'],
  'Secret of the buyer': ['buyer', 'dealer', 'admin'],
  'Secret of the rival': ['rival', 'dealer', 'admin'],
  $argon2: [],
};

describe.each(databaseKinds)('private fields on %s', (kind) => {
  // A selection of everything is longer, and more, than a client's may be.
  const app = useApp(kind, { config: { maxQueryTokens: 100_000, maxQueryCost: 1_000_000 } });
  let stage: Stage;
  /** What fields with an id are tried on. */
  let ids: string[];

  beforeAll(async () => {
    stage = await Stage.set(app);
    const { dealer, buyer, rival } = stage.people;
    const vehicle = await stage.vehicle();
    const draft = await stage.vehicle({ publish: false, trim: 'Secret draft' });
    const archived = await stage.archived();
    const run = (sql: string, values: string[]) => app.orm.em.fork().getConnection().execute(sql, values);
    await run('update vehicles set auto_accept_at = 1987654, auto_decline_below = 1234567 where id = ?', [
      vehicle.id,
    ]);
    const ofBuyer = await app.build.negotiation({ vehicle, buyer, message: 'Secret of the buyer' });
    const ofRival = await app.build.negotiation({ vehicle, buyer: rival, message: 'Secret of the rival' });
    const documentId = await stage.document();
    ids = [dealer.dealerId, vehicle.id, draft.id, archived.id, ofBuyer.id, ofRival.id];
    const search = { name: 'Secret search', filter: {} };
    await app.ok(CreateSavedSearchDocument, { input: search }, buyer);
    const uploadId = await sent(app, dealer, 'vin');
    await run('update bulk_uploads set failure = ?, "key" = ? where id = ?', [
      'Secret upload',
      'bulk_uploads/secret.csv',
      uploadId,
    ]);
    ids.push(uploadId);
    await run('update vehicles set trim = ? where id = ?', ['Secret archived', archived.id]);
    const [photo] = await placeImages(app, draft.id, 1);
    await run('update vehicle_images set alt = ? where id = ?', ['Secret photo', photo?.id as string]);
    await run('update users set email = ?, last_name = ?, phone = ? where id = ?', [
      'person-of-the-buyer@example.com',
      'Buyersurname',
      '555-buyer',
      buyer.id,
    ]);
    await run('update dealer_documents set filename = ?, rejection_reason = ? where id = ?', [
      'Secret file',
      'Secret fault',
      documentId,
    ]);
    await run('update users set last_name = ?, phone = ? where id = ?', [
      'Dealersurname',
      '555-dealer',
      dealer.id,
    ]);
    await run(
      'update dealers set license_number = ?, rejection_reason = ?, submission_note = ? where id = ?',
      ['Secret licence', 'Secret reason', 'Secret note', dealer.dealerId],
    );
  });

  it.each(roles)('a %s who asks for everything reads only what it may', async (role) => {
    let read = '';
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      const below = wholeSelection(getNamedType(field.type));
      const takesId = field.args.find(({ type }) => getNamedType(type).name === 'ID');
      const amount = field.args.some(({ name }) => name === 'amount') ? ', amount: "15000"' : '';
      const takesVin = field.args.some(({ name }) => name === 'vin');
      const documents = takesId
        ? ids.map((id) => `{ ${field.name}(${takesId.name}: "${id}"${amount}) ${below} }`)
        : [`{ ${field.name}${takesVin ? `(vin: "${app.build.vin()}")` : ''} ${below} }`];
      for (const document of documents) {
        const response = await app.request(document, {}, stage.token(role));
        for (const { extensions } of response.errors ?? []) {
          expect(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']).toContain(extensions.code);
        }
        read += JSON.stringify(response);
      }
    }
    const known = Object.keys(secrets).filter((secret) => read.includes(secret));
    expect(known).toEqual(Object.keys(secrets).filter((secret) => secrets[secret]?.includes(role)));
  });

  it("shows a rival its own negotiation on the vehicle, and never the buyer's", async () => {
    const [, vehicleId, , , buyers, rivals] = ids;
    const document = 'query ($id: ID!) { vehicle(id: $id) { myNegotiation { id } } }';
    const seen: Record<string, unknown> = {};
    for (const role of roles) {
      type Answer = { vehicle: { myNegotiation: { id: string } | null } };
      const { vehicle } = await app.ok<Answer, object>(document, { id: vehicleId }, stage.token(role));
      seen[role] = vehicle.myNegotiation?.id ?? null;
    }
    const nobody = Object.fromEntries(roles.map((role) => [role, null]));
    expect(seen).toEqual({ ...nobody, buyer: buyers, rival: rivals });
  });
});

import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { DealerPerson, Person } from '../support/builders.js';
import { wholeSelection } from './access/whole-selection.js';
import { fill } from './statements/rows.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const MANY = 50;

/** Lists, with what a screen shows of them, and how many statements that takes: measured, and the same on both databases. */
const lists: ReadonlyArray<
  [name: string, statements: number, who: 'buyer' | 'dealer' | 'admin' | 'guest', document: string]
> = [
  ['a bare listing', 1, 'guest', 'vehicles(first: $first) { nodes { id make model askingPrice } }'],
  [
    'a listing with dealer and totalCount',
    2,
    'guest',
    'vehicles(first: $first) { totalCount nodes { id make askingPrice dealer { id businessName city } } }',
  ],
  [
    'a listing with price histories',
    2,
    'guest',
    'vehicles(first: $first) { nodes { priceHistory { price } } }',
  ],
  [
    'a listing with dealer, primary image and totalCount',
    3,
    'guest',
    `vehicles(first: $first) {
      totalCount nodes { id make askingPrice dealer { id businessName } primaryImage { thumbnailUrl alt } }
    }`,
  ],
  [
    'a listing with all photos',
    2,
    'guest',
    'vehicles(first: $first) { nodes { images { url alt isPrimary } } }',
  ],
  [
    'a listing with facets',
    2,
    'guest',
    'vehicles(first: $first) { nodes { id } facets { makes { value count } years { value } price { min } } }',
  ],
  [
    "a listing with the viewer's negotiations",
    2,
    'buyer',
    'vehicles(first: $first) { nodes { id myNegotiation { id status currentOffer { amount } } } }',
  ],
  [
    'a listing with who has looked at it and saved it',
    4,
    'buyer',
    'vehicles(first: $first) { nodes { id isSaved saveCount viewCount } }',
  ],
  [
    'what the viewer has saved',
    3,
    'buyer',
    'savedVehicles(first: $first) { totalCount nodes { id make isSaved dealer { businessName } } }',
  ],
  ['dealers', 2, 'guest', 'dealers(first: $first) { totalCount nodes { id businessName isVerified } }'],
  [
    'dealers with their vehicles',
    3,
    'guest',
    'dealers(first: $first) { nodes { activeVehicleCount vehicles(first: 2) { nodes { id dealer { id } } } } }',
  ],
  [
    'dealers with the facets of their vehicles',
    2,
    'guest',
    'dealers(first: $first) { nodes { vehicles { facets { models { value count } price { max } } } } }',
  ],
  [
    'dealers with how fast they answer',
    2,
    'guest',
    'dealers(first: $first) { nodes { id businessName medianResponseMinutes } }',
  ],
  [
    'dealers that wait, with what they gave in',
    3,
    'admin',
    `dealersAwaitingReview(first: $first) {
      totalCount nodes { id submittedAt submissionNote documents { kind filename status downloadUrl } }
    }`,
  ],
  [
    'uploads with what is wrong with them',
    2,
    'dealer',
    'bulkUploads(first: $first) { totalCount nodes { id status failed errors { line column message } } }',
  ],
  [
    'the inventory with the rules for its offers',
    1,
    'dealer',
    'myInventory(first: $first) { nodes { id negotiationRules { autoAcceptAt autoDeclineBelow } } }',
  ],
  ['the inventory', 2, 'dealer', 'myInventory(first: $first) { totalCount nodes { id vin status } }'],
  [
    'negotiations with all that a screen shows',
    4,
    'buyer',
    `negotiations(first: $first) {
      totalCount
      nodes {
        id status turn expiresAt minimumOffer buyerOffersRemaining
        vehicle { id make askingPrice } dealer { id businessName } buyer { id displayName }
        offers { id amount status } currentOffer { id amount }
      }
    }`,
  ],
  [
    'negotiations with what is unread in them',
    2,
    'buyer',
    `negotiations(first: $first) {
      totalCount nodes { id updatedAt unreadCount buyerReadSequence dealerReadSequence }
    }`,
  ],
  [
    "the dealer's negotiations with what is unread in them",
    1,
    'dealer',
    'negotiations(first: $first) { nodes { id unreadCount } }',
  ],
  [
    'negotiations with their logs',
    2,
    'buyer',
    'negotiations(first: $first) { nodes { id events(first: 3) { nodes { sequence kind offer { amount } } } } }',
  ],
  [
    'open negotiations',
    2,
    'dealer',
    'activeNegotiations(first: $first) { totalCount nodes { id turn vehicle { make } buyer { displayName } } }',
  ],
  [
    'pending offers',
    2,
    'dealer',
    `pendingOffers(first: $first) {
      totalCount nodes { id amount negotiation { id vehicle { make dealer { id } } buyer { displayName } } }
    }`,
  ],
  [
    'notifications with what they are about',
    3,
    'buyer',
    `notifications(first: $first) {
      totalCount unreadCount nodes { title vehicle { make } negotiation { status } offer { amount status } }
    }`,
  ],
];

describe.each(databaseKinds)('SQL statements on %s', (kind) => {
  // A selection of everything is longer, and more, than a client's may be.
  const app = useApp(kind, { config: { maxQueryTokens: 100_000, maxQueryCost: 1_000_000 } });
  let dealer: DealerPerson;
  let buyer: Person;
  let admin: Person;
  let negotiationIds: string[];

  beforeAll(async () => {
    dealer = await app.build.dealer();
    buyer = await app.build.buyer();
    admin = await app.build.admin();
    negotiationIds = await fill(app, MANY, dealer, buyer);
  });

  /** Statements of an operation; what a node reads now and then beside it does not count. */
  async function count(
    document: string,
    variables: object,
    person?: Person,
  ): Promise<{ sql: number; data: unknown }> {
    let data: unknown;
    const statements = await app.statements(async () => {
      data = await app.ok(document, variables, person);
    });
    const own = statements.filter((statement) => !statement.includes('from sessions where revoked_at >'));
    return { sql: own.length, data };
  }

  /** The statements for a page of `first`, which must be full. */
  async function countPage(selection: string, first: number, person?: Person): Promise<number> {
    const { sql, data } = await count(`query ($first: Int) { ${selection} }`, { first }, person);
    const [page] = Object.values(data as Record<string, { nodes: unknown[] }>);
    expect(page?.nodes).toHaveLength(first);
    return sql;
  }

  it.each(lists)(
    'answers %s in %i, whether it shows 5 rows, 20 or 50',
    async (_name, statements, who, document) => {
      const person = { buyer, dealer, admin, guest: undefined }[who];
      const counts = [];
      for (const first of [5, 20, MANY]) counts.push(await countPage(document, first, person));
      expect(counts).toEqual([statements, statements, statements]);
    },
  );

  const paged = Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) =>
    field.args.some(({ name }) => name === 'after'),
  );
  it.each(paged.map((field) => [field.name, field] as const))(
    '%s with everything in it takes no more for 50 rows than for 5',
    async (name, field) => {
      const ofDealers = ['myInventory', 'pendingOffers', 'bulkUploads'].includes(name);
      const person = name === 'dealersAwaitingReview' ? admin : ofDealers ? dealer : buyer;
      const selection = `${name}(first: $first) ${wholeSelection(getNamedType(field.type), 3)}`;
      // It may take fewer: what is similar to all of them is among them, and was read with them.
      const few = await countPage(selection, 5, person);
      expect(await countPage(selection, MANY, person)).toBeLessThanOrEqual(few);
    },
  );

  it('answers makes in one', async () => {
    const { sql, data } = await count('{ makes { make count models { value count } } }', {});
    expect((data as { makes: unknown[] }).makes).toHaveLength(MANY);
    expect(sql).toBe(1);
  });

  it('answers saved searches with their new matches in two', async () => {
    const document = '{ savedSearches { id name search filterJson newMatchCount } }';
    const { sql, data } = await count(document, {}, buyer);
    expect((data as { savedSearches: unknown[] }).savedSearches).toHaveLength(MANY);
    expect(sql).toBe(2);
  });

  it('answers a thread with vehicle, dealer, buyer and offers in two', async () => {
    const document = `query ($id: ID!) { negotiation(id: $id) {
      id status turn vehicle { id make askingPrice } dealer { id businessName } buyer { id displayName }
      offers { id amount party status }
    } }`;
    expect((await count(document, { id: negotiationIds[0] }, buyer)).sql).toBe(2);
  });

  it('answers a log of 5 entries as one of 50', async () => {
    const id = negotiationIds[1] as string;
    const em = app.orm.em.fork();
    for (let sequence = 4; sequence <= MANY; sequence++) {
      await em.getConnection().execute(
        `insert into negotiation_events (id, created_at, updated_at, negotiation_id, sequence, kind, party, offer_id)
        select '00000000-0000-7000-8000-0000000000${sequence + 10}', created_at, updated_at, negotiation_id, ?, kind,
          party, offer_id from negotiation_events where negotiation_id = ? and sequence = 1`,
        [sequence, id],
      );
    }
    const document = `query ($id: ID!, $first: Int) { negotiation(id: $id) {
      events(first: $first) { totalCount nodes { sequence kind offer { amount } negotiation { status } } }
    } }`;
    for (const first of [5, MANY]) {
      const { sql, data } = await count(document, { id, first }, buyer);
      const { events } = (data as { negotiation: { events: { nodes: unknown[] } } }).negotiation;
      expect([events.nodes.length, sql]).toEqual([first, 3]);
    }
  });

  it('answers what everybody asks first in one each', async () => {
    expect((await count('{ me { id email profile { firstName } } }', {}, buyer)).sql).toBe(1);
    expect((await count('{ unreadNotificationCount }', {}, buyer)).sql).toBe(1);
    expect((await count('{ myDealer { id businessName } }', {}, dealer)).sql).toBe(1);
    expect((await count('{ inventorySummary { total totalAskingValue } }', {}, dealer)).sql).toBe(1);
    expect((await count('{ dealerDashboard { views { count } offers { count } } }', {}, dealer)).sql).toBe(2);
    expect((await count('{ adminDashboard { users vehiclesByStatus { count } } }', {}, admin)).sql).toBe(2);
    expect((await count('{ me { id } dealers(first: 1) { totalCount } }', {})).sql).toBe(1);
  });
});

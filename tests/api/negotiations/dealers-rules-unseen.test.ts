import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLNamedType, getNamedType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AcceptOfferDocument,
  RejectNegotiationDocument,
  StartNegotiationDocument,
  SubmitOfferDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../../support/builders.js';
import { useLive } from '../../support/live.js';
import { wholeSelection } from '../access/whole-selection.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const RULES = { autoAcceptAt: '18000', autoDeclineBelow: '12000' };

/** Lists of other vehicles, in which each of two twins finds the other; and what names a row in another alphabet. */
const LEFT_OUT = new Set(['similar', 'vehicles', 'cursor', 'startCursor', 'endCursor', 'shownVehicles']);

/** What a buyer asks of its own, without naming anything. */
const OWN = new Set(['negotiations', 'activeNegotiations', 'notifications', 'unreadNotificationCount']);

/** An answer in which ids and VINs are numbered as they come: what two of them tell apart is all that a reader can. */
function comparable(answer: unknown): unknown {
  const names = new Map<string, string>();
  const numbered = (text: string) => names.get(text) ?? names.set(text, `#${names.size}`).get(text) ?? '';
  const json = JSON.stringify(answer, (key, value) => (LEFT_OUT.has(key) ? null : value));
  return JSON.parse(json.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\b4T1BF1FK[0-9X]MU\d{6}\b/g, numbered));
}

describe.each(databaseKinds)("the dealer's rules, to a buyer, on %s", (kind) => {
  // A selection of everything is longer, and more, than a client's may be.
  const app = useApp(kind, { config: { maxQueryTokens: 100_000, maxQueryCost: 1_000_000 } });
  const live = useLive(app);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const start = async ({ id: vehicleId }: BuiltVehicle, amount: string, who: Person) => {
    const input = { vehicleId, amount };
    return (await app.ok(StartNegotiationDocument, { input }, who)).startNegotiation;
  };
  const submit = (negotiationId: string, amount: string, who: Person) =>
    app.ok(SubmitOfferDocument, { input: { negotiationId, amount } }, who);

  /** All that a buyer can ask about its negotiation, its vehicle and its inbox, and the log as it is replayed. */
  async function allThatIsSeen(buyer: Person, negotiationId: string, vehicleId: string): Promise<unknown> {
    const seen: Record<string, unknown> = {};
    for (const { name, type } of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      const id = { negotiation: negotiationId, vehicle: vehicleId }[name];
      if (!id && !OWN.has(name)) continue;
      const field = `${name}${id ? `(id: "${id}")` : ''} ${wholeSelection(getNamedType(type))}`;
      seen[name] = await app.ok(`{ ${field} }`, {}, buyer);
    }
    const event = wholeSelection(schema.getType('NegotiationEvent') as GraphQLNamedType, 2);
    const following = live
      .client(buyer)
      .follow(`subscription { negotiationEvents(negotiationId: "${negotiationId}", after: 0) ${event} }`);
    return comparable({ ...seen, followed: await following.take(2) });
  }

  it.each([
    ['an acceptance', '18000'],
    ['a refusal', '11000'],
  ])(
    '%s by rule is what a person would have answered, in every field and every word',
    async (_what, amount) => {
      const [one, other] = [await app.build.buyer(), await app.build.buyer()];
      const byHand = await app.build.vehicle(dealer);
      const byRule = await app.build.vehicle(dealer, RULES);
      const { negotiation: answered, offer } = await start(byHand, amount, one);
      const input = { negotiationId: answered.id };
      if (amount === '18000')
        await app.ok(AcceptOfferDocument, { input: { ...input, offerId: offer.id } }, dealer);
      else await app.ok(RejectNegotiationDocument, { input: { ...input, reason: 'OFFER_TOO_LOW' } }, dealer);
      const { negotiation: ruled } = await start(byRule, amount, other);
      const [hand, rule] = [
        await allThatIsSeen(one, answered.id, byHand.id),
        await allThatIsSeen(other, ruled.id, byRule.id),
      ];
      expect(Object.keys(hand as object)).toEqual(expect.arrayContaining([...OWN, 'negotiation', 'vehicle']));
      expect(rule).toEqual(hand);
    },
  );

  it('are USER on the socket of a buyer and RULE on that of the dealer, though both follow one stream', async () => {
    const buyer = await app.build.buyer();
    const { negotiation } = await start(await app.build.vehicle(dealer, RULES), '15000', buyer);
    await submit(negotiation.id, '19000', dealer);
    const document = `subscription ($id: ID!) { negotiationEvents(negotiationId: $id) {
      sequence kind offer { resolvedBy } negotiation { currentOffer { resolvedBy } }
    } }`;
    const offers = await live.follow(dealer, 'subscription { offerReceived { amount status resolvedBy } }');
    const buyers = await live.follow(buyer, document, { id: negotiation.id });
    const dealers = await live.follow(dealer, document, { id: negotiation.id });
    await submit(negotiation.id, '18200', buyer);
    const told = (resolvedBy: string) =>
      ['OFFER_SUBMITTED', 'OFFER_ACCEPTED'].map((what, index) => ({
        negotiationEvents: {
          sequence: index + 3,
          kind: what,
          offer: { resolvedBy },
          negotiation: { currentOffer: { resolvedBy } },
        },
      }));
    expect(await buyers.take(2)).toEqual(told('USER'));
    expect(await dealers.take(2)).toEqual(told('RULE'));
    expect(await offers.take(1)).toEqual([
      { offerReceived: { amount: '18200.00', status: 'ACCEPTED', resolvedBy: 'RULE' } },
    ]);
  });

  it('keep no offer from offerReceived: the dealer gets those that were turned down too', async () => {
    const buyer = await app.build.buyer();
    const vehicle = await app.build.vehicle(dealer, RULES);
    const offers = await live.follow(dealer, 'subscription { offerReceived { amount status } }');
    await start(vehicle, '11000', buyer);
    await start(vehicle, '13000', buyer);
    expect(await offers.take(2)).toEqual([
      { offerReceived: { amount: '11000.00', status: 'REJECTED' } },
      { offerReceived: { amount: '13000.00', status: 'PENDING' } },
    ]);
  });
});

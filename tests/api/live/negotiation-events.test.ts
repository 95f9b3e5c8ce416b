import { print } from 'graphql';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  AcceptOfferDocument,
  CancelNegotiationDocument,
  NegotiationEventsDocument,
  RejectNegotiationDocument,
  SubmitOfferDocument,
  UpdateDealerDocument,
  UpdateVehicleDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltNegotiation, Person } from '../../support/builders.js';
import { expectNoMore, type Following, followedStreams, until, useLive } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

const SUBMIT_WITHOUT_EVENT = `mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }`;
const UNKNOWN = '01890000-0000-7000-8000-000000000000';

describe.each(databaseKinds)('negotiationEvents on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);

  const offer = async ({ id }: BuiltNegotiation, by: Person, amount: string) =>
    (await app.ok(SubmitOfferDocument, { input: { negotiationId: id, amount } }, by)).submitOffer;

  /** Three entries: 15000 by the buyer, 18000 by the dealer, 16000 by the buyer. */
  async function threeOffers(): Promise<BuiltNegotiation> {
    const negotiation = await app.build.negotiation();
    await offer(negotiation, negotiation.dealer, '18000');
    await offer(negotiation, negotiation.buyer, '16000');
    return negotiation;
  }

  const amountsOf = (
    results: Array<{ negotiationEvents: { sequence: number; offer: { amount: string } | null } }>,
  ) => results.map(({ negotiationEvents: event }) => [event.sequence, event.offer?.amount]);

  it('replays the whole log after 0, then goes on live', async () => {
    const negotiation = await threeOffers();
    const { id: negotiationId, buyer, dealer } = negotiation;
    const following = await live.follow(dealer, NegotiationEventsDocument, { negotiationId, after: 0 });
    await offer(negotiation, dealer, '17500');
    expect(amountsOf(await following.take(4))).toEqual([
      [1, '15000.00'],
      [2, '18000.00'],
      [3, '16000.00'],
      [4, '17500.00'],
    ]);
    await app.ok(CancelNegotiationDocument, { input: { negotiationId, message: 'Changed my mind.' } }, buyer);
    const last = (await following.take(5)).at(-1)?.negotiationEvents;
    expect(last).toMatchObject({
      sequence: 5,
      kind: 'NEGOTIATION_CANCELLED',
      party: 'BUYER',
      message: 'Changed my mind.',
      negotiation: { status: 'CANCELLED', turn: null },
    });
    await expectNoMore(following, 5);
  });

  it.each([
    [1, [2, 3]],
    [2, [3]],
    [3, []],
  ])('replays what came after %i', async (after, expected) => {
    const negotiation = await threeOffers();
    const { id: negotiationId, buyer, dealer } = negotiation;
    const following = await live.follow(buyer, NegotiationEventsDocument, { negotiationId, after });
    await offer(negotiation, dealer, '17500');
    const results = await following.take(expected.length + 1);
    expect(results.map((result) => result.negotiationEvents.sequence)).toEqual([...expected, 4]);
  });

  it.each([{}, { after: null }])(
    'begins with what comes next where nothing else is asked for: %j',
    async (from) => {
      const negotiation = await threeOffers();
      const { id: negotiationId, dealer } = negotiation;
      const following = await live.follow(dealer, NegotiationEventsDocument, { negotiationId, ...from });
      await offer(negotiation, dealer, '17500');
      expect(amountsOf(await following.take(1))).toEqual([[4, '17500.00']]);
      await expectNoMore(following, 1);
    },
  );

  it('tells both parties of all that both do, until they agree', async () => {
    const negotiation = await app.build.negotiation();
    const { id: negotiationId, buyer, dealer } = negotiation;
    const buyers = await live.follow(buyer, NegotiationEventsDocument, { negotiationId, after: 0 });
    const dealers = await live.follow(dealer, NegotiationEventsDocument, { negotiationId, after: 0 });
    await offer(negotiation, dealer, '18000');
    const { offer: last } = await offer(negotiation, buyer, '17000');
    await app.ok(AcceptOfferDocument, { input: { negotiationId, offerId: last.id } }, dealer);
    const seen = await buyers.take(4);
    expect(seen.map(({ negotiationEvents: { kind, party } }) => [kind, party])).toEqual([
      ['OFFER_SUBMITTED', 'BUYER'],
      ['OFFER_SUBMITTED', 'DEALER'],
      ['OFFER_SUBMITTED', 'BUYER'],
      ['OFFER_ACCEPTED', 'DEALER'],
    ]);
    const sequences = (await dealers.take(4)).map(({ negotiationEvents: { sequence } }) => sequence);
    expect(sequences).toEqual([1, 2, 3, 4]);
    expect(seen.at(-1)?.negotiationEvents.negotiation).toEqual({ status: 'ACCEPTED', turn: null });
  });

  it('hears of what closes it from outside', async () => {
    const vehicle = await app.build.vehicle();
    const loser = await app.build.negotiation({ vehicle });
    const winner = await app.build.negotiation({ vehicle });
    const following = await live.follow(loser.buyer, NegotiationEventsDocument, { negotiationId: loser.id });
    const input = { negotiationId: winner.id, offerId: winner.offerId };
    await app.ok(AcceptOfferDocument, { input }, vehicle.dealer);
    const [result] = await following.take(1);
    expect(result?.negotiationEvents).toMatchObject({
      sequence: 2,
      kind: 'NEGOTIATION_CLOSED',
      party: null,
      negotiation: { status: 'CLOSED' },
    });
  });

  it('gives what a screen does not commonly show as well', async () => {
    const negotiation = await threeOffers();
    const { id, buyer, dealer, vehicle } = negotiation;
    const following = await live.follow<{ negotiationEvents: object }, object>(
      buyer,
      `subscription { negotiationEvents(negotiationId: "${id}", after: 2) {
        sequence
        negotiation { offers { amount status } vehicle { vin priceHistory { price } } dealer { id } buyer { id } }
      } }`,
    );
    expect(await following.take(1)).toEqual([
      {
        negotiationEvents: {
          sequence: 3,
          negotiation: {
            offers: [
              { amount: '15000.00', status: 'COUNTERED' },
              { amount: '18000.00', status: 'COUNTERED' },
              { amount: '16000.00', status: 'PENDING' },
            ],
            vehicle: { vin: vehicle.vin, priceHistory: [{ price: '20000.00' }] },
            dealer: { id: dealer.dealerId },
            buyer: { id: buyer.id },
          },
        },
      },
    ]);
  });

  it('sees with each event how things are then, nothing left over from the one before', async () => {
    const negotiation = await app.build.negotiation();
    const { id, buyer, dealer, vehicle } = negotiation;
    const following = await live.follow<{ negotiationEvents: object }, object>(
      buyer,
      `subscription { negotiationEvents(negotiationId: "${id}", after: 0) {
        negotiation { vehicle { askingPrice priceHistory { price } } dealer { businessName } offers { amount } }
      } }`,
    );
    const [first] = await following.take(1);
    await app.ok(UpdateVehicleDocument, { input: { id: vehicle.id, askingPrice: '19000' } }, dealer);
    await app.ok(UpdateDealerDocument, { input: { businessName: 'Renamed Motors' } }, dealer);
    await offer(negotiation, dealer, '18000');
    const [, second] = await following.take(2);
    expect(first?.negotiationEvents).toMatchObject({
      negotiation: {
        vehicle: { askingPrice: '20000.00', priceHistory: [{ price: '20000.00' }] },
        offers: [{ amount: '15000.00' }],
      },
    });
    expect(second?.negotiationEvents).toEqual({
      negotiation: {
        vehicle: { askingPrice: '19000.00', priceHistory: [{ price: '20000.00' }, { price: '19000.00' }] },
        dealer: { businessName: 'Renamed Motors' },
        offers: [{ amount: '15000.00' }, { amount: '18000.00' }],
      },
    });
  });

  it('reads an event once for all who follow', async () => {
    const negotiation = await app.build.negotiation();
    const { id: negotiationId, buyer, dealer } = negotiation;
    const query = `subscription ($negotiationId: ID!) { negotiationEvents(negotiationId: $negotiationId) {
      sequence kind party offer { id amount } negotiation { id status turn lastSequence }
    } }`;
    const followers: Following<object>[] = [];
    for (const person of [buyer, dealer, buyer, dealer, buyer, dealer]) {
      followers.push(await live.follow<object, object>(person, query, { negotiationId }));
    }
    const statements = await app.statements(async () => {
      await app.ok(SUBMIT_WITHOUT_EVENT, { input: { negotiationId, amount: '18000' } }, dealer);
      for (const following of followers) await following.take(1);
    });
    const reads = statements.filter((statement) => /^select .* from "?negotiation_events/s.test(statement));
    expect(reads).toHaveLength(1);
  });

  it('knows nothing of what happens in other negotiations', async () => {
    const vehicle = await app.build.vehicle();
    const followed = await app.build.negotiation({ vehicle });
    const following = await live.follow(vehicle.dealer, NegotiationEventsDocument, {
      negotiationId: followed.id,
    });
    const other = await app.build.negotiation({ vehicle });
    await app.ok(RejectNegotiationDocument, { input: { negotiationId: other.id } }, vehicle.dealer);
    await expectNoMore(following, 0);
  });

  it('refuses all others, follows nothing for them, and keeps their socket open', async () => {
    const vehicle = await app.build.vehicle();
    const { id, buyer } = await app.build.negotiation({ vehicle });
    const rival = await app.build.negotiation({ vehicle });
    const others: Array<[string, string | undefined, string]> = [
      ['a stranger', (await app.build.buyer()).token, 'NOT_FOUND'],
      ['a rival buyer', rival.buyer.token, 'NOT_FOUND'],
      ['another dealer', (await app.build.dealer()).token, 'NOT_FOUND'],
      ['a guest', undefined, 'UNAUTHENTICATED'],
      ['an admin', (await app.build.admin()).token, 'FORBIDDEN'],
    ];
    for (const [who, token, code] of others) {
      const socket = await RawSocket.ready(app, token);
      socket.subscribe('1', print(NegotiationEventsDocument), { negotiationId: id, after: 0 });
      expect([who, await socket.answer('1')]).toEqual([who, { data: null, code }]);
      await socket.expectOpen();
      socket.terminate();
    }
    expect(followedStreams(app)).toBe(0);
    const following = await live.follow(buyer, NegotiationEventsDocument, { negotiationId: id, after: 0 });
    expect(await following.take(1)).toHaveLength(1);
  });

  it('refuses a place that the log has not reached, as after a restore that lost entries, until it is read anew', async () => {
    const negotiation = await threeOffers();
    const { id: negotiationId, buyer, dealer } = negotiation;
    const kysely = app.orm.em.fork().getKysely();
    await sql`delete from negotiation_events where negotiation_id = ${negotiationId} and sequence > 1`.execute(
      kysely,
    );
    await sql`update negotiations set last_sequence = 1 where id = ${negotiationId}`.execute(kysely);
    const ahead = live.client(buyer).follow(NegotiationEventsDocument, { negotiationId, after: 3 });
    expect(await ahead.refused()).toEqual({ code: 'BAD_USER_INPUT', statusCode: 400 });
    expect(ahead.errors?.[0]?.extensions.fields).toEqual({ after: [expect.stringContaining('read anew')] });
    expect(followedStreams(app)).toBe(0);

    const query = 'query ($id: ID!) { negotiation(id: $id) { lastSequence } }';
    const read = await app.ok<{ negotiation: { lastSequence: number } }, object>(
      query,
      { id: negotiationId },
      buyer,
    );
    const after = read.negotiation.lastSequence;
    const following = await live.follow(buyer, NegotiationEventsDocument, {
      negotiationId,
      after,
    });
    await offer(negotiation, dealer, '17500');
    expect(amountsOf(await following.take(1))).toEqual([[2, '17500.00']]);
  });

  it.each([
    ['an unknown id', { negotiationId: UNKNOWN }, 'NOT_FOUND'],
    ['an id that is none', { negotiationId: "' or 1=1" }, 'NOT_FOUND'],
    ['an empty id', { negotiationId: '' }, 'NOT_FOUND'],
    ['a negative after', { negotiationId: UNKNOWN, after: -1 }, 'BAD_USER_INPUT'],
    ['an after that is no number', { negotiationId: UNKNOWN, after: '1' }, 'BAD_USER_INPUT'],
    ['an after over 32 bits', { negotiationId: UNKNOWN, after: 2 ** 31 }, 'BAD_USER_INPUT'],
  ])('refuses %s', async (_what, variables, code) => {
    const buyer = await app.build.buyer();
    const socket = await RawSocket.ready(app, buyer.token);
    socket.subscribe('1', print(NegotiationEventsDocument), variables);
    expect(await socket.answer('1')).toEqual({ data: null, code });
    await socket.expectOpen();
    socket.terminate();
    await until('nobody follows', () => followedStreams(app) === 0);
  });
});

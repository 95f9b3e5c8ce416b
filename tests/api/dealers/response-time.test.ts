import { beforeAll, describe, expect, it } from 'vitest';
import { DealerStatsDocument, ResponseTimesDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import { useScene } from '../negotiations/scene.js';
import { medianMinutes, rowsOf, trade } from './trade.js';

const OF_DEALER = 'query ($id: ID!) { dealer(id: $id) { medianResponseMinutes } }';
type OfDealer = { dealer: { medianResponseMinutes: number | null } };

describe.each(databaseKinds)('Dealer.medianResponseMinutes on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  /** As everybody reads it; the dealer's own statistics must say the same. */
  async function minutesOf(dealer: DealerPerson): Promise<number | null> {
    const { dealer: shown } = await app.ok<OfDealer, object>(OF_DEALER, { id: dealer.dealerId });
    const { dealerStats } = await app.ok(DealerStatsDocument, {}, dealer);
    expect(dealerStats.medianResponseMinutes).toBe(shown.medianResponseMinutes);
    return shown.medianResponseMinutes;
  }

  async function withDealer(): Promise<DealerPerson> {
    scene.dealer = await app.build.dealer();
    return scene.dealer;
  }

  /** An offer that the dealer turns down after so long. */
  async function answerAfter(ms: number): Promise<void> {
    const { id } = await scene.open();
    app.clock.advance(ms);
    await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId: id });
  }

  it('is null before the first answer', async () => {
    const dealer = await withDealer();
    await scene.open();
    expect(await minutesOf(dealer)).toBeNull();
  });

  it.each([
    ['one alone', [7 * MINUTE], 7],
    ['the one in the middle', [40 * HOUR, MINUTE, 5 * MINUTE], 5],
    ['halfway between the two in the middle', [MINUTE, 30 * MINUTE, 10 * MINUTE, 9 * HOUR], 20],
    ['under half a minute to 0', [29_999], 0],
    ['half a minute to 1', [30_000], 1],
    ['halves that are between two', [MINUTE, 2 * MINUTE], 2],
  ])('is the median: %s', async (_name, answers, minutes) => {
    const dealer = await withDealer();
    for (const ms of answers) await answerAfter(ms);
    expect(await minutesOf(dealer)).toBe(minutes);
  });

  it('takes a counter-offer, an acceptance and a rejection for an answer', async () => {
    const dealer = await withDealer();
    const countered = await scene.open();
    app.clock.advance(10 * MINUTE);
    await scene.counter(dealer, countered, '18000');
    expect(await minutesOf(dealer)).toBe(10);
    const accepted = await scene.open();
    app.clock.advance(20 * MINUTE);
    await scene.accept(dealer, accepted);
    expect(await minutesOf(dealer)).toBe(15);
    await answerAfter(90 * MINUTE);
    expect(await minutesOf(dealer)).toBe(20);
  });

  it("takes nothing else for one: the buyer's answers and withdrawals, what lapses, what a rival ends", async () => {
    const dealer = await withDealer();
    // Two answers of three minutes and two of five: any more would move the median off four.
    await answerAfter(3 * MINUTE);
    // The buyer answers the dealer's offer after a day: by accepting, or by another one.
    for (const [answer, minutes] of [
      ['accept', 3],
      ['counter', 5],
    ] as const) {
      const negotiation = await scene.open();
      app.clock.advance(minutes * MINUTE);
      const { offerId } = await scene.counter(dealer, negotiation, '18000');
      app.clock.advance(DAY);
      if (answer === 'accept') await scene.accept(scene.buyer, { id: negotiation.id, offerId });
      else await scene.counter(scene.buyer, negotiation, '16000');
    }
    const withdrawn = await scene.open();
    const lapsing = await scene.open();
    const won = await scene.open();
    await app.build.negotiation({ vehicle: won.vehicle, buyer: scene.rival });
    app.clock.advance(5 * MINUTE);
    await scene.accept(dealer, won);
    app.clock.advance(HOUR);
    await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: withdrawn.id });
    app.clock.advance(50 * HOUR);
    await scene.sweep();
    expect((await scene.read(lapsing)).status).toBe('EXPIRED');
    const answered = await app.orm.em
      .fork()
      .getConnection()
      .execute('select status from offers where dealer_id = ? and responded_at is not null', [
        dealer.dealerId,
      ]);
    const statuses = new Set(answered.map(({ status }: { status: string }) => status));
    expect([...statuses].sort()).toEqual([
      'ACCEPTED',
      'CLOSED',
      'COUNTERED',
      'EXPIRED',
      'REJECTED',
      'WITHDRAWN',
    ]);
    expect(await minutesOf(dealer)).toBe(4);
  });

  it('counts an answer for 90 days to the millisecond', async () => {
    const dealer = await withDealer();
    await answerAfter(10 * MINUTE);
    app.clock.advance(DAY);
    await answerAfter(30 * MINUTE);
    expect(await minutesOf(dealer)).toBe(20);
    app.clock.advance(89 * DAY - 30 * MINUTE);
    expect(await minutesOf(dealer)).toBe(20);
    app.clock.advance(1);
    expect(await minutesOf(dealer)).toBe(30);
    app.clock.advance(DAY + 30 * MINUTE - 1);
    expect(await minutesOf(dealer)).toBe(30);
    app.clock.advance(1);
    expect(await minutesOf(dealer)).toBeNull();
  });

  describe('of many dealers', () => {
    let dealers: DealerPerson[];
    beforeAll(async () => {
      dealers = [];
      for (let index = 0; index < 4; index++) {
        const dealer = await app.build.dealer();
        dealers.push(dealer);
        // One of them has never met a buyer.
        if (index > 0) await trade(app, dealer, { seed: 90 + index, vehicles: 4 * index });
      }
    });

    const shown = async () => {
      const { nodes } = (await app.ok(ResponseTimesDocument, { first: 100 })).dealers;
      return new Map(nodes.map(({ id, medianResponseMinutes }) => [id, medianResponseMinutes]));
    };

    it('is what the rows of each say', async () => {
      const seen = new Set<unknown>();
      for (const wait of [0, 30 * DAY, 40 * DAY]) {
        app.clock.advance(wait);
        const times = await shown();
        for (const dealer of dealers) {
          const minutes = medianMinutes(await rowsOf(app, dealer), app.clock.now());
          expect(times.get(dealer.dealerId)).toBe(minutes);
          expect(await minutesOf(dealer)).toBe(minutes);
          seen.add(minutes);
        }
      }
      expect(seen).toContain(null);
      expect(seen.size).toBeGreaterThan(4);
    });

    it('takes one statement beside that of the list', async () => {
      expect(await app.statements(() => app.ok('{ dealers { nodes { id } } }'))).toHaveLength(1);
      const statements = await app.statements(shown);
      expect(statements).toHaveLength(2);
    });
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { DealerStatsDocument, PendingOffersDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { useScene } from '../negotiations/scene.js';
import { type Rows, rowsOf, trade } from './trade.js';

/** What a dealer works through: who offers how much for what. */
const WORK = `query ($first: Int, $after: String) {
  pendingOffers(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id amount expiresAt negotiation { id status vehicle { id askingPrice } buyer { id displayName } } }
  }
}`;

interface Work {
  pendingOffers: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    nodes: Array<{ id: string; negotiation: { id: string; vehicle: { id: string }; buyer: { id: string } } }>;
  };
}

describe.each(databaseKinds)("pendingOffers among a dealer's figures on %s", (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const pending = async (who: DealerPerson) => (await app.ok(PendingOffersDocument, {}, who)).pendingOffers;

  it('are gone from the moment on that they lapse, swept or not', async () => {
    const dealer = await app.build.dealer();
    const [first, second] = [await app.build.vehicle(dealer), await app.build.vehicle(dealer)];
    await app.build.negotiation({ vehicle: first, buyer: scene.buyer });
    app.clock.advance(HOUR);
    const { offerId } = await app.build.negotiation({ vehicle: second, buyer: scene.buyer });
    app.clock.advance(47 * HOUR - 1);
    expect((await pending(dealer)).totalCount).toBe(2);
    app.clock.advance(1);
    const left = { totalCount: 1, nodes: [{ id: offerId }] };
    expect(await pending(dealer)).toMatchObject(left);
    await scene.sweep();
    expect(await pending(dealer)).toMatchObject(left);
    app.clock.advance(HOUR);
    expect(await pending(dealer)).toMatchObject({ totalCount: 0, nodes: [] });
  });

  describe('of two hundred days at random', () => {
    let dealers: DealerPerson[];
    beforeAll(async () => {
      dealers = [await app.build.dealer(), await app.build.dealer()];
      for (const [index, dealer] of dealers.entries())
        await trade(app, dealer, { seed: 70 + index, vehicles: 30 });
    });

    /** Page by page. */
    async function all(dealer: DealerPerson, first: number) {
      const nodes: Work['pendingOffers']['nodes'] = [];
      let after: string | null = null;
      let more = true;
      while (more) {
        const { pendingOffers }: Work = await app.ok<Work, object>(WORK, { first, after }, dealer);
        nodes.push(...pendingOffers.nodes);
        after = pendingOffers.pageInfo.endCursor;
        more = pendingOffers.pageInfo.hasNextPage;
      }
      return nodes;
    }

    it('are what the rows say, in their order, as many as dealerStats counts', async () => {
      const counts: number[] = [];
      for (const wait of [0, 10 * HOUR, 20 * HOUR, 2 * DAY]) {
        app.clock.advance(wait);
        for (const dealer of dealers) {
          const expected = expectedOf(await rowsOf(app, dealer), app.clock.now());
          const nodes = await all(dealer, 7);
          expect(nodes.map(({ id, negotiation }) => [id, negotiation.id, negotiation.vehicle.id])).toEqual(
            expected,
          );
          const { dealerStats } = await app.ok(DealerStatsDocument, {}, dealer);
          expect([dealerStats.pendingOffers, (await pending(dealer)).totalCount]).toEqual([
            expected.length,
            expected.length,
          ]);
          counts.push(expected.length);
        }
      }
      const [first = 0, second = 0] = counts;
      expect([first > 7, second > 7, ...counts.slice(-2)]).toEqual([true, true, 0, 0]);
      expect(counts[4]).toBeLessThan(first);
    });

    it('take two statements with vehicles and buyers in them, the count included', async () => {
      const [dealer] = dealers as [DealerPerson];
      const work = () => app.ok(WORK, { first: 50 }, dealer);
      expect(await app.statements(work)).toHaveLength(2);
    });
  });
});

/** The definition, read off the rows: offer, negotiation and vehicle, soonest to lapse first, then by id. */
function expectedOf({ offers, negotiations }: Rows, now: Date) {
  const open = new Map(
    negotiations.filter(({ status }) => status === 'ACTIVE').map((row) => [row.id as string, row]),
  );
  return offers
    .filter(({ negotiation_id }) => open.has(negotiation_id as string))
    .filter(({ status, party }) => status === 'PENDING' && party === 'BUYER')
    .filter(({ expires_at }) => Number(expires_at) > now.getTime())
    .sort(
      (one, other) =>
        Number(one.expires_at) - Number(other.expires_at) ||
        ((one.id as string) < (other.id as string) ? -1 : 1),
    )
    .map(({ id, negotiation_id }) => [id, negotiation_id, open.get(negotiation_id as string)?.vehicle_id]);
}

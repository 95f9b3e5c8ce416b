import { beforeAll, describe, expect, it } from 'vitest';
import { DealerStatsDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { useScene } from '../negotiations/scene.js';
import { medianMinutes, type Raw, type Rows, rowsOf, trade } from './trade.js';

const NOTHING = {
  activeVehicles: 0,
  soldVehicles: 0,
  activeNegotiations: 0,
  pendingOffers: 0,
  acceptedNegotiations: 0,
  acceptanceRate: null,
  averageDiscountPercent: null,
  medianResponseMinutes: null,
  agreedValue: '0.00',
};

describe.each(databaseKinds)('dealerStats on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const statsOf = async (who: { token: string }) => (await app.ok(DealerStatsDocument, {}, who)).dealerStats;

  /** A new dealer, whose vehicles the scene's buyers bargain about. */
  async function withDealer(): Promise<DealerPerson> {
    scene.dealer = await app.build.dealer();
    return scene.dealer;
  }

  it('are zeros and nulls before the dealership is registered, and before it has done anything', async () => {
    await scene.open();
    expect(await statsOf(await app.build.register({ userType: 'DEALER' }))).toEqual(NOTHING);
    expect(await statsOf(await app.build.dealer())).toEqual(NOTHING);
  });

  it('tell what became of each negotiation, and of no other dealer', async () => {
    const other = scene.dealer;
    const dealer = await withDealer();
    const before = await statsOf(other);
    await scene.open();
    await scene.counter(dealer, await scene.open(), '18000');
    const kept = await scene.open();
    await app.build.negotiation({ vehicle: kept.vehicle, buyer: scene.rival });
    await scene.accept(dealer, kept);
    const sold = await scene.open();
    const { offerId } = await scene.counter(dealer, sold, '19000');
    await scene.accept(scene.buyer, { id: sold.id, offerId });
    await scene.done(dealer, 'completeSale', { negotiationId: sold.id });
    const fallen = await scene.open();
    await scene.accept(dealer, fallen);
    await scene.done(scene.buyer, 'cancelSale', { negotiationId: fallen.id });
    const reprice =
      'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }';
    await app.ok(reprice, { input: { id: fallen.vehicle.id, askingPrice: '40000.00' } }, dealer);
    await scene.done(dealer, 'rejectNegotiation', { negotiationId: (await scene.open()).id });
    await scene.done(scene.buyer, 'cancelNegotiation', { negotiationId: (await scene.open()).id });
    await scene.vehicle({ publish: false });

    expect(await statsOf(dealer)).toEqual({
      // All but the one that is kept, the one that is sold and the draft.
      activeVehicles: 5,
      soldVehicles: 1,
      activeNegotiations: 2,
      pendingOffers: 1,
      acceptedNegotiations: 3,
      // Beside them ended the rival's, the rejected one and the cancelled one.
      acceptanceRate: 0.5,
      // 25 % and 5 %.
      averageDiscountPercent: 15,
      medianResponseMinutes: 0,
      agreedValue: '34000.00',
    });
    expect(await statsOf(other)).toEqual(before);
  });

  it('know of no open negotiation from the moment on that its offer lapses, swept or not', async () => {
    const dealer = await withDealer();
    await scene.open();
    const open = { ...NOTHING, activeVehicles: 1, activeNegotiations: 1, pendingOffers: 1 };
    app.clock.advance(48 * HOUR - 1);
    expect(await statsOf(dealer)).toEqual(open);
    app.clock.advance(1);
    const lapsed = { ...NOTHING, activeVehicles: 1, acceptanceRate: 0 };
    expect(await statsOf(dealer)).toEqual(lapsed);
    expect((await scene.sweep()).lapsed).toBeGreaterThan(0);
    expect(await statsOf(dealer)).toEqual(lapsed);
  });

  it('count no agreement as holding from the moment on that its hold runs out, swept or not', async () => {
    const dealer = await withDealer();
    await scene.accept(dealer, await scene.open({ amount: '17500.00' }));
    const accepted = { ...NOTHING, acceptedNegotiations: 1, acceptanceRate: 1, medianResponseMinutes: 0 };
    app.clock.advance(7 * DAY - 1);
    expect(await statsOf(dealer)).toEqual({
      ...accepted,
      averageDiscountPercent: 12.5,
      agreedValue: '17500.00',
    });
    app.clock.advance(1);
    expect(await statsOf(dealer)).toEqual(accepted);
    expect((await scene.sweep()).released).toBeGreaterThan(0);
    // The sweep puts the vehicle back on the market.
    expect(await statsOf(dealer)).toEqual({ ...accepted, activeVehicles: 1 });
  });

  it('are negative discounts where the dealer came down after the offer', async () => {
    const dealer = await withDealer();
    const negotiation = await scene.open({ amount: '20000.00' });
    const input = { id: negotiation.vehicle.id, askingPrice: '16000.00' };
    const reprice =
      'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }';
    await app.ok(reprice, { input }, dealer);
    await scene.accept(dealer, negotiation);
    expect((await statsOf(dealer)).averageDiscountPercent).toBe(-25);
  });

  it.each([
    ['buyers', async () => scene.buyer, 'FORBIDDEN'],
    ['admins', () => app.build.admin(), 'FORBIDDEN'],
    ['guests', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('are not for %s', async (_who, make, code) => {
    expect(app.errorOf(await app.request(DealerStatsDocument, {}, await make())).code).toBe(code);
  });

  describe('of two hundred days at random', () => {
    let dealers: DealerPerson[];
    beforeAll(async () => {
      dealers = [await app.build.dealer(), await app.build.dealer()];
      for (const [index, dealer] of dealers.entries()) {
        await trade(app, dealer, { seed: 20_261_122 + index, vehicles: 25 });
      }
    });

    it('are what the rows say, whatever the hour, and the sweep changes none that time has made', async () => {
      const seen: Array<Record<string, unknown>> = [];
      // Offers lapse, then holds run out; then answers are too old to count.
      for (const wait of [0, 11 * HOUR, 20 * HOUR, 2 * DAY, 4 * DAY, 40 * DAY]) {
        app.clock.advance(wait);
        for (const dealer of dealers) {
          const stats = await statsOf(dealer);
          const { averageDiscountPercent: discount, ...rest } = stats;
          const { averageDiscountPercent: exact, ...expected } = expectedOf(
            await rowsOf(app, dealer),
            app.clock.now(),
          );
          expect(rest).toEqual(expected);
          expect(Math.abs((discount as number) - (exact as number))).toBeLessThan(0.050_001);
          expect(Math.round((discount as number) * 10) / 10).toBe(discount);
          seen.push(stats);
        }
      }
      // Had nothing moved, and had nobody done anything, nothing would be shown.
      for (const first of seen.slice(0, 2)) {
        expect(Object.entries(first).filter(([, figure]) => !figure || figure === '0.00')).toEqual([]);
      }
      for (const [index, last] of seen.slice(-2).entries()) {
        expect(last).toMatchObject({ activeNegotiations: 0, pendingOffers: 0 });
        for (const figure of ['acceptanceRate', 'agreedValue', 'medianResponseMinutes'])
          expect(last[figure]).not.toBe(seen[index]?.[figure]);
      }

      const unswept = await Promise.all(dealers.map(statsOf));
      await scene.sweep();
      const swept = await Promise.all(dealers.map(statsOf));
      const still = (stats: object) => ({ ...stats, activeVehicles: null });
      expect(swept.map(still)).toEqual(unswept.map(still));
    });

    it('take four statements at most, and none for what is not asked for', async () => {
      const [dealer] = dealers as [DealerPerson];
      expect(await app.statements(() => statsOf(dealer))).toHaveLength(4);
      const fields = ['soldVehicles', 'agreedValue', 'pendingOffers', 'medianResponseMinutes'];
      for (const field of fields) {
        const document = `{ dealerStats { ${field} } }`;
        expect(await app.statements(() => app.ok(document, {}, dealer))).toHaveLength(1);
      }
      expect(await app.statements(() => app.ok('{ dealerStats { __typename } }', {}, dealer))).toEqual([]);
    });
  });
});

/** The definitions, read off the rows. */
function expectedOf(rows: Rows, now: Date) {
  const at = now.getTime();
  const passed = (moment: Raw[string] | undefined) => Number(moment) <= at;
  const { vehicles, negotiations, offers } = rows;
  const active = negotiations.filter((n) => n.status === 'ACTIVE' && !passed(n.expires_at));
  const accepted = negotiations.filter((n) => n.agreed_price !== null);
  const holding = accepted.filter(
    (n) => n.status === 'COMPLETED' || (n.status === 'ACCEPTED' && !passed(n.hold_expires_at)),
  );
  const discounts = holding.map((n) => 100 * (1 - Number(n.agreed_price) / askedAtAgreement(rows, n)));
  const ended = negotiations.length - active.length;
  const open = new Set(active.map(({ id }) => id));
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
  return {
    activeVehicles: vehicles.filter((v) => v.status === 'ACTIVE').length,
    soldVehicles: vehicles.filter((v) => v.status === 'SOLD').length,
    activeNegotiations: active.length,
    pendingOffers: offers.filter(
      (o) => open.has(o.negotiation_id as string) && o.status === 'PENDING' && o.party === 'BUYER',
    ).length,
    acceptedNegotiations: accepted.length,
    acceptanceRate: ended === 0 ? null : accepted.length / ended,
    averageDiscountPercent: discounts.length === 0 ? null : sum(discounts) / discounts.length,
    medianResponseMinutes: medianMinutes(rows, now),
    agreedValue: (sum(holding.map((n) => Number(n.agreed_price))) / 100).toFixed(2),
  };
}

/** The last price that was set before its offer was accepted: by the history, whatever the vehicle costs now. */
function askedAtAgreement({ offers, prices }: Rows, { id, vehicle_id }: Raw): number {
  const accepted = offers.find((offer) => offer.negotiation_id === id && offer.status === 'ACCEPTED') as Raw;
  const before = prices
    .filter((price) => price.vehicle_id === vehicle_id)
    .filter(({ changed_at }) => Number(changed_at) <= Number(accepted.responded_at))
    .sort((one, other) => Number(one.changed_at) - Number(other.changed_at));
  return Number(before.at(-1)?.price);
}

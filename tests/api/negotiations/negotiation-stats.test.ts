import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import { staleToken } from '../accounts/leaving.js';
import { type Raw, trade } from '../dealers/trade.js';
import { useScene } from './scene.js';

const STATS = `{
  negotiationStats {
    total active awaitingMe accepted completed rejected cancelled expired
    averageDiscountPercent averageOffersToAgreement medianHoursToAgreement
  }
}`;

const NOTHING = {
  total: 0,
  active: 0,
  awaitingMe: 0,
  accepted: 0,
  completed: 0,
  rejected: 0,
  cancelled: 0,
  expired: 0,
  averageDiscountPercent: null,
  averageOffersToAgreement: null,
  medianHoursToAgreement: null,
};
type Stats = Record<keyof typeof NOTHING, number | null>;

describe.each(databaseKinds)('negotiationStats on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;

  const statsOf = async (who: { token: string }) =>
    (await app.ok<{ negotiationStats: Stats }, object>(STATS, {}, who)).negotiationStats;

  it('are zeros and nulls for who has none: buyers, dealers, newcomers and admins', async () => {
    await scene.open();
    const newcomer = await app.build.register({ userType: 'DEALER' });
    for (const who of [await app.build.buyer(), await app.build.dealer(), newcomer, await app.build.admin()])
      expect(await statsOf(who)).toEqual(NOTHING);
    expect(app.errorOf(await app.request(STATS)).code).toBe('UNAUTHENTICATED');
  });

  it('tell each side what became of its own', async () => {
    const [dealer, buyer] = [await app.build.dealer(), await app.build.buyer()];
    Object.assign(scene, { dealer, buyer });
    // 10 % off after three offers and two hours; 25 % off after one and none, which falls through.
    const sold = await scene.open({ amount: '17000.00' });
    app.clock.advance(HOUR);
    await scene.counter(dealer, sold, '19000');
    app.clock.advance(HOUR);
    const { offerId } = await scene.counter(buyer, sold, '18000');
    await scene.accept(dealer, { id: sold.id, offerId });
    await scene.done(dealer, 'completeSale', { negotiationId: sold.id });
    const fallen = await scene.open();
    await scene.accept(dealer, fallen);
    await scene.done(buyer, 'cancelSale', { negotiationId: fallen.id });
    await scene.done(dealer, 'rejectNegotiation', { negotiationId: (await scene.open()).id });
    await scene.done(buyer, 'cancelNegotiation', { negotiationId: (await scene.open()).id });
    const held = await scene.open({ amount: '16000.00' });
    await app.build.negotiation({ vehicle: held.vehicle, buyer: scene.rival });
    app.clock.advance(5 * HOUR + 4 * MINUTE);
    await scene.accept(dealer, held);
    await scene.open();
    const lapsing = await scene.open();
    await scene.counter(dealer, lapsing, '18000');

    const expected = {
      total: 7,
      active: 2,
      awaitingMe: 1,
      accepted: 1,
      completed: 1,
      rejected: 1,
      cancelled: 1,
      expired: 0,
      // 10, 25 and 20; 3, 1 and 1; 2, 0 and 5.07.
      averageDiscountPercent: 18.3,
      averageOffersToAgreement: 1.7,
      medianHoursToAgreement: 2,
    };
    expect(await statsOf(buyer)).toEqual(expected);
    // Beside them the rival's, which was closed.
    expect(await statsOf(dealer)).toEqual({ ...expected, total: 8 });
    app.clock.advance(48 * HOUR);
    const lapsed = { ...expected, active: 0, awaitingMe: 0, expired: 2 };
    expect(await statsOf(buyer)).toEqual(lapsed);
    app.clock.advance(5 * DAY);
    expect(await statsOf(buyer)).toEqual({ ...lapsed, accepted: 0 });
    await scene.sweep();
    expect(await statsOf(buyer)).toEqual({ ...lapsed, accepted: 0 });
  });

  it('compare with what was asked when the offer was made', async () => {
    const [dealer, buyer] = [await app.build.dealer(), await app.build.buyer()];
    Object.assign(scene, { dealer, buyer });
    const opened = await scene.open({ amount: '16000.00' });
    const reprice =
      'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }';
    await app.ok(reprice, { input: { id: opened.vehicle.id, askingPrice: '40000.00' } }, dealer);
    await scene.accept(dealer, opened);
    expect((await statsOf(buyer)).averageDiscountPercent).toBe(20);
  });

  describe('of two hundred days at random', () => {
    let dealer: DealerPerson;
    let people: Array<{ id: string; column: string; token: string; turn: string }>;

    beforeAll(async () => {
      dealer = await app.build.dealer();
      await trade(app, dealer, { seed: 4_711, vehicles: 25 });
      const mine = (await read('negotiations')).filter((row) => row.dealer_id === dealer.dealerId);
      const buyers = [...new Set(mine.map((row) => row.buyer_id as string))];
      people = [{ id: dealer.dealerId, column: 'dealer_id', token: dealer.token, turn: 'DEALER' }];
      for (const id of buyers)
        people.push({ id, column: 'buyer_id', turn: 'BUYER', ...(await staleToken(app, id, 'BUYER')) });
    });

    const read = (table: string): Promise<Raw[]> =>
      app.orm.em.fork().getConnection().execute(`select * from ${table}`);

    it('are what the rows say, whatever the hour, on both sides', async () => {
      const seen: Stats[] = [];
      for (const wait of [0, 20 * HOUR, 2 * DAY, 9 * DAY]) {
        app.clock.advance(wait);
        const [negotiations, offers] = [await read('negotiations'), await read('offers')];
        for (const { id, column, token, turn } of people) {
          const own = negotiations.filter((row) => row[column] === id);
          const stats = await statsOf({ token });
          expect(stats).toEqual(expectedOf(own, offers, turn, app.clock.now().getTime(), stats));
          seen.push(stats);
        }
      }
      expect(Object.entries(seen[0] as Stats).filter(([, figure]) => !figure)).toEqual([]);
      const told = await Promise.all(people.map(statsOf));
      await scene.sweep();
      expect(await Promise.all(people.map(statsOf))).toEqual(told);
    });

    it('take two statements at most, and none for what is not asked for', async () => {
      const count = async (document: string) =>
        (await app.statements(() => app.ok(document, {}, dealer))).length;
      expect(await count(STATS)).toBe(2);
      expect(await count('{ negotiationStats { total averageDiscountPercent } }')).toBe(1);
      expect(await count('{ negotiationStats { medianHoursToAgreement } }')).toBe(1);
      expect(await count('{ negotiationStats { __typename } }')).toBe(0);
    });
  });
});

/** The definitions, read off the rows. Of what lies just between two tenths, either is right. */
function expectedOf(own: readonly Raw[], offers: readonly Raw[], turn: string, at: number, told: Stats) {
  const count = (is: (row: Raw) => boolean) => own.filter(is).length;
  const has = (status: string, due?: string) => (row: Raw) =>
    row.status === status && (due === undefined || Number(row[due]) > at);
  const active = has('ACTIVE', 'expires_at');
  const agreed = own.filter((row) => row.agreed_at !== null);
  const accepted = new Map(offers.map((offer) => [offer.id, offer]));
  const discounts = agreed.map((row) => {
    const offer = accepted.get(row.current_offer_id as string) as Raw;
    return 100 * (1 - Number(row.agreed_price) / Number(offer.asking_price));
  });
  const hours = agreed
    .map((row) => (Number(row.agreed_at) - Number(row.created_at)) / HOUR)
    .sort((one, other) => one - other);
  const middle = (hours.length - 1) / 2;
  const median = ((hours[Math.floor(middle)] as number) + (hours[Math.ceil(middle)] as number)) / 2;
  const made = agreed.map((row) => offers.filter((offer) => offer.negotiation_id === row.id).length);
  return {
    total: own.length,
    active: count(active),
    awaitingMe: count((row) => active(row) && row.turn === turn),
    accepted: count(has('ACCEPTED', 'hold_expires_at')),
    completed: count(has('COMPLETED')),
    rejected: count(has('REJECTED')),
    cancelled: count(has('CANCELLED')),
    expired: count((row) => row.status === 'EXPIRED' || (row.status === 'ACTIVE' && !active(row))),
    averageDiscountPercent: tenth(mean(discounts), told.averageDiscountPercent),
    averageOffersToAgreement: tenth(mean(made), told.averageOffersToAgreement),
    medianHoursToAgreement: tenth(hours.length === 0 ? null : median, told.medianHoursToAgreement),
  };
}

function mean(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((one, other) => one + other, 0) / numbers.length;
}

function tenth(exact: number | null, told: number | null): number | null {
  if (exact === null || told === null) return exact;
  return Math.abs(exact - told) < 0.050_001 ? Math.round(told * 10) / 10 : exact;
}

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds } from '../../support/app.js';
import type { BuiltVehicle, Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { moveVehicle } from '../../support/moves.js';
import { bargained } from './comparables.js';
import { invite, keep } from './inviting.js';
import { unknownIds, useScene } from './scene.js';

const INSIGHT = `query ($vehicleId: ID!, $amount: Money!) {
  offerInsight(vehicleId: $vehicleId, amount: $amount) {
    acceptanceRate percentile comparableCount medianAgreedPercentOfAsking
  }
}`;

type Insight = Record<
  'acceptanceRate' | 'percentile' | 'comparableCount' | 'medianAgreedPercentOfAsking',
  number
>;
type Outcome =
  | 'accepted'
  | 'completed'
  | 'fellThrough'
  | 'rejected'
  | 'cancelled'
  | 'lapsedByDealer'
  | 'lapsedByBuyer'
  | 'closed';

describe.each(databaseKinds)('offerInsight on %s', (kind) => {
  const scene = useScene(kind);
  const { app } = scene;
  let buyers: Person[];
  let model: string;
  let count = 0;

  beforeAll(async () => {
    buyers = await Promise.all(Array.from({ length: 20 }, () => app.build.buyer()));
  });
  // Nobody has ever bargained about one of these.
  beforeEach(() => {
    model = `Model ${++count}`;
  });

  const vehicleOf = (more: object = {}) => scene.vehicle({ model, year: 2020, ...more });

  /** A negotiation of the buyer with this number, at so many percent of 20,000, that ended so. */
  async function end(who: number, outcome: Outcome, percent = 90, more: object = {}): Promise<BuiltVehicle> {
    const buyer = buyers[who] as Person;
    const vehicle = await vehicleOf(more);
    const opened = await app.build.negotiation({ vehicle, buyer, amount: String(percent * 200) });
    const input = { negotiationId: opened.id };
    const accept = () => scene.accept(scene.dealer, opened);
    const ways: Record<Outcome, () => Promise<unknown>> = {
      accepted: accept,
      completed: async () => accept().then(() => scene.done(scene.dealer, 'completeSale', input)),
      fellThrough: async () => accept().then(() => scene.done(buyer, 'cancelSale', input)),
      rejected: () => scene.done(scene.dealer, 'rejectNegotiation', input),
      cancelled: () => scene.done(buyer, 'cancelNegotiation', input),
      lapsedByDealer: async () => app.clock.advance(48 * HOUR),
      lapsedByBuyer: async () => {
        await scene.counter(scene.dealer, opened, '19999');
        app.clock.advance(48 * HOUR);
      },
      closed: () => moveVehicle(app, scene.dealer, 'archiveVehicle', { id: vehicle.id }),
    };
    await ways[outcome]();
    app.clock.advance(1);
    return vehicle;
  }

  /** The same of several, who all bargained about one vehicle. */
  async function past(
    who: readonly number[],
    outcome: 'agreed' | 'rejected',
    percent: number,
    more: object = {},
  ): Promise<BuiltVehicle> {
    const vehicle = await vehicleOf(more);
    const people = who.map((index) => buyers[index] as Person);
    await bargained(app, vehicle.id, people, { outcome, amount: percent * 20_000 });
    return vehicle;
  }

  async function insight(
    vehicle: { id: string },
    percent: number,
    who: Person = scene.buyer,
  ): Promise<Insight | null> {
    const variables = { vehicleId: vehicle.id, amount: String(percent * 200) };
    return (await app.ok<{ offerInsight: Insight | null }, object>(INSIGHT, variables, who)).offerInsight;
  }

  /** Five that were agreed on and five that were turned down, by the buyers from 0 to 9. */
  async function ten() {
    await past([0, 1], 'agreed', 95);
    await past([2, 3], 'agreed', 90);
    await past([4], 'agreed', 80);
    await past([5, 6, 7, 8, 9], 'rejected', 75);
  }

  it('is null under ten, and then says what became of them', async () => {
    const agreed: Outcome[] = ['accepted', 'completed', 'fellThrough', 'completed', 'accepted'];
    const refused: Outcome[] = ['rejected', 'lapsedByDealer', 'rejected', 'rejected'];
    for (const [who, outcome] of agreed.entries()) await end(who, outcome, 90);
    for (const [who, outcome] of refused.entries()) await end(who + 5, outcome, 70);
    const vehicle = await vehicleOf();
    expect(await insight(vehicle, 90)).toBeNull();
    await end(9, 'lapsedByDealer', 70);

    const told = { comparableCount: 10, medianAgreedPercentOfAsking: 90 };
    expect(await insight(vehicle, 90)).toEqual({ ...told, acceptanceRate: 0.5, percentile: 1 });
    expect(await insight(vehicle, 85)).toEqual({ ...told, acceptanceRate: 0, percentile: 0.5 });
    expect(await insight(vehicle, 60)).toEqual({ ...told, acceptanceRate: 0, percentile: 0 });
    await scene.sweep();
    expect(await insight(vehicle, 90)).toEqual({ ...told, acceptanceRate: 0.5, percentile: 1 });
  });

  it('counts an invitation that was accepted, and no buyer who made no offer', async () => {
    await past([0, 1, 2, 3, 4, 5, 6, 7, 8], 'rejected', 75);
    const vehicle = await vehicleOf();
    const input = { vehicleId: vehicle.id, amount: '18000' };
    await keep(app, vehicle.id, buyers[10] as Person);
    await invite(app, scene.dealer, input);
    app.clock.advance(96 * HOUR);
    expect(await insight(vehicle, 90)).toBeNull();
    await keep(app, vehicle.id, buyers[9] as Person);
    const own = (await invite(app, scene.dealer, input)).find(({ buyer }) => buyer.id === buyers[9]?.id);
    const { id, currentOffer } = own as NonNullable<typeof own>;
    await scene.accept(buyers[9] as Person, { id, offerId: currentOffer.id });
    expect(await insight(vehicle, 90)).toMatchObject({ comparableCount: 10, acceptanceRate: 0.1 });
  });

  it('does not count what a buyer gave up, what ended with its vehicle, or a second one of the same buyer', async () => {
    await past([0, 1, 2, 3, 4, 5, 6, 7, 8], 'rejected', 75);
    for (const outcome of ['cancelled', 'lapsedByBuyer', 'closed'] as const) await end(10, outcome);
    await end(0, 'accepted');
    await end(1, 'rejected');
    const vehicle = await vehicleOf();
    await app.build.negotiation({ vehicle, buyer: buyers[12] as Person });
    await app.build.negotiation({ vehicle, buyer: buyers[11] as Person });
    expect(await insight(vehicle, 90)).toBeNull();
  });

  it('does not count other models, and of other years only those of the same three', async () => {
    const own = model;
    await past([0, 1, 2], 'rejected', 75, { year: 2019 });
    await past([3, 4, 5], 'agreed', 75, { year: 2021 });
    await past([6, 7, 8], 'rejected', 75, { model: `  ${own.toUpperCase()} ` });
    for (const year of [2018, 2022]) await past([9], 'rejected', 75, { year });
    await past([9], 'rejected', 75, { make: 'Honda' });
    await past([9], 'rejected', 75, { model: `${own} Sport` });
    const vehicle = await vehicleOf();
    expect(await insight(vehicle, 90)).toBeNull();
    await past([9], 'rejected', 75);
    expect(await insight(vehicle, 90)).toMatchObject({ comparableCount: 10 });
    expect(await insight(await vehicleOf({ year: 2021 }), 90)).toMatchObject({ comparableCount: 10 });
    expect(await insight(await vehicleOf({ year: 2022 }), 90)).toBeNull();
  });

  describe('shows no single deal', () => {
    it('by asking before and after it: four more change nothing, the fifth comes with them', async () => {
      await ten();
      const vehicle = await vehicleOf();
      const everything = () => Promise.all([50, 75, 80, 85, 90, 95, 100].map((p) => insight(vehicle, p)));
      const before = await everything();
      for (const [who, percent] of [60, 100, 100, 60].entries()) {
        await end(10 + who, percent === 60 ? 'rejected' : 'completed', percent);
        expect(await everything()).toEqual(before);
      }
      // Nor do more of those who count already, or of one who gives up.
      await end(3, 'accepted', 100);
      await end(14, 'cancelled', 100);
      expect(await everything()).toEqual(before);
      await end(15, 'rejected', 60);
      const after = await everything();
      expect(after.map((told) => told?.comparableCount)).toEqual(Array(7).fill(15));
      expect(after).not.toEqual(before);
    });

    it('by asking as somebody else, or for another vehicle: all are told the same', async () => {
      await ten();
      const [cheap, dear] = [
        await vehicleOf({ askingPrice: '10000' }),
        await vehicleOf({ askingPrice: '40000' }),
      ];
      const told = await insight(cheap, 45);
      expect(told).toEqual({
        acceptanceRate: 0.5,
        percentile: 1,
        comparableCount: 10,
        medianAgreedPercentOfAsking: 90,
      });
      expect(await insight(dear, 180)).toEqual(told);
      for (const who of [buyers[0], buyers[9], buyers[19]] as Person[])
        expect(await insight(cheap, 45, who)).toEqual(told);
    });

    it('by its price: five are told as one', async () => {
      await ten();
      const vehicle = await vehicleOf();
      const rates = await Promise.all([75, 80, 85, 90, 95].map((percent) => insight(vehicle, percent)));
      expect(rates.map((told) => told?.acceptanceRate)).toEqual([0, 0, 0, 0.5, 0.5]);
      expect(rates.map((told) => told?.percentile)).toEqual([0.5, 0.5, 0.5, 1, 1]);
    });
  });

  it('takes prices as shares of what was asked then, whatever is asked now', async () => {
    const vehicles = [await past([0, 1, 2, 3, 4], 'agreed', 90), await past([5, 6, 7, 8, 9], 'rejected', 90)];
    const vehicle = await vehicleOf();
    const before = await insight(vehicle, 90);
    for (const { id } of vehicles)
      await moveVehicle(app, scene.dealer, 'updateVehicle', { id, askingPrice: '40000' });
    expect(before).toMatchObject({ acceptanceRate: 0.5, medianAgreedPercentOfAsking: 90 });
    expect(await insight(vehicle, 90)).toEqual(before);
  });

  it('counts an agreement from its first moment on, also when its hold runs out', async () => {
    await past([0, 1, 2, 3, 4, 5, 6, 7, 8], 'agreed', 90);
    await end(9, 'accepted', 90);
    const vehicle = await vehicleOf();
    const told = await insight(vehicle, 90);
    expect(told).toMatchObject({ acceptanceRate: 1 });
    app.clock.advance(7 * DAY);
    expect(await insight(vehicle, 90)).toEqual(told);
    await scene.sweep();
    expect(await insight(vehicle, 90)).toEqual(told);
  });

  describe('refuses', () => {
    const refusal = (who: { token: string | undefined }, vehicleId: string, amount = '15000') =>
      scene.refused(() => app.request(INSIGHT, { vehicleId, amount }, who));

    it('whoever is no buyer', async () => {
      const { id } = await vehicleOf();
      expect((await refusal(scene.dealer, id)).code).toBe('FORBIDDEN');
      expect((await refusal(await app.build.admin(), id)).code).toBe('FORBIDDEN');
      expect((await refusal({ token: undefined }, id)).code).toBe('UNAUTHENTICATED');
    });

    it('vehicles that the buyer may not see', async () => {
      const draft = await vehicleOf({ publish: false });
      const archived = await vehicleOf();
      await moveVehicle(app, scene.dealer, 'archiveVehicle', { id: archived.id });
      for (const id of [draft.id, archived.id, ...unknownIds])
        expect((await refusal(scene.buyer, id)).code).toBe('NOT_FOUND');
    });

    it('amounts that are none', async () => {
      const { id } = await vehicleOf();
      expect(await refusal(scene.buyer, id, '0')).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect((await refusal(scene.buyer, id, '-1')).code).toBe('BAD_USER_INPUT');
    });
  });

  it('takes two statements', async () => {
    const vehicle = await vehicleOf();
    expect(await app.statements(() => insight(vehicle, 90))).toHaveLength(2);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { aggregateDailyFigures } from '../../../src/modules/analytics/daily/daily-figures.service.js';
import { AdminDashboardDocument, DealerDashboardDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';
import {
  dayOf,
  execute,
  expectedOf,
  expectedOfMarket,
  live,
  look,
  midnightOf,
  rawOf,
  save,
  toMorning,
} from './world.js';

describe.each(databaseKinds)('the daily figures on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });
  let dealers: DealerPerson[];
  beforeAll(async () => {
    toMorning(app);
    dealers = [await app.build.dealer(), await app.build.dealer(), await app.build.dealer()];
    // The third does nothing at all.
    await live(app, dealers.slice(0, 2), 20_261_122);
  });

  const run = (signal?: AbortSignal) => aggregateDailyFigures(app.system.makeCtx(), signal);
  /** Runs until nothing more is due, as the runner does. */
  const count = async (): Promise<number> => {
    const result = await run();
    return typeof result === 'number' ? result : result.count + (await count());
  };
  const daysAgo = (days: number) => dayOf(app.clock.now().getTime() - days * DAY);
  const countedDays = async () =>
    (await execute(app, 'select day from market_days order by day')).map(({ day }) => day);
  const dashboardOf = async (dealer: DealerPerson, from?: string, to?: string) =>
    (await app.ok(DealerDashboardDocument, { from, to }, dealer)).dealerDashboard;
  const marketNow = async () =>
    (await app.ok(AdminDashboardDocument, {}, await app.build.admin())).adminDashboard;

  /** Of every dealer, over days of every kind: what the dashboards say is what the rows say. */
  async function expectTruth(): Promise<void> {
    const world = await rawOf(app);
    const ranges = [
      [29, 0],
      [365, 0],
      [1, 1],
      [0, 0],
      [120, 60],
      [3, 1],
    ] as const;
    for (const { dealerId, ...dealer } of dealers) {
      for (const [first, last] of ranges) {
        const [from, to] = [daysAgo(first), daysAgo(last)];
        const shown = await dashboardOf({ dealerId, ...dealer }, from, to);
        expect(shown).toEqual(expectedOf(world, dealerId, from, to));
      }
    }
    expect(await marketNow()).toEqual(expectedOfMarket(world, app.clock.now().getTime()));
  }

  const [firstOf, lastOf] = [(days: string[]) => days[0], (days: string[]) => days.at(-1)];

  it('are there in the world that they are read from: nothing is compared with nothing', async () => {
    const [one, , quiet] = dealers as [DealerPerson, DealerPerson, DealerPerson];
    const total = (list: readonly { count: number }[]) => list.reduce((sum, entry) => sum + entry.count, 0);
    const { views, saves, offers, agreements, topVehicles, conversionRate } = await dashboardOf(
      one,
      daysAgo(199),
    );
    for (const list of [views, saves, offers]) expect(total(list)).toBeGreaterThan(20);
    expect(total(agreements)).toBeGreaterThan(5);
    expect([topVehicles.length, conversionRate]).toEqual([10, total(agreements) / total(views)]);
    const nothing = await dashboardOf(quiet);
    expect([nothing.views, nothing.agreements].map(total)).toEqual([0, 0]);
    expect([nothing.conversionRate, nothing.topVehicles]).toEqual([null, []]);
    expect((await marketNow()).agreementsLast30Days).toBeGreaterThan(3);
  });

  it('are what the rows say before any day was counted', async () => {
    expect(await countedDays()).toEqual([]);
    await expectTruth();
  });

  it('are what the rows say when the counting was broken off in the middle', async () => {
    expect(await run(AbortSignal.abort())).toEqual({ count: 10, more: true });
    const counted = (await countedDays()) as string[];
    expect(counted).toHaveLength(10);
    expect(lastOf(counted)! < daysAgo(30)).toBe(true);
    await expectTruth();
  });

  it('are counted once by two nodes at once, day after day without a hole, until yesterday', async () => {
    const before = (await countedDays()).length;
    const counts = await Promise.all([count(), count()]);
    const counted = (await countedDays()) as string[];
    expect(lastOf(counted)).toBe(daysAgo(1));
    expect(counts[0]! + counts[1]!).toBe(counted.length - before);
    expect(counted).toHaveLength((Date.parse(daysAgo(1)) - Date.parse(firstOf(counted)!)) / DAY + 1);
    await expectTruth();
  });

  it('stay what they are when they are counted again, which is not done at once', async () => {
    const stored = () => execute(app, 'select * from dealer_days order by day, dealer_id');
    const before = await stored();
    expect(await count()).toBe(0);
    app.clock.advance(HOUR);
    // The last two days.
    expect(await Promise.all([count(), count()]).then(([one, other]) => one! + other!)).toBe(2);
    expect(await stored()).toEqual(before);
    await expectTruth();
  });

  it('are read from the counts: what is gone meanwhile stays counted', async () => {
    const [dealer] = dealers as [DealerPerson];
    const [from, to] = [daysAgo(40), daysAgo(10)];
    const before = await dashboardOf(dealer, from, to);
    const gone = await execute(
      app,
      `select s.id from saved_vehicles as s join vehicles as v on v.id = s.vehicle_id
       where v.dealer_id = ? and s.created_at >= ? and s.created_at < ?`,
      [dealer.dealerId, Date.parse(from), Date.parse(to)],
    );
    expect(gone.length).toBeGreaterThan(2);
    for (const { id } of gone) await execute(app, 'delete from saved_vehicles where id = ?', [id as string]);
    expect(expectedOf(await rawOf(app), dealer.dealerId, from, to).saves).not.toEqual(before.saves);
    expect((await dashboardOf(dealer, from, to)).saves).toEqual(before.saves);
  });

  it('take in what comes late for the last two days within an hour, and what was let go of', async () => {
    const [dealer] = dealers as [DealerPerson];
    const yesterday = daysAgo(1);
    const { id } = await app.build.vehicle(dealer);
    const buyer = await app.build.buyer();
    const entry = async () => {
      const { views, saves } = await dashboardOf(dealer, yesterday, yesterday);
      return [views[0]?.count, saves[0]?.count] as [number, number];
    };
    const [views, saves] = await entry();
    await look(app, id, yesterday, 7);
    await save(app, buyer.id, id, Date.parse(yesterday) + HOUR);
    expect(await count()).toBe(0);
    expect(await entry()).toEqual([views, saves]);
    app.clock.advance(HOUR);
    expect(await count()).toBe(2);
    expect(await entry()).toEqual([views + 7, saves + 1]);
    await execute(app, 'delete from saved_vehicles where user_id = ?', [buyer.id]);
    app.clock.advance(HOUR);
    await count();
    expect(await entry()).toEqual([views + 7, saves]);
  });

  it('close a day a quarter of an hour after its end, and not before', async () => {
    const [dealer] = dealers as [DealerPerson];
    const { id } = await app.build.vehicle(dealer);
    const today = daysAgo(0);
    await look(app, id, today, 3);
    app.clock.advance(
      midnightOf(app.clock.now().getTime()) + DAY + 15 * MINUTE - 1 - app.clock.now().getTime(),
    );
    await count();
    expect(lastOf((await countedDays()) as string[])).toBe(daysAgo(2));
    const entry = async () => (await dashboardOf(dealer, today, today)).views[0]?.count;
    const before = (await entry()) as number;
    // A node that counted them before midnight stores them now.
    await look(app, id, today, 4);
    expect(await entry()).toBe(before + 4);
    app.clock.advance(1);
    await count();
    expect(lastOf((await countedDays()) as string[])).toBe(today);
    expect(await entry()).toBe(before + 4);
  });

  it('catch up with days on which nobody counted, however many', async () => {
    const from = daysAgo(-1);
    app.clock.advance(40 * DAY);
    const world = await rawOf(app);
    const [dealer] = dealers as [DealerPerson];
    expect(await dashboardOf(dealer, from)).toEqual(expectedOf(world, dealer.dealerId, from, daysAgo(0)));
    await count();
    expect(lastOf((await countedDays()) as string[])).toBe(daysAgo(1));
    expect(await dashboardOf(dealer, from)).toEqual(expectedOf(world, dealer.dealerId, from, daysAgo(0)));
  });

  it('keep the days of a dealership that closes, for the market', async () => {
    const dealer = await app.build.dealer();
    const { id, offerId, buyer } = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    const ACCEPT =
      'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }';
    await app.ok(ACCEPT, { input: { negotiationId: id, offerId } }, dealer);
    const FAIL = 'mutation ($input: CancelSaleInput!) { cancelSale(input: $input) { negotiation { id } } }';
    await app.ok(FAIL, { input: { negotiationId: id } }, buyer);
    const LEAVE = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { success } }';
    await app.ok(LEAVE, { input: { password: dealer.password } }, dealer);
    const sums = async () => {
      const { agreementsLast30Days, agreedValueLast30Days } = await marketNow();
      return { agreementsLast30Days, agreedValueLast30Days };
    };
    const agreed = { agreementsLast30Days: 1, agreedValueLast30Days: '15000.00' };
    expect(await sums()).toEqual(agreed);
    app.clock.advance(DAY);
    await count();
    expect(await sums()).toEqual(agreed);
    expect(expectedOfMarket(await rawOf(app), app.clock.now().getTime())).toMatchObject(agreed);
    app.clock.advance(29 * DAY);
    expect(await sums()).toEqual({ agreementsLast30Days: 0, agreedValueLast30Days: '0.00' });
  });
});

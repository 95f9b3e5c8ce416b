import { beforeAll, describe, expect, it } from 'vitest';
import {
  DealerDashboardDocument,
  DealerStatsDocument,
  InventorySummaryDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { dayOf, look, save, toMorning } from './world.js';

const TOP = `query ($from: Date) { dealerDashboard(from: $from) {
  topVehicles { id make viewCount saveCount dealer { businessName } primaryImage { url } }
} }`;

describe.each(databaseKinds)('dealerDashboard on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });
  let dealer: DealerPerson;
  beforeAll(async () => {
    toMorning(app);
    dealer = await app.build.dealer();
  });
  const daysAgo = (days: number) => dayOf(app.clock.now().getTime() - days * DAY);
  const dashboardOf = async (who: { token: string }, variables: { from?: string; to?: string } = {}) =>
    (await app.ok(DealerDashboardDocument, variables, who)).dealerDashboard;

  it('is zeros before the dealership is registered', async () => {
    const newcomer = await app.build.register({ userType: 'DEALER' });
    const { views, saves, offers, agreements, ...rest } = await dashboardOf(newcomer);
    const zeros = Array.from({ length: 30 }, (_, index) => ({ date: daysAgo(29 - index), count: 0 }));
    for (const list of [views, saves, offers, agreements]) expect(list).toEqual(zeros);
    expect(rest).toEqual({ from: daysAgo(29), to: daysAgo(0), conversionRate: null, topVehicles: [] });
  });

  it('shows the vehicles that were looked at most, then the more saved, then the newer; ten, and none unseen', async () => {
    const owner = await app.build.dealer();
    const vehicles: string[] = [];
    for (let index = 0; index < 12; index++) {
      vehicles.push((await app.build.vehicle(owner)).id);
      app.clock.advance(1);
    }
    const [best, saved, older, newer, unseen, past, ...others] = vehicles as [string, string, ...string[]];
    const buyer = await app.build.buyer();
    await look(app, best, daysAgo(1), 4);
    await look(app, best, daysAgo(0), 5);
    for (const id of [saved, older, newer] as string[]) await look(app, id, daysAgo(3), 5);
    await save(app, buyer.id, saved, app.clock.now().getTime());
    // Before the first day, and of others.
    await look(app, past as string, daysAgo(30), 99);
    const elsewhere = await app.build.vehicle();
    await look(app, elsewhere.id, daysAgo(1), 99);
    const tail = (others as string[]).toReversed();
    const shown = async (from?: string) =>
      (await dashboardOf(owner, from ? { from } : {})).topVehicles.map(({ id }) => id);
    expect(await shown()).toEqual([best, saved, newer, older]);
    for (const id of others) await look(app, id, daysAgo(2), 1);
    expect(await shown()).toEqual([best, saved, newer, older, ...tail]);
    // One more shares the tenth place: the newer ones have it.
    await look(app, unseen as string, daysAgo(2), 1);
    expect(await shown(daysAgo(29))).toEqual([best, saved, newer, older, ...tail]);
    expect(await shown(daysAgo(30))).toEqual([past, best, saved, newer, older, ...tail.slice(0, 5)]);
    expect(await shown(daysAgo(2))).toEqual([best, ...tail, unseen]);

    const { dealerDashboard } = await app.ok<{ dealerDashboard: { topVehicles: object[] } }, object>(
      TOP,
      { from: daysAgo(29) },
      owner,
    );
    expect(dealerDashboard.topVehicles[1]).toMatchObject({
      id: saved,
      make: 'Toyota',
      saveCount: 1,
      viewCount: 5,
    });
  });

  it('brings what dealerStats and inventorySummary say', async () => {
    const { dealer: owner } = await app.build.negotiation();
    const { dealerStats } = await app.ok(DealerStatsDocument, {}, owner);
    const { inventorySummary } = await app.ok(InventorySummaryDocument, {}, owner);
    const fields = (object: object): string => Object.keys(object).join(' ');
    const both = `{ dealerDashboard { stats { ${fields(dealerStats)} }
      inventory { ${fields(inventorySummary).replace('byStatus', 'byStatus { status count }')} } } }`;
    expect(await app.ok(both, {}, owner)).toEqual({
      dealerDashboard: { stats: dealerStats, inventory: inventorySummary },
    });
    expect(dealerStats.activeNegotiations).toBe(1);
  });

  it('computes what is asked for, in as many statements as it needs and no more', async () => {
    await look(app, (await app.build.vehicle(dealer)).id, daysAgo(1), 2);
    const days = 'date count';
    const statementsOf = async (selection: string) =>
      (await app.statements(() => app.ok(`{ dealerDashboard { ${selection} } }`, {}, dealer))).length;
    expect(await statementsOf('from to')).toBe(0);
    expect(await statementsOf(`views { ${days} }`)).toBe(2);
    expect(await statementsOf('conversionRate')).toBe(2);
    expect(
      await statementsOf(
        `views { ${days} } saves { ${days} } offers { ${days} } agreements { ${days} } conversionRate`,
      ),
    ).toBe(2);
    expect(await statementsOf('topVehicles { id make dealer { businessName } }')).toBe(1);
    expect(await statementsOf('stats { activeVehicles agreedValue }')).toBe(2);
    expect(await statementsOf('inventory { total }')).toBe(1);
  });

  it.each([
    ['a last day to come', -1, { to: -1 }, ['to']],
    ['a first day to come', -1, { from: -1 }, ['from']],
    ['a first day after the last', 0, { from: 1, to: 2 }, ['from']],
    ['367 days', 0, { from: 366 }, ['from']],
  ] as const)('refuses %s', async (_what, _index, given, fields) => {
    const variables = Object.fromEntries(Object.entries(given).map(([name, days]) => [name, daysAgo(days)]));
    const error = app.errorOf(await app.request(DealerDashboardDocument, variables, dealer));
    expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', [...fields]]);
  });

  it('shows 366 days, and days before there was anything', async () => {
    expect((await dashboardOf(dealer, { from: daysAgo(365) })).views).toHaveLength(366);
    const long = await dashboardOf(dealer, { from: '0001-01-01', to: '0001-01-03' });
    expect(long.saves.map(({ date }) => date)).toEqual(['0001-01-01', '0001-01-02', '0001-01-03']);
  });

  it.each([['2026-02-30'], ['0000-01-01'], ['10000-01-01'], ['yesterday']])(
    'takes %s for no day',
    async (from) => {
      const inVariables = await app.request(DealerDashboardDocument, { from }, dealer);
      const inText = await app.request(`{ dealerDashboard(to: "${from}") { from } }`, {}, dealer);
      for (const response of [inVariables, inText]) {
        expect([response.status, app.errorOf(response).code]).toEqual([400, 'BAD_USER_INPUT']);
      }
    },
  );

  it.each([
    ['buyers', () => app.build.buyer(), 'FORBIDDEN'],
    ['admins', () => app.build.admin(), 'FORBIDDEN'],
    ['guests', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('is not for %s', async (_who, make, code) => {
    expect(app.errorOf(await app.request(DealerDashboardDocument, {}, await make())).code).toBe(code);
  });
});

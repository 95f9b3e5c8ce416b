import { beforeAll, describe, expect, it } from 'vitest';
import { countOf } from '../../../src/kernel/jobs.js';
import {
  aggregateDailyFigures,
  foldOldViews,
} from '../../../src/modules/analytics/daily/daily-figures.service.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { dayOf, execute, look, toMorning } from './world.js';

const VIEWS = 'query ($id: ID!) { vehicle(id: $id) { viewCount } }';
const DASHBOARD = `query ($from: Date, $to: Date) { dealerDashboard(from: $from, to: $to) {
  views { date count } topVehicles { id }
} }`;

describe.each(databaseKinds)('views of long ago on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });
  beforeAll(() => toMorning(app));
  const daysAgo = (days: number) => dayOf(app.clock.now().getTime() - days * DAY);
  const fold = async () => countOf(await foldOldViews(app.system.makeCtx()));
  const rowsOf = (id: string) =>
    execute(app, 'select day, count from vehicle_views where vehicle_id = ? order by day', [id]);

  it('become one row, once they are counted, and lose none', async () => {
    const { id, dealer } = await app.build.vehicle();
    const viewCount = async () =>
      (await app.ok<{ vehicle: { viewCount: number } }, object>(VIEWS, { id }, dealer)).vehicle.viewCount;
    const days = [3, 2, 1, 0].map(daysAgo) as [string, string, string, string];
    for (const [index, day] of days.entries()) await look(app, id, day, 2 ** index);
    const total = 1 + 2 + 4 + 8;
    await aggregateDailyFigures(app.system.makeCtx());
    // Counted, and not long past.
    expect([await fold(), await viewCount()]).toEqual([0, total]);

    app.clock.advance(400 * DAY);
    // Two nodes at once. The last day that is counted may be counted again, and the one after it is not counted yet.
    expect(await Promise.all([fold(), fold()]).then(([one, other]) => one + other)).toBe(2);
    expect(await rowsOf(id)).toEqual([
      { day: '0000-00-00', count: 3 },
      { day: days[2], count: 4 },
      { day: days[3], count: 8 },
    ]);
    expect([await fold(), await viewCount()]).toEqual([0, total]);
    // The days keep their counts; by vehicle they are known no more.
    expect(await app.ok(DASHBOARD, { from: days[0], to: days[1] }, dealer)).toEqual({
      dealerDashboard: {
        views: [
          { date: days[0], count: 1 },
          { date: days[1], count: 2 },
        ],
        topVehicles: [],
      },
    });

    // A year in which nobody counted, as if it had been.
    await execute(app, 'update market_days set day = ? where day = ?', [daysAgo(2), days[2]]);
    app.clock.advance(DAY);
    expect([await fold(), await viewCount()]).toEqual([2, total]);
    expect(await rowsOf(id)).toEqual([{ day: '0000-00-00', count: total }]);
  });

  it('stay where nothing was counted', async () => {
    await execute(app, 'delete from market_days');
    const { id } = await app.build.vehicle();
    await look(app, id, daysAgo(900), 5);
    expect(await fold()).toBe(0);
    expect(await rowsOf(id)).toEqual([{ day: daysAgo(900), count: 5 }]);
  });
});

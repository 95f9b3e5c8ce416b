import { type RawBuilder, sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { type Day, dayOf, daysAfter, laterOf } from '../../../kernel/days.js';
import { type Row, readRows } from '../../../kernel/reads.js';
import { below, type Selection } from '../../../kernel/selection.js';
import { dealerIdsOfUser } from '../../dealers/index.js';
import { readDealerStats } from '../../negotiations/index.js';
import { readInventorySummary, type Vehicle, vehicleShape } from '../../vehicles/index.js';
import { VIEWS_KEPT_DAYS } from '../daily/daily-figures.service.js';
import { type Figure, figures, figuresFromRows, type Stretch } from '../daily/figures.statement.js';
import { partsOf } from '../daily/parts.js';
import type { DashboardArgs, DealerDashboard } from './dashboard.payloads.js';
import { conversionOf, type DailyCounts, rangeOf, seriesOf } from './dashboard.rules.js';

const TOP = 10;

/**
 * The signed-in dealer's dashboard, as far as the selection asks. Two statements for the figures by day, one for the
 * vehicles, and those of `dealerStats` and `inventorySummary`.
 */
export async function readDealerDashboard(
  ctx: Ctx,
  args: DashboardArgs,
  selection: Selection,
): Promise<Partial<DealerDashboard>> {
  const dealer = requireType(ctx, 'DEALER');
  const today = dayOf(ctx.clock.now());
  const range = rangeOf(args, today);
  const [byDay, topVehicles, stats, inventory] = await Promise.all([
    readByDay(ctx, dealer.id, range, selection),
    selection.has('topVehicles') ? readTopVehicles(ctx, dealer.id, range, selection) : undefined,
    selection.has('stats') ? readDealerStats(ctx, below(selection, 'stats')) : undefined,
    selection.has('inventory') ? readInventorySummary(ctx) : undefined,
  ]);
  return { ...range, ...byDay, topVehicles, stats, inventory } as Partial<DealerDashboard>;
}

async function readByDay(
  ctx: Ctx,
  userId: string,
  range: Stretch,
  selection: Selection,
): Promise<Partial<DealerDashboard>> {
  const needed = new Set<string>(selection.has('conversionRate') ? ['views', 'agreements'] : []);
  const wanted = figures.filter((figure) => selection.has(figure) || needed.has(figure));
  if (wanted.length === 0) return {};
  const counted = await readCounts(ctx, userId, wanted, range);
  return { ...seriesOf(counted, range), conversionRate: conversionOf(counted) };
}

/** Days that are counted from their counts, the others from the rows of their making. */
async function readCounts(
  ctx: Ctx,
  userId: string,
  wanted: readonly Figure[],
  range: Stretch,
): Promise<DailyCounts[]> {
  const db = ctx.em.getKysely();
  const { rows: known } = await sql<{ dealer_id: string | null; counted: Day | null }>`
    select ${dealerIdsOfUser(userId)} as dealer_id, (select max(day) from market_days) as counted`.execute(
    db,
  );
  const { dealer_id: dealerId = null, counted = null } = known[0] ?? {};
  if (dealerId === null) return [];
  const parts = partsOf(
    range,
    counted,
    (days) => countedDays(dealerId, days),
    (days) => figuresFromRows(ctx.em, wanted, days, dealerId),
  );
  const sums = wanted.map((figure) => sql`sum(f.${sql.ref(figure)}) as ${sql.ref(figure)}`);
  const { rows } = await sql<{ day: Day } & Partial<Record<Figure, number | string>>>`
    select f.day, ${sql.join(sums)} from (${sql.join(parts, sql` union all `)}) as f group by f.day`.execute(
    db,
  );
  // PostgreSQL's driver tells wide numbers as text.
  return rows.map(({ day, views = 0, saves = 0, offers = 0, agreements = 0 }) => ({
    day,
    views: Number(views),
    saves: Number(saves),
    offers: Number(offers),
    agreements: Number(agreements),
  }));
}

function countedDays(dealerId: string, { from, to }: Stretch): RawBuilder<unknown> {
  return sql`select d.day, d.views, d.saves, d.offers, d.agreements, d.agreed_value
    from dealer_days as d where d.dealer_id = ${dealerId} and d.day >= ${from} and d.day <= ${to}`;
}

/** The vehicles that were looked at as often as the tenth are put in order; few share its number. */
function readTopVehicles(
  ctx: Ctx,
  userId: string,
  range: Stretch,
  selection: Selection,
): Promise<Row<Vehicle>[]> {
  const kept = daysAfter(dayOf(ctx.clock.now()), -VIEWS_KEPT_DAYS);
  const from = laterOf(range.from, kept);
  return readRows(ctx, vehicleShape, below(selection, 'topVehicles'), {
    join: sql`join (
      select s.vehicle_id, sum(s.count) as views, rank() over (order by sum(s.count) desc) as place
      from vehicle_views as s
      where s.dealer_id = ${dealerIdsOfUser(userId)} and s.day >= ${from} and s.day <= ${range.to}
      group by s.vehicle_id
    ) as seen on seen.vehicle_id = r.id and seen.place <= ${TOP}`,
    orderBy: sql`seen.views desc, (select count(*) from saved_vehicles as s where s.vehicle_id = r.id) desc,
      r.created_at desc, r.id desc`,
    limit: TOP,
  });
}

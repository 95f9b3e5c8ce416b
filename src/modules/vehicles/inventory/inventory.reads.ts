import { type RawBuilder, sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { dealerIdsOfUser } from '../../dealers/index.js';
import { VehicleStatus } from '../vehicle.enums.js';
import type { InventorySummary } from './inventory.payloads.js';
import { type StatusFigures, summaryOf } from './inventory.rules.js';

const DAY_MS = 24 * 60 * 60_000;

/** What the signed-in dealer has, counted and priced. One statement, grouped over the dealer's own vehicles. */
export async function readInventorySummary(ctx: Ctx): Promise<InventorySummary> {
  const viewer = requireType(ctx, 'DEALER');
  const now = ctx.clock.now().getTime();
  const { rows } = await sql<Record<keyof StatusFigures, number | string> & { status: VehicleStatus }>`
    select r.status, count(*) as count, sum(r.asking_price) as "askingPrices", ${daysSincePublished(now)} as "daysListed"
    from vehicles as r where r.dealer_id = ${dealerIdsOfUser(viewer.id)} group by r.status`.execute(
    ctx.em.getKysely(),
  );
  const figures = new Map<VehicleStatus, StatusFigures>();
  for (const { status, count, askingPrices, daysListed } of rows) {
    // PostgreSQL's driver tells wide numbers as text.
    figures.set(status, {
      count: Number(count),
      askingPrices: Number(askingPrices),
      daysListed: Number(daysListed),
    });
  }
  return summaryOf(figures);
}

/** How many vehicles of each status a user's dealership has. By the dealer's index alone. */
export async function countVehiclesOf(
  ctx: Pick<Ctx, 'em'>,
  userId: string,
): Promise<Record<VehicleStatus, number>> {
  const { rows } = await sql<{ status: VehicleStatus; count: number | string }>`
    select r.status, count(*) as count from vehicles as r
    where r.dealer_id = ${dealerIdsOfUser(userId)} group by r.status`.execute(ctx.em.getKysely());
  const counts = new Map(rows.map(({ status, count }) => [status, Number(count)]));
  const all = Object.values(VehicleStatus).map((status) => [status, counts.get(status) ?? 0]);
  return Object.fromEntries(all) as Record<VehicleStatus, number>;
}

/**
 * The whole days since each vehicle was published, summed: what `daysListed` is of those that are not sold. Drafts count
 * none. The cast makes the moment an integer for both databases, and so the division one without a rest.
 */
function daysSincePublished(now: number): RawBuilder<unknown> {
  return sql`coalesce(sum((cast(${now} as bigint) - r.published_at) / ${sql.lit(DAY_MS)}), 0)`;
}

import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Day } from '../../../kernel/days.js';
import type { BatchResult } from '../../../kernel/jobs.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { LONG_PAST } from './vehicle-views.entity.js';

/** Rows of one transaction. */
const BATCH = 1_000;

/**
 * Puts some of the views of days before this one into one row for each vehicle, whose sum stays what it is. Any number of
 * nodes may do it at once: each row is deleted by one of them, and what that one deleted it adds.
 */
export async function foldViews(ctx: Ctx, before: Day): Promise<BatchResult> {
  const count = await write(ctx, (tx) => foldBatch(tx, before));
  return { count, isFull: count === BATCH };
}

async function foldBatch(tx: Tx, before: Day): Promise<number> {
  const db = tx.em.getKysely();
  const { rows } = await sql<{ vehicleId: string; dealerId: string; count: number }>`
    delete from vehicle_views where (vehicle_id, day) in (
      select s.vehicle_id, s.day from vehicle_views as s where s.day > ${LONG_PAST} and s.day < ${before}
      order by s.day, s.vehicle_id limit ${BATCH}
    ) returning vehicle_id as "vehicleId", dealer_id as "dealerId", count`.execute(db);
  if (rows.length === 0) return 0;
  const byVehicle = Map.groupBy(rows, ({ vehicleId }) => vehicleId);
  const values = [...byVehicle]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([vehicleId, days]) => {
      const sum = days.reduce((total, { count }) => total + count, 0);
      return sql`(${vehicleId}, ${LONG_PAST}, ${days[0]?.dealerId}, ${sum})`;
    });
  await sql`insert into vehicle_views (vehicle_id, day, dealer_id, count) values ${sql.join(values)}
    on conflict (vehicle_id, day) do update set count = vehicle_views.count + excluded.count`.execute(db);
  return rows.length;
}

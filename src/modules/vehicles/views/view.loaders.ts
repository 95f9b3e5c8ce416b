import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../../kernel/loader.js';

const viewCountByVehicle = defineLoader<string, number>(async (ctx, ids) => {
  const { rows } = await sql<{ vehicle_id: string; count: number | string }>`
    select vehicle_id, sum(count) as count from vehicle_views
    where vehicle_id in (${sql.join([...ids])}) group by vehicle_id`.execute(ctx.em.getKysely());
  return inOrderOf(
    ids,
    rows,
    (row) => row.vehicle_id,
    (row) => Number(row.count),
    0,
  );
});

export function viewCountOf(ctx: Ctx, vehicleId: string): Promise<number> {
  return ctx.loaders.of(ctx, viewCountByVehicle).load(vehicleId);
}

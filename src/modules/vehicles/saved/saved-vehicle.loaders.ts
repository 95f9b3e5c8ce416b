import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../../kernel/loader.js';

const isSavedByVehicle = defineLoader<string, boolean>(async (ctx, ids) => {
  const { rows } = await sql<{ vehicle_id: string }>`
    select vehicle_id from saved_vehicles
    where user_id = ${ctx.viewer?.id} and vehicle_id in (${sql.join([...ids])})`.execute(ctx.em.getKysely());
  const saved = new Set(rows.map((row) => row.vehicle_id));
  return ids.map((id) => saved.has(id));
});

/** Whether the viewer keeps a vehicle; a guest keeps none. */
export async function isSaved(ctx: Ctx, vehicleId: string): Promise<boolean> {
  return ctx.viewer !== null && ctx.loaders.of(ctx, isSavedByVehicle).load(vehicleId);
}

const saveCountByVehicle = defineLoader<string, number>(async (ctx, ids) => {
  const { rows } = await sql<{ vehicle_id: string; count: number | string }>`
    select vehicle_id, count(*) as count from saved_vehicles
    where vehicle_id in (${sql.join([...ids])}) group by vehicle_id`.execute(ctx.em.getKysely());
  return inOrderOf(
    ids,
    rows,
    (row) => row.vehicle_id,
    (row) => Number(row.count),
    0,
  );
});

export function saveCountOf(ctx: Ctx, vehicleId: string): Promise<number> {
  return ctx.loaders.of(ctx, saveCountByVehicle).load(vehicleId);
}

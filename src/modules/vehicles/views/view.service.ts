import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { isUncertain } from '../../../kernel/unavailable.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { clientKeyOf } from '../../accounts/index.js';
import type { Vehicle } from '../vehicle.entity.js';
import { readVisibleVehicle } from '../vehicle.reads.js';
import { countsAsView } from './view.policy.js';
import { type ViewCount, viewCounterPart } from './view-counter.js';

/** Rows of one statement. */
const BATCH = 500;

/** The vehicle with this id, if the viewer may see it; else null. A look at it counts. */
export async function viewVehicle(ctx: Ctx, id: string, selection: Selection): Promise<Row<Vehicle> | null> {
  const vehicle = await readVisibleVehicle(ctx, id, selection, ['status', 'dealer.user']);
  // A guest is known by its network and browser, of which a digest that nobody else can make is kept for an hour.
  const who = ctx.viewer?.id ?? clientKeyOf(ctx)?.slice(0, 32);
  const counts = vehicle && countsAsView(ctx.viewer, { status: vehicle.status, ownerId: ownerIdOf(vehicle) });
  if (counts && who) ctx.parts.get(viewCounterPart).see(vehicle.id, who);
  return vehicle;
}

function ownerIdOf({ dealer }: Row<Vehicle>): string {
  return dealer.user.id;
}

/** Stores what was counted in this process; what cannot be stored stays for the next time. Returns the number of views. */
export async function flushViews(ctx: Ctx): Promise<number> {
  const counter = ctx.parts.get(viewCounterPart);
  const counts = counter.take();
  let stored = 0;
  for (let from = 0; from < counts.length; from += BATCH) {
    try {
      const batch = counts.slice(from, from + BATCH);
      await write(ctx, (tx) => storeViews(tx, batch));
      stored += batch.reduce((sum, { count }) => sum + count, 0);
    } catch (error) {
      // Better a batch that is not counted than one that is counted twice.
      counter.giveBack(counts.slice(isUncertain(error) ? from + BATCH : from));
      throw error;
    }
  }
  return stored;
}

/** In the order of the vehicles, as every process does. Vehicles that were deleted meanwhile have no views. */
export async function storeViews(tx: Tx, counts: readonly ViewCount[]): Promise<void> {
  const db = tx.em.getKysely();
  const ids = [...new Set(counts.map(({ vehicleId }) => vehicleId))];
  const { rows } = await sql<{ id: string; dealer_id: string }>`
    select id, dealer_id from vehicles where id in (${sql.join(ids)})`.execute(db);
  const dealerOf = new Map(rows.map(({ id, dealer_id }) => [id, dealer_id]));
  const values = counts
    .filter(({ vehicleId }) => dealerOf.has(vehicleId))
    .map(({ vehicleId, day, count }) => sql`(${vehicleId}, ${day}, ${dealerOf.get(vehicleId)}, ${count})`);
  if (values.length === 0) return;
  await sql`insert into vehicle_views (vehicle_id, day, dealer_id, count) values ${sql.join(values)}
    on conflict (vehicle_id, day) do update set count = vehicle_views.count + excluded.count`.execute(db);
}

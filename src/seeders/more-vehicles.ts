import { sql } from 'kysely';
import type { Ctx, Viewer } from '../kernel/context.js';
import { DEALERS } from './catalogue.js';
import { listVehicle } from './demo-listings.js';
import { viewerOf } from './demo-people.js';
import { planVehicles } from './plan-vehicles.js';
import { Replay } from './replay.js';
import { seededRng } from './rng.js';

/**
 * Lists more vehicles, spread over the demo's dealers.
 * @throws Error where there are no such dealers.
 */
export async function addVehicles(makeCtx: () => Ctx, count: number): Promise<void> {
  const dealers = await demoDealers(makeCtx());
  if (dealers.length === 0) throw new Error('None of the demo dealers is in this database.');
  const first = await countVehicles(makeCtx());
  // Other VINs than in any earlier batch, whatever was deleted since.
  const rng = seededRng(makeCtx().clock.now().getTime());
  const planned = [...planVehicles(count, rng, { dealers: dealers.length, first })];
  const replay = new Replay(makeCtx);
  for (const vehicle of planned.sort((one, other) => other.listedMinutesAgo - one.listedMinutesAgo)) {
    await listVehicle(replay.at(vehicle.listedMinutesAgo, dealers[vehicle.dealerIndex] as Viewer), vehicle);
  }
}

async function demoDealers(ctx: Ctx): Promise<Viewer[]> {
  const emails = DEALERS.map(({ email }) => email);
  const { rows } = await sql<{ id: string }>`
    select u.id from users as u join dealers as d on d.user_id = u.id
    where u.email in (${sql.join(emails)}) order by u.created_at, u.id`.execute(ctx.em.getKysely());
  return rows.map(({ id }) => viewerOf(id, 'DEALER'));
}

async function countVehicles(ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from vehicles`.execute(ctx.em.getKysely());
  return Number(rows[0]?.count);
}

import { LockMode, ref } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdLivingAccounts } from '../../accounts/index.js';
import { Vehicle } from '../vehicle.entity.js';
import type { VehicleRepriced } from '../vehicle.events.js';
import { PriceDrop } from './price-drop.entity.js';
import { gapsIn } from './price-drop.rules.js';
import { SavedVehicleCheaper } from './saved.events.js';

/** How many are told in one transaction. */
const TOLD_AT_ONCE = 200;

interface Saver {
  readonly id: string;
  readonly userId: string;
}

/** Writes down who is to be told of a price that falls. The caller holds the vehicle's lock. */
export async function noteDrop(tx: Tx, { vehicleId, from, to }: VehicleRepriced): Promise<void> {
  if (to >= from) return;
  const vehicle = await tx.em.findOneOrFail(Vehicle, vehicleId);
  if (vehicle.status !== 'ACTIVE') return;
  const { rows } = await sql<{ id: string }>`
    select id from saved_vehicles where vehicle_id = ${vehicleId} order by id desc limit 1`.execute(
    tx.em.getKysely(),
  );
  const last = rows[0]?.id;
  if (last === undefined) return;
  const pending = await tx.em.find(PriceDrop, { vehicle: vehicleId });
  const gaps = gapsIn(
    pending.map(({ toldUpTo, tellUpTo }) => ({ after: toldUpTo, upTo: tellUpTo })),
    last,
  );
  for (const gap of gaps) tx.em.persist(PriceDrop.of(ref(vehicle), from, gap, tx.clock.now()));
}

export interface Step {
  readonly told: number;
  /** Whether there may be more to do at once: nobody else is at it. */
  readonly goesOn: boolean;
}

const OVER: Step = { told: 0, goesOn: false };

/**
 * Tells the next of those who are to hear of a drop, and moves its cursor in the same transaction. Accounts are held
 * first, then the vehicle; where somebody else holds that, there is another time.
 */
export function tellNext(ctx: Ctx, dropId: string): Promise<Step> {
  return write(ctx, async (tx) => {
    const seen = await tx.em.findOne(PriceDrop, dropId);
    if (!seen) return OVER;
    const { toldUpTo } = seen;
    const savers = await nextSavers(tx, seen);
    const living = await holdLivingAccounts(
      tx,
      savers.map(({ userId }) => userId),
    );
    const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
    const vehicle = await tx.em.findOne(Vehicle, seen.vehicle.id, { lockMode });
    if (!vehicle) return OVER;
    const drop = await tx.em.findOne(PriceDrop, { id: dropId, toldUpTo }, { refresh: true });
    // Somebody else was at it in between.
    if (!drop) return OVER;

    const isNews = vehicle.status === 'ACTIVE' && vehicle.askingPrice < drop.fromPrice;
    const last = savers.at(-1);
    const goesOn = isNews && last !== undefined && savers.length === TOLD_AT_ONCE;
    if (goesOn) drop.tell(last.id, tx.clock.now());
    else tx.em.remove(drop);
    if (!isNews) return OVER;

    const kept = await stillSaved(tx, savers);
    const told = savers.filter(({ id, userId }) => kept.has(id) && living.has(userId));
    for (const { userId } of told) {
      await tx.happened(new SavedVehicleCheaper(userId, vehicle, drop.fromPrice, vehicle.askingPrice));
    }
    return { told: told.length, goesOn };
  });
}

/** Its own dealer knows what it asks. */
async function nextSavers(tx: Tx, { vehicle, toldUpTo, tellUpTo }: PriceDrop): Promise<Saver[]> {
  const behind = toldUpTo === null ? sql`` : sql`and s.id > ${toldUpTo}`;
  const { rows } = await sql<Saver>`
    select s.id, s.user_id as "userId" from saved_vehicles as s
    where s.vehicle_id = ${vehicle.id} and s.id <= ${tellUpTo} ${behind} and s.user_id not in (
      select d.user_id from vehicles as v join dealers as d on d.id = v.dealer_id where v.id = ${vehicle.id})
    order by s.id limit ${TOLD_AT_ONCE}`.execute(tx.em.getKysely());
  return rows;
}

/** Those who have not let go of it before their accounts were held. */
async function stillSaved(tx: Tx, savers: readonly Saver[]): Promise<ReadonlySet<string>> {
  if (savers.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select id from saved_vehicles where id in (${sql.join(savers.map(({ id }) => id))})`.execute(
    tx.em.getKysely(),
  );
  return new Set(rows.map(({ id }) => id));
}

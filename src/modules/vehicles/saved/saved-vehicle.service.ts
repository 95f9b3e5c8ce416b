import { ForeignKeyConstraintViolationException } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import { conflict, notFound } from '../../../kernel/errors.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdAccountAlone } from '../../accounts/index.js';
import { readVisibleVehicle } from '../vehicle.reads.js';
import { SavedVehicle } from './saved-vehicle.entity.js';

/** More than anybody looks through; each is read when its owner is to be told of a price. */
export const MAX_SAVED_VEHICLES = 1_000;

/**
 * Keeps a vehicle that the viewer may see; twice is once. NOT_FOUND for any other, CONFLICT where the viewer keeps as
 * many as one may. Returns the vehicle's id.
 */
export async function saveVehicle(ctx: Ctx, vehicleId: string): Promise<string> {
  const { id: userId } = requireViewer(ctx);
  try {
    return await write(ctx, async (tx) => {
      if (!(await readVisibleVehicle(tx, vehicleId, new Map()))) throw notFound('Vehicle');
      await holdAccountAlone(tx, userId);
      if (await isSavedBy(tx, userId, vehicleId)) return vehicleId;
      if ((await tx.em.count(SavedVehicle, { user: userId })) >= MAX_SAVED_VEHICLES) {
        throw conflict(
          `You have saved ${MAX_SAVED_VEHICLES} vehicles. Let go of one before you save another.`,
        );
      }
      tx.em.persist(SavedVehicle.of(userId, vehicleId, tx.clock.now()));
      return vehicleId;
    });
  } catch (error) {
    // Deleted at the same time.
    if (error instanceof ForeignKeyConstraintViolationException) throw notFound('Vehicle');
    throw error;
  }
}

/**
 * Lets go of a vehicle, which need not be on view any more. NOT_FOUND for one that the viewer neither keeps nor may see.
 * Returns the vehicle's id.
 */
export async function unsaveVehicle(ctx: Ctx, vehicleId: string): Promise<string> {
  const { id: userId } = requireViewer(ctx);
  if (!isUuid(vehicleId)) throw notFound('Vehicle');
  return write(ctx, async (tx) => {
    await holdAccountAlone(tx, userId);
    const { numAffectedRows } = await sql`
      delete from saved_vehicles where user_id = ${userId} and vehicle_id = ${vehicleId}`.execute(
      tx.em.getKysely(),
    );
    const wasSaved = Number(numAffectedRows ?? 0) > 0;
    if (!wasSaved && !(await readVisibleVehicle(tx, vehicleId, new Map()))) throw notFound('Vehicle');
    return vehicleId;
  });
}

async function isSavedBy(tx: Tx, userId: string, vehicleId: string): Promise<boolean> {
  return (await tx.em.count(SavedVehicle, { user: userId, vehicle: vehicleId })) > 0;
}

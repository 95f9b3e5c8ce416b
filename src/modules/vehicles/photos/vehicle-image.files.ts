import type { Ctx } from '../../../kernel/context.js';
import { discardPictures } from '../../../kernel/pictures.js';
import { keysNamed, type NamedIn, sweepOrphans } from '../../../kernel/stored-files.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { VehicleImage } from './vehicle-image.entity.js';

const NAMED_IN: NamedIn = { table: 'vehicle_images', column: 'key' };

/** Photos that no vehicle has. */
export const sweepPhotos = sweepOrphans('sweep-photos', 'vehicles', NAMED_IN);

/** The keys of a vehicle's photos, for whoever is about to delete it. */
export async function photoKeysOf(tx: Tx, vehicleId: string): Promise<string[]> {
  const images = await tx.em.find(VehicleImage, { vehicle: vehicleId }, { fields: ['key'] });
  return images.map(({ key }) => key);
}

/**
 * Removes the files of photos whose rows are gone. Those stay that another vehicle shows too, as in the demo; what
 * cannot be removed now is swept.
 */
export async function discardPhotos(ctx: Ctx, keys: readonly string[]): Promise<void> {
  try {
    const named = await keysNamed(ctx, NAMED_IN, keys);
    await discardPictures(
      ctx,
      keys.filter((key) => !named.has(key)),
    );
  } catch (error) {
    // The rows are gone for good: whoever asked has done what it was to do.
    ctx.log.warn({ err: error }, 'photos of no vehicle are left to be swept');
  }
}

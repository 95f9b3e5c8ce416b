import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { withoutDeadline } from '../../../kernel/deadline.js';
import { defineLoader } from '../../../kernel/loader.js';
import { type Condition, type Row, readRows } from '../../../kernel/reads.js';
import { leavesOf, type Selection } from '../../../kernel/selection.js';
import type { Vehicle } from '../vehicle.entity.js';
import type { VehicleImage } from './vehicle-image.entity.js';
import { vehicleImageShape } from './vehicle-image.shapes.js';

type Images = Row<VehicleImage>[];

/** All of the fields that an image has. */
const WHOLE = leavesOf('url', 'thumbnailUrl', 'width', 'height', 'alt', 'position', 'isPrimary', 'createdAt');

/** Rows of vehicles that many followers are told of: their images are read once for all of them. */
const shared = new WeakMap<object, { images?: Promise<Images> }>();

/** Says that a row of a vehicle is told to many, so that its images are read at most once. */
export function shareImagesOf(vehicle: object): void {
  shared.set(vehicle, {});
}

/** In the dealer's order. One statement for all vehicles of a list. */
export function imagesOf(ctx: Ctx, vehicle: Pick<Vehicle, 'id'>, selection: Selection): Promise<Images> {
  const common = shared.get(vehicle);
  if (!common) return load(ctx, vehicle, selection, []);
  common.images ??= withoutDeadline(() => load(ctx, vehicle, WHOLE, []));
  return common.images;
}

/** The first, or null where there is none. One statement for all vehicles of a list. */
export async function primaryImageOf(
  ctx: Ctx,
  vehicle: Pick<Vehicle, 'id'>,
  selection: Selection,
): Promise<Row<VehicleImage> | null> {
  const isShared = shared.has(vehicle);
  const images = isShared
    ? imagesOf(ctx, vehicle, selection)
    : load(ctx, vehicle, selection, [sql`r.position = 0`]);
  return (await images)[0] ?? null;
}

/** The selection tells the loader of one field from those of others. */
function load(
  ctx: Ctx,
  { id }: Pick<Vehicle, 'id'>,
  selection: Selection,
  where: readonly Condition[],
): Promise<Images> {
  return ctx.loaders.of(ctx, imagesByVehicle(selection, where), selection).load(id);
}

function imagesByVehicle(selection: Selection, where: readonly Condition[]) {
  return defineLoader<string, Images>(async (ctx, ids) => {
    const images = await readRows(ctx, vehicleImageShape, selection, {
      where: [sql`r.vehicle_id in (${sql.join([...ids])})`, ...where],
      orderBy: sql`r.position, r.id`,
      also: ['vehicle'],
    });
    const byVehicle = Map.groupBy(images, (image) => image.vehicle.id);
    return ids.map((id) => byVehicle.get(id) ?? []);
  });
}

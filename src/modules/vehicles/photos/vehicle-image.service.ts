import { sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import { filesOf, type PictureSizes, storePictures } from '../../../kernel/pictures.js';
import { nameStored } from '../../../kernel/stored-files.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { throttled } from '../../accounts/index.js';
import type { Vehicle } from '../vehicle.entity.js';
import type { VehicleStatus } from '../vehicle.enums.js';
import { announceVehicle } from '../vehicle.events.js';
import { editing } from '../vehicle.rules.js';
import { lockOwnVehicle, unavailable } from '../vehicle.service.js';
import { VehicleImage } from './vehicle-image.entity.js';
import { discardPhotos } from './vehicle-image.files.js';
import type { ReorderVehicleImagesInput, UploadVehicleImagesInput } from './vehicle-image.inputs.js';
import { newPhotosOf, refuseTooMany, reordered } from './vehicle-image.rules.js';

/**
 * 4:3, as most cameras have it. The picture fills a gallery of 800 points on a dense screen, the thumbnail a card of
 * 240 in a list; of other shapes, the whole within that.
 */
const SIZES: PictureSizes = [
  { width: 1_600, height: 1_200, fit: 'inside' },
  { width: 480, height: 360, fit: 'inside' },
];

/**
 * Adds photos behind those that an own vehicle has: all of them, in their order, or none. Returns the vehicle's id.
 * @throws AppError BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, VEHICLE_UNAVAILABLE, RATE_LIMITED.
 */
export async function uploadVehicleImages(ctx: Ctx, input: UploadVehicleImagesInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const photos = newPhotosOf(input);
  await throttled(ctx, 'photoUploads', viewer.id);
  // Asked before the pictures are made, which takes seconds, and once more when they are.
  await write(ctx, (tx) => lockForMore(tx, viewer, input.vehicleId, photos.length));
  const files = photos.map(({ file }) => file);
  const pictures = await storePictures(ctx, 'vehicles', files, SIZES);
  const keys = pictures.flatMap(({ key }) => filesOf(key));
  return nameStored(ctx, keys, async (tx) => {
    const { vehicle, present } = await lockForMore(tx, viewer, input.vehicleId, photos.length);
    const now = tx.clock.now();
    for (const [index, picture] of pictures.entries()) {
      const photo = { ...picture, position: present + index, alt: photos[index]?.alt ?? null };
      tx.em.persist(VehicleImage.of(vehicle.id, photo, now));
    }
    return changed(tx, vehicle);
  });
}

/** Puts all photos of an own vehicle into another order; the first is the primary one. Returns the vehicle's id. */
export async function reorderVehicleImages(ctx: Ctx, input: ReorderVehicleImagesInput): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  return write(ctx, async (tx) => {
    const vehicle = await lockForPhotos(tx, viewer, input.vehicleId);
    const before = await photosOf(tx, vehicle);
    const after = reordered(before, input.imageIds);
    if (after.every((image, index) => image === before[index])) return vehicle.id;
    number(tx, after);
    return changed(tx, vehicle);
  });
}

/** Removes a photo of an own vehicle for good; those behind it move up. Returns the vehicle's id. */
export async function deleteVehicleImage(ctx: Ctx, imageId: string): Promise<string> {
  const viewer = requireType(ctx, 'DEALER');
  const { vehicleId, key } = await write(ctx, async (tx) => {
    const vehicle = await lockForPhotos(tx, viewer, await vehicleIdOf(tx, imageId), PHOTO);
    const photos = await photosOf(tx, vehicle);
    const photo = photos.find(({ id }) => id === imageId);
    // Deleted since it was looked up.
    if (!photo) throw notFound(PHOTO);
    tx.em.remove(photo);
    number(
      tx,
      photos.filter((other) => other !== photo),
    );
    return { vehicleId: changed(tx, vehicle), key: photo.key };
  });
  await discardPhotos(ctx, [key]);
  return vehicleId;
}

const PHOTO = 'Photo';

/** Without a lock: the vehicle's is taken first. */
async function vehicleIdOf(tx: Tx, imageId: string): Promise<string> {
  if (!isUuid(imageId)) throw notFound(PHOTO);
  const { rows } = await sql<{ id: string }>`
    select vehicle_id as id from vehicle_images where id = ${imageId}`.execute(tx.em.getKysely());
  if (!rows[0]) throw notFound(PHOTO);
  return rows[0].id;
}

async function lockForMore(
  tx: Tx,
  viewer: Viewer,
  vehicleId: string,
  more: number,
): Promise<{ vehicle: Vehicle; present: number }> {
  const vehicle = await lockForPhotos(tx, viewer, vehicleId);
  const present = await tx.em.count(VehicleImage, { vehicle: vehicle.id });
  refuseTooMany(present, more, tx.policy.maxVehicleImages);
  return { vehicle, present };
}

/** The viewer's own vehicle under its lock; VEHICLE_UNAVAILABLE where its photos stay as they are. */
async function lockForPhotos(tx: Tx, viewer: Viewer, vehicleId: string, what?: string): Promise<Vehicle> {
  const { vehicle } = await lockOwnVehicle(tx, viewer, vehicleId, what);
  const status: VehicleStatus = vehicle.status;
  if (!editing[status].details) {
    throw unavailable(`The photos of a vehicle that is ${status} cannot be changed.`);
  }
  return vehicle;
}

function photosOf(tx: Tx, vehicle: Vehicle): Promise<VehicleImage[]> {
  return tx.em.find(VehicleImage, { vehicle: vehicle.id }, { orderBy: { position: 'asc', id: 'asc' } });
}

function number(tx: Tx, photos: readonly VehicleImage[]): void {
  for (const [position, photo] of photos.entries()) photo.moveTo(position, tx.clock.now());
}

function changed(tx: Tx, vehicle: Vehicle): string {
  vehicle.changePhotos(tx.clock.now());
  announceVehicle(tx, vehicle.id);
  return vehicle.id;
}

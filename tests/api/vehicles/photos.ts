import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { keyOf, thumbnailKeyOf } from '../../../src/kernel/files.js';
import { VehicleImage } from '../../../src/modules/vehicles/index.js';
import {
  UploadVehicleImagesDocument,
  type UploadVehicleImagesMutation,
  VehiclePhotosOfDocument,
} from '../../generated/operations.js';
import type { TestApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { storedFiles, underWay } from '../../support/multipart.js';
import { halves } from '../../support/pictures.js';

export const blob = (bytes: Buffer | string): Blob =>
  new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]);

/** A small picture, cheap to make and to render. */
export const smallPicture = async (): Promise<Blob> =>
  blob(await halves('#ff0000', '#0000ff', 60, 40).png().toBuffer());

export type Photos = UploadVehicleImagesMutation['uploadVehicleImages']['vehicle']['images'];

/** Uploads what must be taken, and returns all photos that the vehicle then has. */
export async function giveImages(app: TestApp, vehicle: BuiltVehicle, files: Blob[]): Promise<Photos> {
  const input = { vehicleId: vehicle.id, files };
  const { uploadVehicleImages } = await app.ok(UploadVehicleImagesDocument, { input }, vehicle.dealer);
  return uploadVehicleImages.vehicle.images;
}

/** Photos behind those that a vehicle has, written without an upload, with files that hold next to nothing. */
export async function placeImages(app: TestApp, vehicleId: string, count: number, keys: string[] = []) {
  const em = app.orm.em.fork();
  const present = await em.count(VehicleImage, { vehicle: vehicleId });
  const images = Array.from({ length: count }, (_, index) => {
    const key = keys[index] ?? keyOf('vehicles', randomUUID(), 'webp');
    const photo = { key, width: 8, height: 6, alt: null, position: present + index };
    return VehicleImage.of(vehicleId, photo, app.clock.now());
  });
  em.persist(images);
  await em.flush();
  const root = join(app.files, 'uploads');
  await mkdir(join(root, 'vehicles'), { recursive: true });
  for (const { key } of images) for (const file of filesOf(key)) await writeFile(join(root, file), 'x');
  return images.map(({ id, key }) => ({ id, key }));
}

/** The photos of a vehicle, as its dealer sees them. */
export async function imagesOf(app: TestApp, { id, dealer }: BuiltVehicle): Promise<Photos> {
  const { vehicle } = await app.ok(VehiclePhotosOfDocument, { id }, dealer);
  return vehicle?.images ?? [];
}

export const filesOf = (key: string): string[] => [thumbnailKeyOf(key), key];

export const keyIn = (url: string): string => new URL(url).pathname.slice('/media/'.length);

/** The files that photos need, as `storedFiles` lists them. */
export const filesOfAll = (images: ReadonlyArray<{ url: string }>): string[] =>
  images.flatMap(({ url }) => filesOf(keyIn(url))).sort();

/** Every photo, and what a change of photos changes of a vehicle, and every file. */
async function photosStored(app: TestApp) {
  const connection = app.orm.em.fork().getConnection();
  return {
    images: await connection.execute('select * from vehicle_images order by id'),
    vehicles: await connection.execute('select id, status, updated_at from vehicles order by id'),
    files: await storedFiles(app),
  };
}

/** Runs what must be refused, and proves that no row and no file has changed. Returns what the refusal says. */
export async function refusedWhole(app: TestApp, work: () => ReturnType<TestApp['request']>) {
  const before = await photosStored(app);
  const response = await work();
  const error = app.errorOf(response);
  expect(await photosStored(app)).toEqual(before);
  expect(await underWay(app)).toEqual([]);
  return { ...error, fileIndex: response.errors?.[0]?.extensions.fileIndex };
}

/** Counts what pictures are made while `work` runs; each is made after `before`. */
export async function rendering(
  app: TestApp,
  work: () => Promise<unknown>,
  before: () => Promise<unknown> = async () => undefined,
): Promise<number> {
  const { images } = app.system.services;
  const real = images.render.bind(images);
  const spy = vi.spyOn(images, 'render').mockImplementation(async (...args) => {
    await before();
    return real(...args);
  });
  try {
    await work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

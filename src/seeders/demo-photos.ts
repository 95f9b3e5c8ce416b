import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { extname, join } from 'node:path';
import type { Ctx } from '../kernel/context.js';
import { contentTypeOf, keyOf, thumbnailKeyOf } from '../kernel/files.js';
import { VehicleImage } from '../modules/vehicles/index.js';
import { allDrawings, DRAWN_HEIGHT, DRAWN_WIDTH, type Drawing, drawingsOf } from './drawings.js';

interface Pictured {
  readonly id: string;
  readonly bodyType: string | null;
  readonly exteriorColor: string | null;
}

/** Draws and stores those of the demo's photos that are not there yet. They are some hundred: many vehicles show the same. */
export async function storeDemoPhotos({
  storage,
  workspaces,
}: Pick<Ctx, 'storage' | 'workspaces'>): Promise<void> {
  const missing = new Map(allDrawings().map((drawing) => [demoKey(drawing.name), drawing]));
  for await (const { key } of storage.list('vehicles')) missing.delete(key);
  if (missing.size === 0) return;
  await workspaces.with(async (directory) => {
    await drawInto(directory, [...missing.values()]);
    for (const [key, { name }] of missing) {
      for (const [at, file] of [
        [thumbnailKeyOf(key), `${name}-thumb.webp`],
        [key, `${name}.webp`],
      ] as const) {
        await storage.put(at, createReadStream(join(directory, file)), contentTypeOf(at));
      }
    }
  });
}

/** The photos of a vehicle, as rows that are still to be written; their files are in the storage. */
export function demoPhotosOf(vehicle: Pictured, at: Date): VehicleImage[] {
  return drawingsOf(vehicle).map(({ name }, position) => {
    const size = { width: DRAWN_WIDTH, height: DRAWN_HEIGHT };
    return VehicleImage.of(vehicle.id, { key: demoKey(name), ...size, alt: null, position }, at);
  });
}

async function drawInto(directory: string, drawings: readonly Drawing[]): Promise<void> {
  const child = fork(new URL(`./draw.child${extname(import.meta.url)}`, import.meta.url));
  const gone = once(child, 'exit') as Promise<[code: number | null]>;
  child.send({ directory, drawings });
  const [code] = await gone;
  if (code !== 0) throw new Error('The photos of the demo could not be drawn.');
}

function demoKey(name: string): string {
  return keyOf('vehicles', `demo-${name}`, 'webp');
}

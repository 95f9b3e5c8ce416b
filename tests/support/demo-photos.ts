import { link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

/**
 * Makes demo data whose photos are those that an earlier test of this run has drawn: the seeder draws what is not there,
 * and that takes seconds. `storage` is the folder of the system's files.
 */
export async function withDrawnPhotos<T>(storage: string, seed: () => Promise<T>): Promise<T> {
  const photos = join(storage, 'vehicles');
  await linkAll(drawn(), photos);
  const result = await seed();
  await linkAll(photos, drawn());
  return result;
}

function drawn(): string {
  return join(inject('templates').sqliteDir, 'demo-photos');
}

/** Names for the same files: each is whole from the first moment, whoever looks on, and nobody writes into one. */
async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(from, { recursive: true });
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (!name.startsWith('demo-')) continue;
    await link(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

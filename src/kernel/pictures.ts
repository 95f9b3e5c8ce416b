import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Ctx } from './context.js';
import { currentDeadline } from './deadline.js';
import { AppError } from './errors.js';
import { contentTypeOf, type Folder, keyOf, thumbnailKeyOf } from './files.js';
import type { ImageSize, Rendition } from './ports.js';
import { discardFiles } from './stored-files.js';
import type { Upload } from './upload.js';

/** What is stored of a picture: the larger size under its key, and the thumbnail that lists show beside it. */
export type PictureSizes = readonly [picture: ImageSize, thumbnail: ImageSize];

export interface StoredPicture {
  readonly key: string;
  /** Of the larger size, in pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * What each picture adds to the time of its operation. One of 12 million pixels takes a core 0.7 s, and one of 50 million
 * 1 to 12 s; ten of 12 million took 8 to 21 s on two cores that others used as well. Ten may so take 50 s in all: less
 * than the minute for which proxies commonly wait.
 */
export const MS_PER_PICTURE = 4_000;

/** Of one call. No more are decoded at once anyway, and so the pictures of others come in between. */
const AT_ONCE = 2;

/**
 * Stores pictures with their thumbnails, whole and anew, before any row names them: all of them, in their order, or
 * none. @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE; of several files `fileIndex` says which, from 0.
 */
export async function storePictures(
  ctx: Ctx,
  folder: Folder,
  files: readonly Upload[],
  sizes: PictureSizes,
): Promise<StoredPicture[]> {
  for (const file of files) giveTimeFor(file);
  const stored: StoredPicture[] = [];
  const failures: unknown[] = [];
  const queue = files.entries();
  const work = async () => {
    for (const [index, file] of queue) {
      if (failures.length > 0) return;
      try {
        stored[index] = await storePicture(ctx, folder, file, sizes);
      } catch (error) {
        failures.push(files.length > 1 ? naming(index, error) : error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length === 0) return stored;
  await discardPictures(
    ctx,
    stored.filter(Boolean).map(({ key }) => key),
  );
  throw failures[0];
}

/** For a picture, once, however often an operation names the file: it has as many files as a request may bring. */
export function giveTimeFor(file: Upload): void {
  if (!timed.has(file)) currentDeadline()?.extend(MS_PER_PICTURE);
  timed.add(file);
}

const timed = new WeakSet<Upload>();

/** Removes pictures that no row names any more, thumbnails and all. */
export async function discardPictures(ctx: Ctx, keys: readonly string[]): Promise<void> {
  await discardFiles(ctx, keys.flatMap(filesOf));
}

/** The keys of all that is stored of a picture. */
export function filesOf(pictureKey: string): string[] {
  return [pictureKey, thumbnailKeyOf(pictureKey)];
}

async function storePicture(
  ctx: Ctx,
  folder: Folder,
  file: Upload,
  sizes: PictureSizes,
): Promise<StoredPicture> {
  const key = keyOf(folder, randomUUID(), 'webp');
  return ctx.workspaces.with(async (directory) => {
    const [picture, thumbnail] = (await ctx.images.render(file.path, directory, sizes)) as [
      Rendition,
      Rendition,
    ];
    currentDeadline()?.check();
    try {
      await put(ctx, thumbnailKeyOf(key), thumbnail);
      await put(ctx, key, picture);
    } catch (error) {
      await discardPictures(ctx, [key]);
      throw error;
    }
    return { key, width: picture.width, height: picture.height };
  });
}

async function put(ctx: Ctx, key: string, { path }: Rendition): Promise<void> {
  await ctx.storage.put(key, createReadStream(path), contentTypeOf(key));
}

/** Which of several files it is about. */
function naming(index: number, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new AppError(error.code, `File ${index + 1}: ${error.message}`, { fileIndex: index });
}

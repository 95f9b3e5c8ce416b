import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { currentDeadline } from '../../kernel/deadline.js';
import { AppError } from '../../kernel/errors.js';
import { contentTypeOf, keyOf, thumbnailKeyOf } from '../../kernel/files.js';
import type { ImageSize, Rendition } from '../../kernel/ports.js';
import { write } from '../../kernel/unit-of-work.js';
import type { Upload } from '../../kernel/upload.js';
import { lockAccount } from './living-account.js';
import { throttled } from './throttles.js';

/** Twice what a profile page shows, for dense screens, and what a list of negotiations does. */
const SIZES: readonly ImageSize[] = [
  { width: 512, height: 512, fit: 'cover' },
  { width: 128, height: 128, fit: 'cover' },
];

/**
 * Gives the viewer's account a new picture in the place of the old one. Returns the account's id.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, RATE_LIMITED.
 */
export async function uploadAvatar(ctx: Ctx, input: { file: Upload }): Promise<string> {
  const viewer = requireViewer(ctx);
  await throttled(ctx, 'uploads', viewer.id);
  const key = await storeAvatar(ctx, input.file);
  let mayBeCommitted = false;
  try {
    const oldKey = await write(ctx, async (tx) => {
      const user = await lockAccount(tx, viewer.id);
      const replaced = user.showAvatar(key, tx.clock.now());
      mayBeCommitted = true;
      return replaced;
    });
    if (oldKey !== null) await discardAvatar(ctx, oldKey);
    return viewer.id;
  } catch (error) {
    // After a failure of another kind, once there is something to commit, nobody knows whether it was; and a file too
    // many does no harm.
    if (!mayBeCommitted || error instanceof AppError) await discardAvatar(ctx, key);
    throw error;
  }
}

/**
 * Removes a picture that no row names any more, thumbnail and all. What cannot be removed is left to be swept: whoever
 * asks has done what it was to do.
 */
export async function discardAvatar(ctx: Ctx, key: string): Promise<void> {
  for (const file of [key, thumbnailKeyOf(key)]) {
    await ctx.storage.delete(file).catch((error: unknown) => {
      ctx.log.warn({ err: error, key: file }, 'a picture that nobody shows is left to be swept');
    });
  }
}

/** Stores a picture and its thumbnail, whole and anew, before any row names them. */
async function storeAvatar(ctx: Ctx, file: Upload): Promise<string> {
  const key = keyOf('avatars', randomUUID(), 'webp');
  return ctx.workspaces.with(async (directory) => {
    const [picture, thumbnail] = (await ctx.images.render(file.path, directory, SIZES)) as [
      Rendition,
      Rendition,
    ];
    currentDeadline()?.check();
    try {
      await put(ctx, thumbnailKeyOf(key), thumbnail);
      await put(ctx, key, picture);
    } catch (error) {
      await discardAvatar(ctx, key);
      throw error;
    }
    return key;
  });
}

async function put(ctx: Ctx, key: string, { path }: Rendition): Promise<void> {
  await ctx.storage.put(key, createReadStream(path), contentTypeOf(key));
}

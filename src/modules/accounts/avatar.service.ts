import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { discardPictures, filesOf, type PictureSizes, storePictures } from '../../kernel/pictures.js';
import { nameStored } from '../../kernel/stored-files.js';
import type { Upload } from '../../kernel/upload.js';
import { lockAccount } from './living-account.js';
import { throttled } from './throttles.js';

/** Twice what a profile page shows, for dense screens, and what a list of negotiations does. */
const SIZES: PictureSizes = [
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
  const stored = await storePictures(ctx, 'avatars', [input.file], SIZES);
  const [key] = stored.map((picture) => picture.key) as [string];
  const oldKey = await nameStored(ctx, filesOf(key), async (tx) => {
    const user = await lockAccount(tx, viewer.id);
    return user.showAvatar(key, tx.clock.now());
  });
  if (oldKey !== null) await discardPictures(ctx, [oldKey]);
  return viewer.id;
}

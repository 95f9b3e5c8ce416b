import { describe, expect, it } from 'vitest';
import type { Ctx } from '../../../src/kernel/context.js';
import { currentDeadline, withDeadline } from '../../../src/kernel/deadline.js';
import { AppError } from '../../../src/kernel/errors.js';
import { MS_PER_PICTURE, type PictureSizes, storePictures } from '../../../src/kernel/pictures.js';
import { Upload } from '../../../src/kernel/upload.js';

const SIZES: PictureSizes = [
  { width: 8, height: 8, fit: 'inside' },
  { width: 4, height: 4, fit: 'inside' },
];

/** Files of which none is a picture, and what has been tried of them. */
function stage(count: number) {
  const tried: string[] = [];
  const images = {
    render: async (path: string) => {
      tried.push(path);
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'No picture.');
    },
  };
  const workspaces = { with: (work: (directory: string) => Promise<unknown>) => work('/nowhere') };
  const ctx = { images, workspaces } as unknown as Ctx;
  const files = Array.from({ length: count }, (_, index) =>
    Object.assign(upload(), { path: `file ${index}` }),
  );
  return { tried, files, store: (given = files) => storePictures(ctx, 'vehicles', given, SIZES) };
}

const upload = () => Object.assign(Object.create(Upload.prototype) as Upload, { sizeBytes: 1 });

describe('pictures', () => {
  it('give their operation time, each file once', async () => {
    const { files, store } = stage(3);
    await withDeadline(1_000, async () => {
      const left = () => Math.round((currentDeadline()?.msLeft ?? 0) / 1_000);
      await expect(store(files.slice(0, 2))).rejects.toThrow(AppError);
      expect(left()).toBe(1 + (2 * MS_PER_PICTURE) / 1_000);
      await expect(store()).rejects.toThrow(AppError);
      await expect(store()).rejects.toThrow(AppError);
      expect(left()).toBe(1 + (3 * MS_PER_PICTURE) / 1_000);
    });
  });

  it('are not begun any more when one of them was refused, which is named', async () => {
    const { tried, store } = stage(5);
    const error = await store().catch((reason: unknown) => reason as AppError);
    expect(error).toMatchObject({ message: 'File 1: No picture.', extensions: { fileIndex: 0 } });
    expect(tried).toEqual(['file 0', 'file 1']);
  });
});

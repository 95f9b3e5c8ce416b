import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { AppError } from '../../kernel/errors.js';
import type { ImageSize, Images, Rendition } from '../../kernel/ports.js';

/** Each takes a core, and memory by the pixel; more at once would only make every one of them late. */
const AT_ONCE = 2;

/** What sharp calls the formats that are taken; AVIF is a HEIF file with AV1 in it. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'heif']);

const QUALITY = 82;

// Each picture is read once; a cache of operations would keep pictures of strangers in memory.
sharp.cache(false);
sharp.concurrency(1);
// Whatever a file calls itself: nothing but these four readers may touch it (libvips also reads SVG, PDF and more).
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegFile',
    'VipsForeignLoadPngFile',
    'VipsForeignLoadWebpFile',
    'VipsForeignLoadHeifFile',
  ],
});

/** Pictures by libvips, in its own threads. */
export class SharpImages implements Images {
  private readonly inTurn = pLimit(AT_ONCE);

  constructor(private readonly settings: { readonly maxPixels: number }) {}

  render(path: string, directory: string, sizes: readonly ImageSize[]): Promise<Rendition[]> {
    return this.inTurn(async () => {
      await this.check(path);
      const renditions: Rendition[] = [];
      for (const size of sizes) renditions.push(await this.encode(path, directory, size));
      return renditions;
    });
  }

  /** Reads no more than the header: a bomb is refused before it is unpacked. */
  private async check(path: string): Promise<void> {
    const { format, width, height, pages, compression } = await this.reader(path)
      .metadata()
      .catch(() => refuse('This is not an image that can be read.'));
    if (!FORMATS.has(format) || (format === 'heif' && compression !== 'av1')) {
      refuse('Only JPEG, PNG, WebP and AVIF images are taken.');
    }
    if (width * height * (pages ?? 1) > this.settings.maxPixels) {
      const megapixels = this.settings.maxPixels / 1_000_000;
      throw new AppError('PAYLOAD_TOO_LARGE', `The image has more than ${megapixels} million pixels.`);
    }
  }

  private async encode(path: string, directory: string, size: ImageSize): Promise<Rendition> {
    const target = join(directory, `${randomUUID()}.webp`);
    const { width, height } = await this.reader(path)
      .autoOrient()
      .resize({ ...size, withoutEnlargement: size.fit === 'inside' })
      .webp({ quality: QUALITY })
      .toFile(target)
      .catch(() => refuse('The image is damaged.'));
    return { path: target, width, height };
  }

  private reader(path: string) {
    return sharp(path, { limitInputPixels: false, failOn: 'truncated', sequentialRead: true });
  }
}

function refuse(message: string): never {
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', message);
}

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import sharp, { type Sharp } from 'sharp';
import { currentDeadline } from '../../kernel/deadline.js';
import { AppError } from '../../kernel/errors.js';
import type { ImageSize, Images, Rendition } from '../../kernel/ports.js';
import { refuseTraps } from './inspect.js';

/** Each takes a core, and memory by the pixel; more at once would only make every one of them late. */
const AT_ONCE = 2;

/**
 * Of those that cannot be decoded line by line: an AVIF of 50 million pixels takes up to 900 MB, a progressive JPEG or an
 * interlaced PNG up to 450, and either fits into a few kilobytes. All others take less than 120.
 */
const WHOLE_AT_ONCE = 1;

/** Fifty million pixels take 1 to 12 seconds. Who is over it is refused, and the turn is the next one's. */
const TIMEOUT_SECONDS = 20;

/** What sharp calls the formats that are taken; AVIF is a HEIF file with AV1 in it. */
const FORMATS: ReadonlyMap<string, PictureFormat> = new Map([
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['heif', 'avif'],
]);

type PictureFormat = Awaited<ReturnType<Images['inspect']>>['format'];

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
  private readonly inTurnWhole = pLimit(WHOLE_AT_ONCE);

  constructor(private readonly settings: { readonly maxPixels: number }) {}

  async render(path: string, directory: string, sizes: readonly ImageSize[]): Promise<Rendition[]> {
    const { isDecodedWhole } = await this.inTurn(() => this.check(path));
    const encode = () => this.inTurn(() => this.encodeAll(path, directory, sizes));
    return isDecodedWhole ? this.inTurnWhole(encode) : encode();
  }

  async inspect(path: string): Promise<{ format: PictureFormat }> {
    const { format, isDecodedWhole } = await this.inTurn(() => this.check(path));
    const decode = () => this.inTurn(() => this.decode(path));
    await (isDecodedWhole ? this.inTurnWhole(decode) : decode());
    return { format };
  }

  /** Reads no more than the header, and looks through the bytes: a bomb is refused before it is unpacked. */
  private async check(path: string): Promise<{ format: PictureFormat; isDecodedWhole: boolean }> {
    currentDeadline()?.check();
    const { format, width, height, pages, compression, isProgressive } = await sharp(path, {
      limitInputPixels: false,
    })
      .metadata()
      .catch(() => refuse('This is not an image that can be read.'));
    const known = FORMATS.get(format);
    if (!known || (format === 'heif' && compression !== 'av1')) {
      return refuse('Only JPEG, PNG, WebP and AVIF images are taken.');
    }
    if (width * height * (pages ?? 1) > this.settings.maxPixels) {
      const megapixels = this.settings.maxPixels / 1_000_000;
      throw new AppError('PAYLOAD_TOO_LARGE', `The image has more than ${megapixels} million pixels.`);
    }
    await refuseTraps(path);
    return { format: known, isDecodedWhole: format === 'heif' || isProgressive };
  }

  private async encodeAll(
    path: string,
    directory: string,
    sizes: readonly ImageSize[],
  ): Promise<Rendition[]> {
    const renditions: Rendition[] = [];
    for (const size of sizes) {
      const source = renditions.at(-1)?.path ?? path;
      renditions.push(await this.encode(source, directory, size));
    }
    return renditions;
  }

  /** sharp leaves out all metadata and turns colours into sRGB unless it is told otherwise. */
  private async encode(source: string, directory: string, size: ImageSize): Promise<Rendition> {
    const target = join(directory, `${randomUUID()}.webp`);
    const { width, height } = await this.read(source)
      .autoOrient()
      .resize({ ...size, withoutEnlargement: size.fit === 'inside' })
      .webp({ quality: QUALITY })
      .toFile(target)
      .catch((error: Error) => refuseOrRethrow(error, target));
    return { path: target, width, height };
  }

  /** Every pixel is read, whatever is made of it. */
  private async decode(source: string): Promise<void> {
    await this.read(source)
      .resize({ width: 16, height: 16, fit: 'inside' })
      .raw()
      .toBuffer()
      .catch((error: Error) => refuseOrRethrow(error));
  }

  private read(source: string): Sharp {
    // Nobody waits any more for what has stood in the queue for too long.
    currentDeadline()?.check();
    return sharp(source, {
      limitInputPixels: this.settings.maxPixels,
      failOn: 'error',
      sequentialRead: true,
    }).timeout({ seconds: secondsLeft() });
  }
}

/** Whole ones, as sharp wants them: nobody waits for what takes longer than its operation may. */
function secondsLeft(): number {
  const left = Math.ceil((currentDeadline()?.msLeft ?? Number.POSITIVE_INFINITY) / 1_000);
  return Math.min(TIMEOUT_SECONDS, Math.max(1, left));
}

function refuseOrRethrow(error: Error, target?: string): never {
  currentDeadline()?.check();
  // A full disk is no fault of the picture.
  if (target !== undefined && error.message.includes(target)) throw error;
  if (error.message.startsWith('timeout')) {
    throw new AppError('PAYLOAD_TOO_LARGE', 'The image takes too much work to decode.');
  }
  refuse('The image is damaged.');
}

function refuse(message: string): never {
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', message);
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OutOfTime, withDeadline } from '../../../src/kernel/deadline.js';
import { AppError } from '../../../src/kernel/errors.js';
import type { ImageSize } from '../../../src/kernel/ports.js';
import { SharpImages } from '../../../src/platform/images/sharp-images.js';
import { pause } from '../../support/live.js';
import { blackPng, halves, manyPasses, photo, withComment, zipEnd } from '../../support/pictures.js';

const MEGAPIXEL = 1_000_000;
const SQUARE: ImageSize = { width: 64, height: 64, fit: 'cover' };
const WITHIN: ImageSize = { width: 100, height: 100, fit: 'inside' };

describe('SharpImages', () => {
  const images = new SharpImages({ maxPixels: 50 * MEGAPIXEL });
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carnegotiate-images-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const stored = async (bytes: Buffer | string) => {
    // A name that says nothing: the content has to.
    const path = join(directory, randomUUID());
    await writeFile(path, bytes);
    return path;
  };

  const render = async (bytes: Buffer, ...sizes: ImageSize[]) => {
    const renditions = await images.render(await stored(bytes), directory, sizes);
    return Promise.all(
      renditions.map(async ({ path, width, height }) => {
        const read = await readFile(path);
        return { width, height, read, metadata: await sharp(read).metadata() };
      }),
    );
  };

  it('begins nothing when the time is up of the operation that waits for it', async () => {
    const path = await stored(await photo().png().toBuffer());
    const files = await readdir(directory);
    const work = withDeadline(1, async () => {
      await pause(10);
      return images.render(path, directory, [SQUARE]);
    });
    await expect(work).rejects.toThrow(OutOfTime);
    expect(await readdir(directory)).toEqual(files);
  });

  it.each([
    ['jpeg', () => photo().jpeg().toBuffer()],
    ['jpeg', () => photo().jpeg({ progressive: true }).toBuffer()],
    ['png', () => photo().png().toBuffer()],
    ['png', async () => blackPng(3_000, 2_000)],
    ['webp', () => photo().webp().toBuffer()],
    ['avif', () => photo(64, 64).avif().toBuffer()],
  ])('says what a picture is that decodes whole, and keeps nothing of it: %s', async (format, make) => {
    const path = await stored(await make());
    const files = await readdir(directory);
    expect(await images.inspect(path)).toEqual({ format });
    expect(await readdir(directory)).toEqual(files);
  });

  it.each([
    ['a JPEG that is cut off', () => photo().jpeg().toBuffer(), 'UNSUPPORTED_MEDIA_TYPE', 0.9],
    [
      'a progressive one',
      () => photo().jpeg({ progressive: true }).toBuffer(),
      'UNSUPPORTED_MEDIA_TYPE',
      0.9,
    ],
    ['a PNG that is cut off', () => photo().png().toBuffer(), 'UNSUPPORTED_MEDIA_TYPE', 0.9],
    ['a PNG that lacks rows', async () => blackPng(800, 800, 799), 'UNSUPPORTED_MEDIA_TYPE', 1],
    ['a text', async () => Buffer.from('no picture'), 'UNSUPPORTED_MEDIA_TYPE', 1],
    ['a picture of too many pixels', async () => blackPng(8_000, 8_000), 'PAYLOAD_TOO_LARGE', 1],
    ['one of too many passes', async () => manyPasses(800, 60), 'PAYLOAD_TOO_LARGE', 1],
  ])('says of %s that it is none', async (_name, make, code, share) => {
    const bytes = await make();
    const path = await stored(bytes.subarray(0, Math.floor(bytes.length * share)));
    await expect(images.inspect(path)).rejects.toMatchObject({ code });
  });

  const renderOne = async (bytes: Buffer, size: ImageSize) => {
    const [picture] = await render(bytes, size);
    if (!picture) throw new Error('Nothing was made of it');
    return picture;
  };

  /** The code of the refusal; nothing is left in the directory. */
  const refusal = async (bytes: Buffer | string, by = images) => {
    const path = await stored(bytes);
    const before = await readdir(directory);
    const error = await by.render(path, directory, [SQUARE]).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error !== null && !(error instanceof AppError)) throw error;
    if (error) expect(await readdir(directory)).toEqual(before);
    return error?.code ?? 'taken';
  };

  const colourAt = async (picture: Buffer, left: number, top: number) => {
    const pixel = await sharp(picture)
      .extract({ left, top, width: 1, height: 1 })
      .removeAlpha()
      .raw()
      .toBuffer();
    return [...pixel];
  };

  it.each([
    ['JPEG', () => photo().jpeg()],
    ['progressive JPEG', () => photo().jpeg({ progressive: true })],
    ['JPEG in CMYK', () => photo().toColourspace('cmyk').jpeg()],
    ['PNG', () => photo().png()],
    ['PNG of 16 bits', () => photo().toColourspace('rgb16').png()],
    ['interlaced PNG', () => photo().png({ progressive: true })],
    ['WebP', () => photo().webp()],
    ['lossless WebP', () => photo().webp({ lossless: true })],
    ['AVIF', () => photo(64, 64).avif({ effort: 0 })],
  ])('takes a %s and makes WebP of it', async (_name, make) => {
    const picture = await renderOne(await make().toBuffer(), SQUARE);
    expect(picture.metadata).toMatchObject({ format: 'webp', width: 64, height: 64, space: 'srgb' });
  });

  it('cuts what stands over, keeps all that has to fit, and enlarges only to cover', async () => {
    const bytes = await photo(400, 200).png().toBuffer();
    const small = await photo(40, 20).png().toBuffer();
    const sizes = async (picture: Buffer, size: ImageSize) =>
      (await render(picture, size)).map(({ width, height }) => [width, height]);
    expect(await sizes(bytes, SQUARE)).toEqual([[64, 64]]);
    expect(await sizes(bytes, WITHIN)).toEqual([[100, 50]]);
    expect(await sizes(small, SQUARE)).toEqual([[64, 64]]);
    expect(await sizes(small, WITHIN)).toEqual([[40, 20]]);
  });

  it('makes several sizes of one picture', async () => {
    const bytes = await halves('#ff0000', '#0000ff').png().toBuffer();
    const renditions = await render(bytes, SQUARE, { ...SQUARE, width: 16, height: 16 });
    expect(renditions.map(({ width, height }) => [width, height])).toEqual([
      [64, 64],
      [16, 16],
    ]);
    const [red, , blue] = await colourAt(renditions[1]?.read as Buffer, 1, 8);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeLessThan(60);
  });

  it('turns a picture upright', async () => {
    // 6: the top of the picture is at the right of what is stored, as phones held upright have it.
    const lying = await halves('#ff0000', '#0000ff').withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const picture = await renderOne(lying, WITHIN);
    expect([picture.width, picture.height]).toEqual([50, 100]);
    const [red] = await colourAt(picture.read, 25, 10);
    const [, , blue] = await colourAt(picture.read, 25, 90);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeGreaterThan(200);
  });

  it('leaves out all metadata: where it was taken, comments, profiles', async () => {
    const exif = {
      IFD0: { Make: 'SecretCamera', Copyright: 'SecretName' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitude: '0/1 7/1 4366/100' },
    };
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret/></x:xmpmeta>';
    const tagged = await photo().withExif(exif).withXmp(xmp).withIccProfile('p3').jpeg().toBuffer();
    const bytes = withComment(tagged, 'SecretComment');
    const before: Metadata = await sharp(bytes).metadata();
    expect([before.exif, before.xmp, before.icc].map((part) => part instanceof Buffer)).toEqual([
      true,
      true,
      true,
    ]);
    expect(bytes.includes('SecretCamera')).toBe(true);
    const picture = await renderOne(bytes, WITHIN);
    const { exif: exifAfter, xmp: xmpAfter, icc, iptc, orientation } = picture.metadata;
    expect([exifAfter, xmpAfter, icc, iptc, orientation]).toEqual(new Array(5).fill(undefined));
    expect(/secret|exif|xmp|iccp/i.test(picture.read.toString('latin1'))).toBe(false);
  });

  it('turns the colours of a profile into those of sRGB', async () => {
    const inP3 = await halves('#00c000', '#00c000').withIccProfile('p3').png().toBuffer();
    const asStored = await colourAt(await sharp(inP3, { ignoreIcc: true }).png().toBuffer(), 10, 10);
    const picture = await renderOne(inP3, WITHIN);
    const [red, green, blue] = await colourAt(picture.read, 10, 10);
    // The same green to the eye, and other numbers.
    expect(asStored[0]).toBeGreaterThan(60);
    expect(red).toBeLessThan(20);
    expect(green).toBeGreaterThan(180);
    expect(blue).toBeLessThan(30);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((colour) => halves(colour, colour).png().toBuffer()),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const picture = await renderOne(bytes, WITHIN);
    expect(picture.metadata.pages).toBeUndefined();
    const [red, , blue] = await colourAt(picture.read, 10, 10);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeLessThan(60);
  });

  describe('refuses what is no picture of these formats', () => {
    it.each<[name: string, make: () => Promise<Buffer> | Buffer | string]>([
      ['nothing', () => ''],
      ['one byte', () => 'x'],
      ['text', () => 'just a text'],
      ['a GIF', () => Buffer.from('R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')],
      ['a TIFF', () => photo().tiff().toBuffer()],
      [
        'an SVG',
        () =>
          '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>',
      ],
      [
        'an SVG with a declaration',
        () => '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      ],
      ['a PDF', () => '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF'],
      ['a page', () => '<!doctype html><script>alert(1)</script>'],
      ['a program', () => Buffer.from('7f454c4602010100000000000000000003003e00', 'hex')],
      ['a program of another kind', () => `MZ${'\0'.repeat(200)}PE\0\0`],
      [
        'a script for ImageMagick',
        () => 'push graphic-context\nfill "url(https://example.com/x)"\npop graphic-context',
      ],
      ['a signature of PNG and nothing more', () => Buffer.from('89504e470d0a1a0a', 'hex')],
      ['a signature of JPEG and nothing more', () => Buffer.from('ffd8ffe0', 'hex')],
      ['a HEIC', () => Buffer.from('00000018667479706865696300000000686569636d696631', 'hex')],
      [
        'a video',
        () => Buffer.from('0000001866747970697 36f6d0000020069736f6d69736f32'.replace(' ', ''), 'hex'),
      ],
    ])('%s', async (_name, make) => {
      expect(await refusal(await make())).toBe('UNSUPPORTED_MEDIA_TYPE');
    });
  });

  describe('refuses what is cut off or damaged', () => {
    it.each([
      ['JPEG', () => photo().jpeg().toBuffer()],
      ['progressive JPEG', () => photo().jpeg({ progressive: true }).toBuffer()],
      ['PNG', () => photo().png().toBuffer()],
      ['WebP', () => photo().webp().toBuffer()],
      ['AVIF', () => photo(64, 64).avif({ effort: 0 }).toBuffer()],
    ])('%s', async (_name, make) => {
      const bytes = await make();
      for (const share of [0.02, 0.5, 0.95]) {
        expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * share)))).toBe(
          'UNSUPPORTED_MEDIA_TYPE',
        );
      }
    });

    it('a PNG whose checksums are wrong', async () => {
      const bytes = await photo().png().toBuffer();
      const middle = Math.floor(bytes.length / 2);
      bytes.fill(0x5a, middle, middle + 100);
      expect(await refusal(bytes)).toBe('UNSUPPORTED_MEDIA_TYPE');
    });
  });

  describe('refuses a bomb without setting it off', () => {
    const inTime = async (work: () => Promise<string>) => {
      const before = performance.now();
      const code = await work();
      return { code, quick: performance.now() - before < 1_000 };
    };

    it.each<[name: string, make: () => Promise<Buffer> | Buffer]>([
      ['50,000 by 50,000 pixels', () => blackPng(50_000, 50_000, 100)],
      ['8,000 by 8,000 pixels in 8 KB', () => blackPng(8_000, 8_000)],
      ['a line of 60,000,000 pixels', () => blackPng(60 * MEGAPIXEL, 1)],
      ['882 passes in 160 KB', () => manyPasses(7_000, 882)],
      ['41 passes over a small picture', () => manyPasses(100, 41)],
    ])('%s', async (_name, make) => {
      const bytes = await make();
      expect(await inTime(() => refusal(bytes))).toEqual({
        code: 'PAYLOAD_TOO_LARGE',
        quick: true,
      });
    });

    it('an animation of many frames, though only the first is taken', async () => {
      const colours = ['red', 'blue', 'red', 'blue', 'red', 'blue'];
      const frames = await Promise.all(colours.map((colour) => halves(colour, 'green').png().toBuffer()));
      const bytes = await sharp(frames, { join: { animated: true } })
        .webp({ loop: 0 })
        .toBuffer();
      const strict = new SharpImages({ maxPixels: 120_000 });
      expect(await refusal(bytes, strict)).toBe('taken');
      expect(await refusal(bytes, new SharpImages({ maxPixels: 119_999 }))).toBe('PAYLOAD_TOO_LARGE');
    });

    it('and one pixel more than is allowed', async () => {
      const strict = new SharpImages({ maxPixels: 100 * 100 });
      expect(await refusal(blackPng(100, 100), strict)).toBe('taken');
      expect(await refusal(blackPng(101, 100), strict)).toBe('PAYLOAD_TOO_LARGE');
    });
  });

  it('takes as many passes as encoders make', async () => {
    expect(await refusal(manyPasses(100, 40))).toBe('taken');
  });

  describe('refuses a picture that is something else as well', () => {
    let jpeg: Buffer;
    let png: Buffer;
    beforeAll(async () => {
      [jpeg, png] = await Promise.all([photo().jpeg().toBuffer(), photo().png().toBuffer()]);
    });

    it.each<[name: string, make: () => Buffer]>([
      ['a PDF', () => withComment(jpeg, '%PDF-1.4\n1 0 obj<<>>endobj')],
      ['a ZIP', () => Buffer.concat([jpeg, zipEnd()])],
      ['a ZIP with a comment', () => Buffer.concat([png, zipEnd(60_000)])],
      ['a ZIP with something behind it', () => Buffer.concat([png, zipEnd(), Buffer.alloc(1_000)])],
      ['a script for PHP', () => withComment(jpeg, "<?php system($_GET['c']); ?>")],
      ['a page', () => withComment(jpeg, '<HTML><body onload=alert(1)>')],
      ['a script for a browser', () => withComment(jpeg, '*/<script>alert(1)</script>')],
      ['an SVG', () => withComment(jpeg, '<svg xmlns="http://www.w3.org/2000/svg">')],
    ])('%s', async (_name, make) => {
      expect(await refusal(make())).toBe('UNSUPPORTED_MEDIA_TYPE');
    });

    it.each<[name: string, make: () => Buffer]>([
      [
        'a video, as phones append it',
        () => Buffer.concat([jpeg, Buffer.from('00000018667479706d703432', 'hex'), Buffer.alloc(50_000)]),
      ],
      ['a second picture, as phones append it', () => Buffer.concat([jpeg, jpeg])],
      ['zeros', () => Buffer.concat([png, Buffer.alloc(5_000)])],
      ['a comment about PDF', () => withComment(jpeg, 'made for a PDF of <scripts> and PK')],
    ])('but not for having %s', async (_name, make) => {
      expect(await refusal(make())).toBe('taken');
    });
  });

  it('tells a fault of its own for what it is', async () => {
    const path = await stored(await photo().png().toBuffer());
    const rendering = images.render(path, join(directory, 'missing'), [SQUARE]);
    await expect(rendering).rejects.not.toBeInstanceOf(AppError);
  });

  it.each([
    ['two at once', 2, () => photo(800, 600).jpeg()],
    ['one at once of those that take much memory', 1, () => photo(800, 600).jpeg({ progressive: true })],
    ['one at once of those that take most', 1, () => photo(80, 60).avif({ effort: 0 })],
  ])('decodes %s', async (_name, most, make) => {
    const path = await stored(await make().toBuffer());
    const { toFile } = sharp.prototype;
    const atWork = { now: 0, most: 0 };
    const counted = vi.spyOn(sharp.prototype, 'toFile').mockImplementation(async function (
      this: Sharp,
      target: string,
    ) {
      atWork.most = Math.max(atWork.most, ++atWork.now);
      return (toFile.call(this, target) as Promise<OutputInfo>).finally(() => atWork.now--);
    } as never);
    await Promise.all(Array.from({ length: 6 }, () => images.render(path, directory, [SQUARE])));
    counted.mockRestore();
    expect(atWork).toEqual({ now: 0, most });
  });
});

import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import '../../src/platform/images/sharp-images.js';

/** Pictures for tests: honest ones by sharp, and others byte by byte. */

// The system reads files alone, of four formats; tests also look at what is in memory.
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp'].map((format) => `VipsForeignLoad${format}Buffer`),
});

/** Noise, so that it has as many bytes as a photo, and something in it to be damaged. */
export function photo(width = 400, height = 300): Sharp {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
  return sharp({ create: { width, height, channels: 3, background: '#888', noise } });
}

/** One colour in the left half and another in the right. */
export function halves(left: string, right: string, width = 200, height = 100): Sharp {
  const half = { width: width / 2, height, channels: 3 as const };
  return sharp({ create: { ...half, width, background: right } }).composite([
    { input: { create: { ...half, background: left } }, left: 0, top: 0 },
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

/** A black PNG of one bit a pixel: a few kilobytes, whatever its size. `rows` of it are really there. */
export function blackPng(width: number, height: number, rows = height): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * rows), { level: 9 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function segment(marker: number, data: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff, ...data]);
}

/** Bits, most significant first, with ones at the end and a zero behind each byte of ones (ITU-T T.81, F.1.2.3). */
function entropyCoded(codes: ReadonlyArray<readonly [value: number, bits: number]>): Buffer {
  const text = codes.map(([value, bits]) => value.toString(2).padStart(bits, '0')).join('');
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 8) {
    const byte = Number.parseInt(text.slice(at, at + 8).padEnd(8, '1'), 2);
    bytes.push(byte, ...(byte === 0xff ? [0] : []));
  }
  return Buffer.from(bytes);
}

/**
 * A grey progressive JPEG that has so many passes, each right by the book and a walk over all of its pixels: 63
 * coefficients, each refined bit by bit. 49 million pixels and 882 passes are 160 KB and half a minute.
 */
export function manyPasses(side: number, passes: number): Buffer {
  const blocks = Math.ceil(side / 8) ** 2;
  const code = (kind: number, symbol: number) =>
    segment(0xc4, [kind << 4, 1, ...new Array<number>(15).fill(0), symbol]);
  const pass = (coefficient: number, high: number, low: number) =>
    segment(0xda, [1, 1, 0, coefficient, coefficient, (high << 4) | low]);
  // "No more in these blocks", for 16,384 blocks and as many more as 14 bits say.
  const runs: Array<readonly [number, number]> = [];
  for (let left = blocks; left > 0; left -= 32_767) {
    runs.push([0, 1], [Math.max(0, Math.min(left, 32_767) - 16_384), 14]);
  }
  const empty = entropyCoded(runs);
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    segment(0xc2, [8, side >> 8, side & 0xff, side >> 8, side & 0xff, 1, 1, 0x11, 0]),
    code(0, 0),
    code(1, 0xe0),
    pass(0, 0, 0),
    Buffer.alloc(Math.ceil(blocks / 8)),
  ];
  for (let index = 0; index < passes - 1; index++) {
    const low = 13 - Math.floor(index / 63);
    parts.push(pass(1 + (index % 63), low === 13 ? 0 : low + 1, low), empty);
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])]);
}

/** The end of a ZIP's directory, with a comment of this length. */
export function zipEnd(commentLength = 0): Buffer {
  const end = Buffer.alloc(22 + commentLength);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt16LE(commentLength, 20);
  return end;
}

/** A JPEG with this text as its comment. */
export function withComment(jpeg: Buffer, comment: string): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), segment(0xfe, [...Buffer.from(comment)]), jpeg.subarray(2)]);
}

/** Red above and blue below, as a phone held upright stores it: lying on its side, with the place where it was taken. */
export function phonePhoto(width = 200, height = 100): Promise<Buffer> {
  const exif = {
    IFD0: { Make: 'SecretCamera', Copyright: 'SecretName' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitude: '0/1 7/1 4366/100' },
  };
  // 6: the top of the picture is at the right of what is stored.
  const lying = halves('#ff0000', '#0000ff', width, height).withExif(exif).withMetadata({ orientation: 6 });
  return lying.jpeg().toBuffer();
}

/** Two frames, the first red and the second blue, in one file. */
export async function animation(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = ['#ff0000', '#0000ff'].map((colour) => halves(colour, colour, 40, 30).png().toBuffer());
  return sharp(await Promise.all(frames), { join: { animated: true } })
    [format]()
    .toBuffer();
}

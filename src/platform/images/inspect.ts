import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../kernel/errors.js';
import { endsAsZip, holdsScript, readAt, ZIP_TAIL_BYTES } from '../../kernel/file-traps.js';

/** Comments and metadata, where a script would hide, stand at the beginning. */
const HEAD_BYTES = 64 * 1024;
/** A reader of PDF takes a signature within so many bytes for its own (ISO 32000-1, annex H, note 13). */
const PDF_BYTES = 1_024;

/**
 * Passes of a progressive JPEG. Each costs a walk over all its pixels, and no timeout reaches into the decoder: 882
 * passes in a file of 160 KB took half a minute. libjpeg writes 10, optimizers up to 20.
 */
const MAX_SCANS = 40;

/** A start of scan as decoders take it: up to 4 components, and the length that goes with them (ITU-T T.81, B.2.3). */
const SCAN_STARTS = [0, 1, 2, 3, 4].map((n) => Buffer.from([0xff, 0xda, 0, 6 + 2 * n, n]));

const CHUNK = 256 * 1024;

/**
 * Refuses a file that another program would take for its own, whatever picture it also is, and one that is made to keep
 * the decoder busy. What phones append to their pictures (a video, a depth map, a second picture) passes, and is gone
 * after the picture was encoded anew.
 */
export async function refuseTraps(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, HEAD_BYTES);
    const tail = await readAt(file, Math.max(0, size - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES);
    if (isAlsoSomethingElse(head, tail)) {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The file is more than an image.');
    }
    if (head.readUInt16BE(0) === 0xffd8 && (await countScans(file)) > MAX_SCANS) {
      throw new AppError('PAYLOAD_TOO_LARGE', 'The image takes too much work to decode.');
    }
  } finally {
    await file.close();
  }
}

/** No camera writes scripts into its pictures. */
function isAlsoSomethingElse(head: Buffer, tail: Buffer): boolean {
  return head.subarray(0, PDF_BYTES).includes('%PDF-') || endsAsZip(tail) || holdsScript(head);
}

async function countScans(file: FileHandle): Promise<number> {
  let count = 0;
  for (let at = 0; ; at += CHUNK) {
    // A little more than a chunk, for what stands across its end.
    const bytes = await readAt(file, at, CHUNK + 4);
    if (bytes.length === 0) return count;
    for (const start of SCAN_STARTS) {
      for (let found = bytes.indexOf(start); found >= 0 && found < CHUNK; ) {
        count++;
        found = bytes.indexOf(start, found + 1);
      }
    }
  }
}

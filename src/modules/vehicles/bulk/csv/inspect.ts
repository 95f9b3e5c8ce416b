import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { AppError } from '../../../../kernel/errors.js';
import { fileFault, HEAD_BYTES, type Table, tableOf } from './table.js';

/** How files begin that people take for CSV, or send in its place. */
const STRANGERS: ReadonlyArray<readonly [begins: string, is: string]> = [
  ['504b0304', 'a spreadsheet of Excel, or an archive'],
  ['d0cf11e0a1b11ae1', 'a spreadsheet of Excel'],
  ['1f8b', 'an archive'],
  ['25504446', 'a PDF'],
];

/** UTF-16 and UTF-32, by their byte order marks. */
const WIDE = ['fffe', 'feff', '0000feff'];

/**
 * Looks whether a file can be one of vehicles: text in UTF-8, with a header that names a VIN. Reads it once, piece by
 * piece. @throws AppError UNSUPPORTED_MEDIA_TYPE, or BAD_USER_INPUT on `file`.
 */
export async function inspectCsv(path: string): Promise<Table> {
  let table: Table | undefined;
  let lines = 0;
  let isCut = false;
  for await (const bytes of piecesOf(path)) {
    if (!table) refuseStrangers(bytes);
    const text = bytes.subarray(0, endOfText(bytes));
    if (!isUtf8(text)) throw notUtf8(lines + linesBefore(text));
    table ??= tableOf(text.toString('utf8'));
    lines += breaksIn(text);
    isCut = text.length < bytes.length;
  }
  if (isCut) throw notUtf8(lines);
  return table ?? tableOf('');
}

/**
 * A file in pieces, each in the same few bytes of memory: those of a stream would be garbage as large as the file. A
 * character that is cut off stands at the end of its piece, and as a whole at the beginning of the next.
 */
async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const piece = Buffer.alloc(HEAD_BYTES);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, kept, piece.length - kept);
      if (bytesRead === 0) return;
      const bytes = piece.subarray(0, kept + bytesRead);
      yield bytes;
      const end = endOfText(bytes);
      kept = bytes.length - end;
      piece.copyWithin(0, end, bytes.length);
    }
  } finally {
    await file.close();
  }
}

function refuseStrangers(head: Buffer): void {
  const begins = head.subarray(0, 8).toString('hex');
  const stranger = STRANGERS.find(([bytes]) => begins.startsWith(bytes));
  if (stranger) {
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      `This is ${stranger[1]}. Export the vehicles as CSV (UTF-8), and upload that.`,
    );
  }
  // Without its mark UTF-16 shows by the zeros in it.
  if (WIDE.some((mark) => begins.startsWith(mark)) || head.subarray(0, 1_024).includes(0)) {
    throw fileFault('The file is in UTF-16, or is no text at all. Save it as CSV in UTF-8.');
  }
}

/** Where the last character ends that is there as a whole: the next piece may have the rest of one. */
function endOfText(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function notUtf8(linesBefore: number): AppError {
  return fileFault(`Line ${linesBefore + 1} is not in UTF-8. Save the file as CSV in UTF-8.`);
}

/** How many lines end before the first that is no UTF-8. */
function linesBefore(text: Buffer): number {
  let count = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text[at] !== 0x0a) continue;
    if (!isUtf8(text.subarray(from, at))) return count;
    from = at + 1;
    count++;
  }
  return count;
}

function breaksIn(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(0x0a); at >= 0; at = text.indexOf(0x0a, at + 1)) count++;
  return count;
}

import { Readable } from 'node:stream';
import { setImmediate as otherWork } from 'node:timers/promises';
import { type CsvError, type Info, type Options, parse } from 'csv-parse';

/** Cells of a row and the line of the file that it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** A cell begins with a quotation mark that nothing closes in its row: other rows may be in it. */
  readonly isTorn?: boolean;
}

/** From this line on a file cannot be read. */
export class BrokenCsv extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
    this.name = 'BrokenCsv';
  }
}

/** What the parser says of what it could not read: how far it had come, too. */
type Skipped = CsvError & Pick<Info, 'records' | 'empty_lines'>;

interface Parsed {
  readonly record: string[];
  readonly info: Info;
  /** As the file has it. */
  readonly raw: string;
}

const MAX_RECORD_BYTES = 64 * 1024;
const PIECE_BYTES = 8 * 1024;

/** What is taken for CSV: RFC 4180, with any line ending, and with quotation marks within cells as people write inches. */
export function dialect(delimiter: string): Options {
  return {
    delimiter,
    bom: true,
    // The parser would find one for itself, and then take no other.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    ltrim: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  };
}

/**
 * The rows of a file, its header first, without those that are blank from end to end. The parser counts the line breaks
 * within quotation marks twice where they are CRLF, and loses rows that it has read when it fails: so lines are counted
 * here, and it is told to skip what it cannot read, which ends the reading.
 * @throws BrokenCsv behind the last row that can be read.
 */
export async function* recordsIn(content: Readable, delimiter: string): AsyncGenerator<CsvRecord> {
  const parser = parse({ ...dialect(delimiter), info: true, raw: true, skip_records_with_error: true });
  let broken: Skipped | undefined;
  parser.on('skip', (error: Skipped) => {
    broken ??= error;
  });
  const pieces = Readable.from(inPieces(content), { objectMode: false });
  pieces.once('error', (error) => parser.destroy(error));
  pieces.pipe(parser);
  let lines = 0;
  let blankLines = 0;
  try {
    for await (const { record: cells, info, raw } of parser as AsyncIterable<Parsed>) {
      if (broken && info.records > broken.records) break;
      const line = lines + 1 + info.empty_lines - blankLines;
      blankLines = info.empty_lines;
      lines = line + breaksIn(cells);
      if (cells.every((cell) => cell.trim() === '')) continue;
      const record = cells.map((cell) => withoutMarks(cell, raw));
      yield isTorn(record, raw) ? { line, cells: record, isTorn: true } : { line, cells: record };
    }
    if (broken) throw brokenAt(lines + 1 + broken.empty_lines - blankLines, broken);
  } finally {
    pieces.destroy();
    content.destroy();
    parser.destroy();
  }
}

/**
 * A mark that is left open ends at the next one, rows later, and what stands there may fit the header by chance: the
 * parser then puts the open mark back before the cell.
 */
function isTorn(cells: readonly string[], raw: string): boolean {
  return cells.some((cell) => isPutBack(cell, raw) && /[\r\n]/.test(cell));
}

/** Blanks may stand between a closing mark and the separator: the parser takes such a mark for none. */
function withoutMarks(cell: string, raw: string): string {
  const trimmed = cell.trimEnd();
  const isClosed = trimmed.length > 1 && trimmed.length < cell.length && trimmed.endsWith('"');
  return isClosed && isPutBack(cell, raw) ? trimmed.slice(1, -1) : cell;
}

/** Whether the mark that a cell begins with is one that opened it: of its own marks the file has two each. */
function isPutBack(cell: string, raw: string): boolean {
  return cell.startsWith('"') && !raw.includes(`"${cell.replaceAll('"', '""')}"`);
}

/** A file of separators alone has thousands of rows in what a disk gives at once: others have their turn in between. */
async function* inPieces(content: Readable): AsyncGenerator<Buffer> {
  for await (const bytes of content as AsyncIterable<Buffer>) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      yield bytes.subarray(at, at + PIECE_BYTES);
      await otherWork();
    }
  }
}

function breaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

function brokenAt(line: number, { code }: Skipped): BrokenCsv {
  const closed = 'Is a quotation mark not closed?';
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return new BrokenCsv(line, `The row that begins on line ${line} is longer than 64 KB. ${closed}`);
  }
  return new BrokenCsv(line, `A quotation mark in the row that begins on line ${line} is not closed.`);
}

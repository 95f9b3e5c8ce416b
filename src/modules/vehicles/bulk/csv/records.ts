import type { Readable } from 'node:stream';
import { type CsvError, type Info, type Options, parse } from 'csv-parse';

/** Cells of a row and the line of the file that it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
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

const MAX_RECORD_BYTES = 64 * 1024;

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
  const parser = parse({ ...dialect(delimiter), info: true, skip_records_with_error: true });
  let broken: Skipped | undefined;
  parser.on('skip', (error: Skipped) => {
    broken ??= error;
  });
  content.once('error', (error) => parser.destroy(error));
  content.pipe(parser);
  let lines = 0;
  let blankLines = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (broken && info.records > broken.records) break;
      const line = lines + 1 + info.empty_lines - blankLines;
      blankLines = info.empty_lines;
      lines = line + breaksIn(record);
      if (record.some((cell) => cell.trim() !== '')) yield { line, cells: record };
    }
    if (broken) throw brokenAt(lines + 1 + broken.empty_lines - blankLines, broken);
  } finally {
    content.destroy();
    parser.destroy();
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

import { parse } from 'csv-parse/sync';
import { badInput } from '../../../../kernel/errors.js';
import { shown, wordOf } from './cells.js';
import { type Column, columns } from './columns.js';
import { dialect } from './records.js';

/** A header is found here or nowhere. */
export const HEAD_BYTES = 64 * 1024;
/** Less than is looked at: one that is cut off there is too long, and not taken for shorter than it is. */
const MAX_HEADER_BYTES = 60 * 1024;
const MAX_COLUMNS = 200;
const DELIMITERS = [',', ';', '\t'] as const;

/** How a file's rows are to be read. */
export interface Table {
  readonly delimiter: string;
  readonly headers: readonly string[];
  /** Cells of a whole row. */
  readonly width: number;
  /** What is understood, and where it stands; headers as the file has them. */
  readonly columns: ReadonlyArray<{
    readonly column: Column;
    readonly index: number;
    readonly header: string;
  }>;
  /** Headers that mean nothing here. */
  readonly ignored: readonly string[];
}

/**
 * Reads the header line that a file begins with. The separator is the one with which it makes most sense.
 * @throws AppError BAD_USER_INPUT, on `file`.
 */
export function tableOf(head: string): Table {
  const tables = DELIMITERS.map((delimiter) => tableWith(delimiter, headersIn(head, delimiter)));
  const [table] = tables.toSorted((a, b) => b.columns.length - a.columns.length || b.width - a.width);
  if (!table || table.width === 0) throw fileFault('The file is empty: its first line names the columns.');
  if (table.width > MAX_COLUMNS) throw fileFault(`The header names more than ${MAX_COLUMNS} columns.`);
  if (!table.columns.some(({ column }) => column.field === 'vin')) {
    const names = table.headers.slice(0, 5).map((name) => shown(name, 40));
    throw fileFault(`The header has no column "vin". It begins: ${names.join(', ')}.`);
  }
  return table;
}

/** The header that the file has for a column, or our name for it. */
export function headerOf(table: Table, field: string): string {
  const named = table.columns.find(({ column }) => column.field === field)?.header;
  return named ?? columns.find((column) => column.field === field)?.name ?? field;
}

export function fileFault(message: string) {
  return badInput({ file: [message] });
}

function headersIn(head: string, delimiter: string): string[] {
  const headers = firstRecord(head, delimiter).map((header) => header.trim());
  // Spreadsheets leave empty columns behind.
  while (headers.at(-1) === '') headers.pop();
  return headers;
}

function firstRecord(head: string, delimiter: string): string[] {
  try {
    const options = { ...dialect(delimiter), max_record_size: MAX_HEADER_BYTES, to: 1 };
    const [record = []] = parse(head, options) as string[][];
    return record;
  } catch {
    throw fileFault('The header cannot be read: it is longer than 60 KB, or a quotation mark is not closed.');
  }
}

function tableWith(delimiter: string, headers: readonly string[]): Table {
  const words = headers.map((header) => wordOf(withoutBrackets(header)));
  const found = columns.flatMap((column) => {
    const index = placeOf(column, words, headers);
    return index < 0 ? [] : [{ column, index, header: shown(headers[index] as string, 100) }];
  });
  const understood = new Set(found.map(({ index }) => index));
  const ignored = headers
    .filter((header, index) => header !== '' && !understood.has(index))
    .map((header) => shown(header, 100));
  return { delimiter, headers, width: headers.length, columns: found, ignored };
}

/**
 * "Price ($)", "Mileage (mi)" without what stands in brackets that have no others in them. Looks at each character once:
 * a pattern may follow each of many brackets that are never closed to the end.
 */
export function withoutBrackets(characters: Iterable<string>): string {
  let kept = '';
  let open = '';
  for (const character of characters) {
    if (character === '(') {
      kept += open;
      open = character;
    } else if (open === '') kept += character;
    else if (character === ')') open = '';
    else open += character;
  }
  return kept + open;
}

/** By its own name, or else by the first of the others that is there. One that is there twice could mean either. */
function placeOf(column: Column, words: readonly string[], headers: readonly string[]): number {
  for (const name of [column.name, ...column.alsoKnownAs]) {
    const word = wordOf(name);
    const index = words.indexOf(word);
    if (index < 0) continue;
    if (words.indexOf(word, index + 1) >= 0) {
      throw fileFault(`The header has the column "${shown(headers[index] as string, 40)}" twice.`);
    }
    return index;
  }
  return -1;
}

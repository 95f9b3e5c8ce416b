import { parseMoney } from '../../../../kernel/money.js';

/** What a cell says, or why it cannot be read. Cells are trimmed and never empty. */
export type Cell = { readonly value: unknown } | { readonly fault: string };
export type CellReader = (text: string) => Cell;

/** As it stands: a text that begins like a spreadsheet's formula is a text. */
export const readText: CellReader = (text) => ({ value: text });

export const readFeatures: CellReader = (text) => ({
  value: text
    .split(';')
    .map((feature) => feature.trim())
    .filter((feature) => feature !== ''),
});

/** `45000`, `45,000`, `45,000 mi`, and `45000.0`, as spreadsheets make of it. */
const WHOLE = /^(\d{1,10}|\d{1,3}(?:,\d{3}){1,3})(?:\.0{1,2})?(?:\s?(?:mi|miles)\.?)?$/i;

export const readWhole: CellReader = (text) => {
  const digits = WHOLE.exec(text)?.[1];
  if (digits === undefined) return { fault: `${quoted(text)} is no whole number. Write it as 45000.` };
  return { value: Number(digits.replaceAll(',', '')) };
};

/** `23500`, `23500.5`, `$23,500.00`, and `23500.00 USD`, as Google has it. A comma before two digits could mean either, and is refused. */
const MONEY = /^(?:US)?\$?\s?(\d{1,10}|\d{1,3}(?:,\d{3}){1,3})(\.\d{1,2})?(?:\s?USD)?$/i;

export const readMoney: CellReader = (text) => {
  const [, whole, cents = ''] = MONEY.exec(text) ?? [];
  if (whole === undefined) {
    return { fault: `${quoted(text)} is no amount of US dollars. Write it as 23500.00.` };
  }
  try {
    return { value: parseMoney(whole.replaceAll(',', '') + cents) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
};

export interface Spellings {
  /** Words without case, blanks and signs, by what they mean. */
  readonly words: Readonly<Record<string, string>>;
  /** For what is written in many ways, tried in this order. */
  readonly patterns?: ReadonlyArray<readonly [RegExp, string]>;
}

/** One of our values, however it is spelled. */
export function spelled(what: string, { words, patterns = [] }: Spellings): CellReader {
  const ours = [...new Set(Object.values(words))].join(', ');
  return (text) => {
    const word = wordOf(text);
    const value = Object.hasOwn(words, word)
      ? words[word]
      : patterns.find(([pattern]) => pattern.test(word))?.[1];
    return value === undefined ? { fault: `${quoted(text)} is no ${what}. Use one of: ${ours}.` } : { value };
  };
}

/** Names and values compare by their letters and digits alone: `Fuel Type`, `fuel_type` and `fuelType` are one. */
export function wordOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** A client's text in a message of ours: short, on one line, and without what no database takes. */
export function quoted(text: string): string {
  return `"${shown(text, 40)}"`;
}

export function shown(text: string, max: number): string {
  const line = text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').trim();
  if (line.length <= max) return line;
  return `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

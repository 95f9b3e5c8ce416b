/** As much as is kept of it. */
const MAX_REASON = 500;

/** Base64url as long as a good part of a token, or an id. */
const LONG_WORD = /[\w-]{20,}/g;
/** Names of tables and indexes have neither. */
const CAPITAL_OR_DIGIT = /[A-Z\d]/;

/** Values that a database quotes out of a statement: people's names and words. */
const QUOTED = /'(?:[^']|'')*'/g;

/** What an error says, fit to be kept for an operator: no secrets, no addresses, nothing out of rows, on one line. */
export function reasonOf(error: unknown): string {
  return textOf(error)
    .replace(QUOTED, "'…'")
    .replace(LONG_WORD, (word) => (CAPITAL_OR_DIGIT.test(word) ? '…' : word))
    .replace(/\S+/g, (word) => (word.includes('@') ? '…' : word))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON)
    .toWellFormed();
}

/** Anything can be thrown: what has no text of its own is called by its type. */
function textOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'object' || typeof error === 'function' ? 'not an Error' : String(error);
}

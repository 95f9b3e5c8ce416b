const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 6 * 60 * 60_000;
/** As much as the column takes. */
const MAX_REASON = 500;

/** How long after a failed attempt the next one waits: 30 s, then four times as long each time, 6 hours at most. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 4 ** (attempts - 1), LONGEST_DELAY_MS);
}

/**
 * What an error says, fit to be kept. Mail servers answer what they like, bytes that no text column takes among it, and
 * a filter may quote the very link that it minds: a secret must not lie in the database for that, nor an address that its
 * account has long left.
 */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(SECRET_LIKE, '…')
    .replace(/\S+/g, (word) => (word.includes('@') ? '…' : word))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .slice(0, MAX_REASON)
    .toWellFormed();
}

/** Base64url as long as a good part of a token: longer than words, shorter than a line that quoted-printable breaks. */
const SECRET_LIKE = /[\w-]{20,}/g;

/** What may be logged of an error: codes, which name nobody. A server's own words often hold the address. */
export function codesOf(error: unknown): { code?: string; responseCode?: number } {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
  };
}

const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 6 * 60 * 60_000;

/** How long after a failed attempt the next one waits: 30 s, then four times as long each time, 6 hours at most. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 4 ** (attempts - 1), LONGEST_DELAY_MS);
}

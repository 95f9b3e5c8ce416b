/** Everything is looked for soon after a start, and not all of it at the same moment. Ours. */
const FIRST_WITHIN_MS = 30_000;

/** Where more is due the next run is soon; in between others have their turn. */
export const MORE_AFTER_MS = 50;

/** Somebody else in this process is at it: how long until it is looked at again. */
export const BUSY_AGAIN_MS = 1_000;

/** After a first failure a job is tried again within this, however slow its own pace. Ours. */
const FIRST_RETRY_MS = 30_000;

/** A job that keeps failing is tried this often at least, unless its own pace is slower. Ours. */
const LONGEST_RETRY_MS = 5 * 60_000;

/** What several nodes would do in step is spread over this share of the time. */
const JITTER = 0.25;

/** How long after a start the first run is. `random`: 0 to 1. */
export function firstDelayMs(everyMs: number, random: number): number {
  return Math.round(random * Math.min(everyMs, FIRST_WITHIN_MS));
}

/**
 * How long after so many failed runs in a row the next one is: the job's own pace or half a minute, doubled each time, up
 * to a bound.
 */
export function retryDelayMs(everyMs: number, failures: number, random: number): number {
  const first = Math.min(everyMs, FIRST_RETRY_MS);
  const delay = Math.min(first * 2 ** (failures - 1), longestDelayMs(everyMs));
  return Math.round(delay * (1 - JITTER * random));
}

/** No run is ever further from the one before it, whatever became of that. */
export function longestDelayMs(everyMs: number): number {
  return Math.max(LONGEST_RETRY_MS, everyMs);
}

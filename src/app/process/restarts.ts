/** What became of the processes of one place, one after the other. */
export interface History {
  /** In a row, each of which ended soon. */
  readonly shortLives: number;
  /** In a row, none of which came to listen. */
  readonly failedStarts: number;
}

export const unblemished: History = { shortLives: 0, failedStarts: 0 };

/** Who has worked for so long has ended for a reason of its own, not for one that the next one meets at once. Ours. */
const LONG_LIFE_MS = 60_000;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Starts of a place that may fail while nobody else serves, before there is no point in going on. Ours. */
const FAILED_STARTS = 3;

export function historyAfter(
  history: History,
  life: { readonly ms: number; readonly listened: boolean },
): History {
  return {
    shortLives: life.ms >= LONG_LIFE_MS ? 0 : history.shortLives + 1,
    failedStarts: life.listened ? 0 : history.failedStarts + 1,
  };
}

/** How long to wait before the next start: not at all after one end out of many, longer and longer where they follow each other. */
export function pauseBeforeRestart({ shortLives }: History): number {
  if (shortLives <= 1) return 0;
  return Math.min(FIRST_PAUSE_MS * 2 ** (shortLives - 2), LONGEST_PAUSE_MS);
}

/** Whether all places fail: then a supervisor, or a person, has to see it. As long as one serves, the others are tried again. */
export function isHopeless(
  places: ReadonlyArray<{ readonly history: History; readonly serves: boolean }>,
): boolean {
  return places.every(({ history, serves }) => !serves && history.failedStarts >= FAILED_STARTS);
}

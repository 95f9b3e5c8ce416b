const SECOND = 1_000;

/** Counts what comes in any one second, wherever it begins: nobody gets twice the number across the turn of a second. */
export class MessageRate {
  /** When the last ones came that were allowed, in a ring. */
  private readonly times: Float64Array;
  private oldest = 0;

  constructor(perSecond: number) {
    this.times = new Float64Array(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more may come now, in milliseconds of a clock that never goes back. */
  allows(now = performance.now()): boolean {
    if (now - (this.times[this.oldest] as number) < SECOND) return false;
    this.times[this.oldest] = now;
    this.oldest = (this.oldest + 1) % this.times.length;
    return true;
  }
}

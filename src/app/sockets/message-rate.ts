const SECOND = 1_000;

/** Counts what comes in any one second, wherever it begins: nobody gets twice the number across the turn of a second. */
export class MessageRate {
  /** When the last ones came that were allowed, in a ring. It grows as it is needed: most sockets hardly say anything. */
  private times: number[] = [];
  private oldest = 0;
  private newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly perSecond: number) {}

  /** Whether one more may come now, in milliseconds of a clock that never goes back. */
  allows(now = performance.now()): boolean {
    // After a quiet second nothing counts any more.
    if (now - this.newest >= SECOND) {
      this.times = [];
      this.oldest = 0;
    }
    if (this.times.length < this.perSecond) this.times.push(now);
    else if (now - (this.times[this.oldest] as number) < SECOND) return false;
    else {
      this.times[this.oldest] = now;
      this.oldest = (this.oldest + 1) % this.perSecond;
    }
    this.newest = now;
    return true;
  }
}

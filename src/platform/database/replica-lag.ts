/** How far a replica has come. */
export interface Standing {
  /** Up to where in the primary's log. */
  readonly replayed: bigint;
  /** How long ago the last transaction that it has replayed was committed; null before the first. */
  readonly sinceLastMs: number | null;
}

/** Places of the primary's log that are remembered: a replica that is further behind is not asked anyway. Ours. */
const REMEMBERED = 2_000;

/**
 * How far behind a replica is at most, by two bounds, each of which holds: it has all that the primary had written when
 * it was looked at then, and it has the last transaction that it tells of. The first says of an idle primary that nothing
 * is missing, and finds a replica that is cut off and does not know; the second is exact where much is written.
 */
export class Lag {
  private seen: Array<{ readonly at: number; readonly written: bigint }> = [];

  /** Milliseconds; null where nothing is known. `written` is null where the primary is away: then nothing more is, either. */
  at({ replayed, sinceLastMs }: Standing, written: bigint | null, now: number): number | null {
    if (written !== null) this.seen = [...this.seen, { at: now, written }].slice(-REMEMBERED);
    const last = this.seen.at(-1);
    const reached = this.seen.findLast((place) => place.written <= replayed);
    if (reached) this.seen = this.seen.filter(({ at }) => at >= reached.at);
    if (reached && reached === last) return 0;
    // A clock that runs ahead of the primary's must not make it younger than it is by less than nothing.
    const bounds = [reached && now - reached.at, sinceLastMs ?? undefined].filter((ms) => ms !== undefined);
    return bounds.length === 0 ? null : Math.max(0, Math.min(...bounds));
  }
}

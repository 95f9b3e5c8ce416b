interface Place {
  usedAt: number;
}

export interface NameLimits {
  /** Names that are told apart at the same time. */
  readonly places: number;
  /** Times that a name has to have succeeded before it gets a place: what comes once or twice is nobody's client. */
  readonly after: number;
  /** Who has not been heard of for so long gives its place to another one, where none is free. */
  readonly restMs: number;
}

/** Ours. A client has some dozens of operations; each of them costs some fifty series. */
const LIMITS: NameLimits = { places: 200, after: 3, restMs: 60 * 60_000 };

/** Names that wait for a place, at most: strangers can invent any number. */
const CANDIDATES = 1_000;

/** GraphQL puts no bound to names. */
const LONGEST = 80;

const NAMELESS = 'anonymous';
const OTHER = 'other';

/**
 * The names of operations as labels. Clients choose them, so there is a bounded number of places: for who has succeeded a
 * few times and is still in use. Everybody else is `other`.
 */
export class OperationNames {
  private readonly places = new Map<string, Place>();
  private readonly candidates = new Map<string, number>();

  /** `onLeave` is told of a name that has lost its place: nothing should be kept under it any more. */
  constructor(
    private readonly onLeave: (name: string) => void,
    private readonly limits: NameLimits = LIMITS,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The label for an operation that has run, and whether it went well. */
  labelOf(name: string | null | undefined, isGood: boolean): string {
    if (!name) return NAMELESS;
    if (name.length > LONGEST || name === NAMELESS || name === OTHER) return OTHER;
    const place = this.places.get(name);
    if (place) {
      place.usedAt = this.now();
      // The one that was used last is the last to go.
      this.places.delete(name);
      this.places.set(name, place);
      return name;
    }
    return isGood && this.hasEarned(name) && this.makeRoom() ? this.take(name) : OTHER;
  }

  private hasEarned(name: string): boolean {
    const times = (this.candidates.get(name) ?? 0) + 1;
    this.candidates.delete(name);
    if (times >= this.limits.after) return true;
    this.candidates.set(name, times);
    const [oldest] = this.candidates.keys();
    if (this.candidates.size > CANDIDATES) this.candidates.delete(oldest as string);
    return false;
  }

  private makeRoom(): boolean {
    if (this.places.size < this.limits.places) return true;
    const [oldest] = this.places as Iterable<[string, Place]>;
    if (!oldest || this.now() - oldest[1].usedAt < this.limits.restMs) return false;
    this.places.delete(oldest[0]);
    this.onLeave(oldest[0]);
    return true;
  }

  private take(name: string): string {
    this.places.set(name, { usedAt: this.now() });
    return name;
  }
}

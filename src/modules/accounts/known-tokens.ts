import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Some hundred bytes each. */
const MOST = 10_000;

/** What a token says, and the whole seconds since 1970 in which it is good. */
interface Known<Claims> {
  readonly claims: Claims;
  readonly from: number;
  /** Not good any more. */
  readonly until: number;
}

/**
 * What genuine tokens say, by their digests: a client sends the same one with each request for an hour, and its signature
 * is the same each time. Time is not, and is asked for anew. The tokens themselves are not kept.
 */
export class KnownTokens<Claims extends object> {
  private readonly known: LRUCache<string, Known<Claims>>;

  constructor(most = MOST) {
    // By size: a bound on the number would set aside room for all of them at once.
    this.known = new LRUCache({ maxSize: most });
  }

  /** Null where the token has to be checked: it never came, or is outside its time. */
  get(token: string, now: number): Claims | null {
    const known = this.known.get(digestOf(token));
    return known && now >= known.from && now < known.until ? known.claims : null;
  }

  add(token: string, known: Known<Claims>): void {
    this.known.set(digestOf(token), known, { size: 1 });
  }
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64');
}

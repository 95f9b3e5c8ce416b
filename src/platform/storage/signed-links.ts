import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link to a private file carries behind its key. */
export interface LinkQuery {
  readonly expires?: unknown;
  readonly signature?: unknown;
}

const SECONDS = /^[1-9]\d{0,11}$/;

/** Signs links to private files, each for a key and until a moment. */
export class SignedLinks {
  /** `keys`: the first signs, all verify. */
  constructor(private readonly keys: readonly Uint8Array[]) {
    if (keys.length === 0) throw new Error('A signed link needs a key');
  }

  /** The query of a link that is good until `expiresAt`, in whole seconds. */
  sign(key: string, expiresAt: Date): string {
    const expires = String(Math.floor(expiresAt.getTime() / 1_000));
    const signature = mac(this.keys[0] as Uint8Array, key, expires);
    return `expires=${expires}&signature=${signature}`;
  }

  /** Whether a query is one that was signed here for this key, and its time is not up. */
  isGood(key: string, { expires, signature }: LinkQuery, now: Date): boolean {
    if (typeof signature !== 'string' || typeof expires !== 'string' || !SECONDS.test(expires)) return false;
    const genuine = this.keys.some((secret) => isEqual(signature, mac(secret, key, expires)));
    return genuine && now.getTime() < Number(expires) * 1_000;
  }
}

function mac(secret: Uint8Array, key: string, expires: string): string {
  return createHmac('sha256', secret).update(`${key}\n${expires}`).digest('base64url');
}

/** As texts: several of them decode to the same bytes. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

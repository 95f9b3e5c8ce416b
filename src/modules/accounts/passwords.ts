import { randomBytes } from 'node:crypto';
import { argon2id, hash, verify } from 'argon2';
import pLimit from 'p-limit';
import { currentDeadline } from '../../kernel/deadline.js';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const COST = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash at that cost which no password of an account gave. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,p=1,t=2$WqQu9Y4TONeMWVuSq7+pmg$EvE+/KpUKq3JJgODrf0MUPVGhQwhA3G9TMP4akzmZj4';

/** Each takes 19 MiB and a core; more at once would only make every one of them late, and starve the requests beside. */
const AT_ONCE = 2;

/**
 * In UTF-16 units. No password is longer, however its 128 characters are composed; and to normalise what is (thousands
 * of accents on one letter) takes seconds, in which nobody else is served.
 */
const LONGEST = 1_024;

const turns = pLimit(AT_ONCE);

/** How many are hashed at this moment, and how many wait for their turn; for metrics. */
export function hashesAtWork(): { readonly running: number; readonly waiting: number } {
  return { running: turns.activeCount, waiting: turns.pendingCount };
}

/** An argon2id hash in PHC string format. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(canonical(password), COST));
}

/** What no password gives: for an account that nobody may sign in to any more. */
export function unusableHash(): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  const { memoryCost, parallelism, timeCost } = COST;
  return `$argon2id$v=19$m=${memoryCost},p=${parallelism},t=${timeCost}$${random(16)}$${random(32)}`;
}

/** Whether this is the password. Where there is no hash it is not, at the same cost: time does not tell who is known. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const hashed = password.length > LONGEST ? null : passwordHash;
  const tried = password.length > LONGEST ? '' : canonical(password);
  const right = await inTurn(() => verify(hashed ?? NOBODYS_HASH, tried));
  return right && hashed !== null;
}

/** Whether two texts are one and the same password. */
export function isSamePassword(one: string, other: string): boolean {
  return one.length <= LONGEST && other.length <= LONGEST && canonical(one) === canonical(other);
}

/** Of a text up to `LONGEST`. Keyboards differ in how they compose a letter (NIST SP 800-63B, 3.1.1.2: normalise). */
function canonical(password: string): string {
  return password.normalize('NFC');
}

/** @throws OutOfTime where the answer was due before the turn came: nobody waits for the hash any more. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return turns(() => {
    currentDeadline()?.check();
    return work();
  });
}

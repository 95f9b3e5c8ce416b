import { randomBytes } from 'node:crypto';
import { argon2id, hash, verify } from 'argon2';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const COST = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash at that cost which no password of an account gave. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,p=1,t=2$WqQu9Y4TONeMWVuSq7+pmg$EvE+/KpUKq3JJgODrf0MUPVGhQwhA3G9TMP4akzmZj4';

/** Each takes 19 MiB and a core; more at once would only make every one of them late, and starve the requests beside. */
const AT_ONCE = 2;

let free = AT_ONCE;
const waiting: Array<() => void> = [];

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
  const right = await inTurn(() => verify(passwordHash ?? NOBODYS_HASH, canonical(password)));
  return right && passwordHash !== null;
}

/** Whether two texts are one and the same password. */
export function isSamePassword(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

/** Keyboards differ in how they compose one and the same letter (NIST SP 800-63B, 3.1.1.2, asks to normalise). */
function canonical(password: string): string {
  return password.normalize('NFC');
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

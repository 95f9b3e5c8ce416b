import { markUnavailable, type Unavailability, unavailabilityOf } from '../../kernel/unavailable.js';
import type { Doing } from './guarded.js';

const READ_ONLY = '25006';

/** SQLSTATEs of PostgreSQL (appendix A of its manual) and codes of Node's sockets. */
const MEANINGS: Readonly<Record<Exclude<Unavailability, 'UNCERTAIN'>, ReadonlySet<string>>> = {
  LOST: new Set(['57P01', '57P02', '57P05', '25P03', '25P04', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']),
  // Too many connections; starting, or going down; and a primary that is none any more.
  AWAY: new Set([
    '53300',
    '57P03',
    READ_ONLY,
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ]),
  // A lock; a statement's time; others in the way; out of memory or of room.
  BUSY: new Set(['55P03', '57014', '40001', '40P01', '53000', '53200']),
};

/** A connection that was known to be broken: the statement stayed here. */
const NEVER_SENT = /is not queryable/;

/** The driver's own errors have no code. */
const TEXTS: ReadonlyArray<readonly [text: RegExp, means: Exclude<Unavailability, 'UNCERTAIN'>]> = [
  [/^timeout exceeded when trying to connect/, 'BUSY'],
  [/due to connection timeout/, 'AWAY'],
  [/^Connection terminated/, 'LOST'],
  [NEVER_SENT, 'LOST'],
];

/** Marks an error that says that PostgreSQL could not do what it was asked, by what was being done. */
export function explainPostgresql(error: unknown, doing: Doing): void {
  if (!(error instanceof Error) || unavailabilityOf(error)) return;
  const meaning = meaningOf(error);
  if (!meaning) return;
  markUnavailable(error, meaning === 'LOST' ? whenLost(error, doing) : meaning);
}

/**
 * A standby under the primary's name, as after a failover that the name has not followed yet. Its connections would be
 * kept for as long as there is work, and refuse every write.
 */
export function isNoPrimary(error: unknown): boolean {
  return (error as { code?: unknown }).code === READ_ONLY;
}

function whenLost({ message }: Error, doing: Doing): Unavailability {
  if (doing === 'CONNECT') return 'AWAY';
  return doing === 'COMMIT' && !NEVER_SENT.test(message) ? 'UNCERTAIN' : 'LOST';
}

function meaningOf(error: Error): Exclude<Unavailability, 'UNCERTAIN'> | null {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return TEXTS.find(([text]) => text.test(error.message))?.[1] ?? null;
  // Class 08: connection exceptions.
  if (code.startsWith('08')) return 'LOST';
  for (const [meaning, codes] of Object.entries(MEANINGS)) {
    if (codes.has(code)) return meaning as keyof typeof MEANINGS;
  }
  return null;
}

import { sql } from 'kysely';
import { sweepRows } from '../../kernel/jobs.js';

const MINUTE = 60_000;

/** No token of a session outlives it by more than the skew of clocks; the rest of the day is for whoever looks into a case. */
const KEPT_AFTER_EXPIRY_MS = 24 * 60 * MINUTE;

/** Deletes sessions whose tokens have all expired. */
export const sweepSessions = sweepRows({
  name: 'sweep-sessions',
  everyMs: 10 * MINUTE,
  table: 'sessions',
  old: (now) => [sql`expires_at < ${now - KEPT_AFTER_EXPIRY_MS}`],
});

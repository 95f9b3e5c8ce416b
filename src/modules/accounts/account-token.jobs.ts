import { sql } from 'kysely';
import { sweepRows } from '../../kernel/jobs.js';

const MINUTE = 60_000;

/** Digests of secrets that are good for nothing any more; the day is for whoever looks into a case. */
const KEPT_AFTER_EXPIRY_MS = 24 * 60 * MINUTE;

/** Deletes the tokens of old mails, used or not. */
export const sweepAccountTokens = sweepRows({
  name: 'sweep-account-tokens',
  everyMs: 60 * MINUTE,
  table: 'account_tokens',
  old: (now) => [sql`expires_at < ${now - KEPT_AFTER_EXPIRY_MS}`],
});

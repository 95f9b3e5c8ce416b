import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { Job } from '../../kernel/ports.js';

const MINUTE = 60_000;
const BATCH = 1_000;

/** Digests of secrets that are good for nothing any more; the day is for whoever looks into a case. */
const KEPT_AFTER_EXPIRY_MS = 24 * 60 * MINUTE;

/** Deletes the tokens of old mails, used or not. */
export const sweepAccountTokens: Job<Ctx> = {
  name: 'sweep-account-tokens',
  everyMs: 60 * MINUTE,
  async run(ctx) {
    const before = ctx.clock.now().getTime() - KEPT_AFTER_EXPIRY_MS;
    const { numAffectedRows } = await sql`delete from account_tokens where id in (
      select id from account_tokens where expires_at < ${before} order by expires_at limit ${BATCH})`.execute(
      ctx.em.getKysely(),
    );
    return Number(numAffectedRows ?? 0);
  },
};

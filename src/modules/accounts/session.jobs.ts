import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { Job } from '../../kernel/ports.js';

const MINUTE = 60_000;
const BATCH = 1_000;

/** No token of a session outlives it by more than the skew of clocks; the rest of the day is for whoever looks into a case. */
const KEPT_AFTER_EXPIRY_MS = 24 * 60 * MINUTE;

/** Deletes sessions whose tokens have all expired. */
export const sweepSessions: Job<Ctx> = {
  name: 'sweep-sessions',
  everyMs: 10 * MINUTE,
  async run(ctx) {
    const before = ctx.clock.now().getTime() - KEPT_AFTER_EXPIRY_MS;
    const { numAffectedRows } = await sql`delete from sessions where id in (
      select id from sessions where expires_at < ${before} order by expires_at limit ${BATCH})`.execute(
      ctx.em.getKysely(),
    );
    return Number(numAffectedRows ?? 0);
  },
};

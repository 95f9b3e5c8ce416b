import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { Job } from '../../kernel/ports.js';
import type { RoomSettings } from '../../kernel/room.js';
import { sendMails } from './mail.delivery.js';

const DAY = 24 * 60 * 60_000;
/** What was sent is kept for whoever looks into a case, what failed longer. */
const KEPT_MS = { SENT: 7 * DAY, DROPPED: 7 * DAY, FAILED: 90 * DAY } as const;

type MailSettings = Pick<RoomSettings, 'mailIntervalMs' | 'mailAttempts'>;

/** Sends what is due. */
export function sendMailsJob(settings: MailSettings): Job<Ctx> {
  return {
    name: 'send-mails',
    everyMs: settings.mailIntervalMs,
    run: (ctx) => sendMails(ctx, settings.mailAttempts),
  };
}

/** Deletes mails that nobody will ask about any more. */
export const sweepMails: Job<Ctx> = {
  name: 'sweep-mails',
  everyMs: 60 * 60_000,
  async run(ctx) {
    const now = ctx.clock.now().getTime();
    let count = 0;
    for (const [status, keptMs] of Object.entries(KEPT_MS)) {
      const { numAffectedRows } = await sql`delete from mails where id in (
        select id from mails where status = ${status} and due_at < ${now - keptMs} order by due_at limit 1000
      )`.execute(ctx.em.getKysely());
      count += Number(numAffectedRows ?? 0);
    }
    return count;
  },
};

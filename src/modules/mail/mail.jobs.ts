import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { sweepRows } from '../../kernel/jobs.js';
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
export const sweepMails = sweepRows({
  name: 'sweep-mails',
  everyMs: 60 * 60_000,
  table: 'mails',
  old: (now) =>
    Object.entries(KEPT_MS).map(([status, keptMs]) => sql`status = ${status} and due_at < ${now - keptMs}`),
});

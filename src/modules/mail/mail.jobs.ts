import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { type Ctx, partKey } from '../../kernel/context.js';
import { mailTemplatesPart } from '../../kernel/mail.js';
import type { Job, Mailer } from '../../kernel/ports.js';
import type { RoomSettings } from '../../kernel/room.js';
import { write } from '../../kernel/unit-of-work.js';
import { Mail } from './mail.entity.js';
import { retryDelayMs } from './mail.rules.js';

export const mailerPart = partKey<Mailer>('mail.mailer');

const BATCH = 50;
/** Longer than any attempt lasts: a mail whose sender died is tried again after it. */
const LEASE_MS = 2 * 60_000;
const DAY = 24 * 60 * 60_000;
/** Sent mails are kept for whoever looks into a case, failed ones longer. */
const KEPT_MS = { SENT: 7 * DAY, FAILED: 90 * DAY } as const;

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

/** Sends a batch of what is due, and returns how many were sent. Safe to run twice at once. */
export async function sendMails(ctx: Ctx, maxAttempts: number): Promise<number> {
  let sent = 0;
  for (const mail of await claim(ctx)) if (await attempt(ctx, mail, maxAttempts)) sent++;
  return sent;
}

/** Takes what is due for itself: who else looks meanwhile does not see it until the lease has run out. */
function claim(ctx: Ctx): Promise<Mail[]> {
  return write(ctx, async (tx) => {
    const now = tx.clock.now();
    const due = await tx.em.find(
      Mail,
      { status: 'QUEUED', dueAt: { $lte: now } },
      { orderBy: { dueAt: 'asc', id: 'asc' }, limit: BATCH, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
    );
    for (const mail of due) {
      mail.attempts += 1;
      mail.dueAt = new Date(now.getTime() + LEASE_MS);
      mail.updatedAt = now;
    }
    return due;
  });
}

async function attempt(ctx: Ctx, mail: Mail, maxAttempts: number): Promise<boolean> {
  try {
    const template = ctx.parts.get(mailTemplatesPart).find(({ kind }) => kind === mail.kind);
    if (!template) throw new Error(`No template for mails of kind ${mail.kind}`);
    const letter = await template.compose(ctx, mail);
    if (letter) await ctx.parts.get(mailerPart).send({ id: mail.id, ...letter });
    await settle(ctx, mail, { status: 'SENT', lastError: null });
    return letter !== null;
  } catch (error) {
    const isLast = mail.attempts >= maxAttempts;
    ctx.log.warn(
      { mailId: mail.id, kind: mail.kind, attempts: mail.attempts, isLast },
      'a mail was not sent',
    );
    // The text of a mail server's refusal names the address; the row is for the operator, the log is not the place.
    await settle(ctx, mail, { status: isLast ? 'FAILED' : 'QUEUED', lastError: String(error).slice(0, 500) });
    return false;
  }
}

/** One statement, and only where the mail still is this attempt's. */
async function settle(
  ctx: Ctx,
  mail: Mail,
  { status, lastError }: Pick<Mail, 'status' | 'lastError'>,
): Promise<void> {
  const now = ctx.clock.now();
  const dueAt = status === 'QUEUED' ? new Date(now.getTime() + retryDelayMs(mail.attempts)) : now;
  await ctx.em.fork().nativeUpdate(
    Mail,
    { id: mail.id, status: 'QUEUED', attempts: mail.attempts },
    {
      status,
      dueAt,
      lastError,
      updatedAt: now,
      ...(status === 'SENT' ? { sentAt: now, data: {} } : {}),
    },
  );
}

import { LockMode } from '@mikro-orm/core';
import { type Ctx, partKey } from '../../kernel/context.js';
import { mailTemplatesPart } from '../../kernel/mail.js';
import type { Mailer } from '../../kernel/ports.js';
import { write } from '../../kernel/unit-of-work.js';
import { Mail, type MailStatus } from './mail.entity.js';
import { codesOf, reasonOf, retryDelayMs } from './mail.rules.js';

export const mailerPart = partKey<Mailer>('mail.mailer');

/** Taken together and sent side by side: the slowest of them is what the lease has to outlive. */
const AT_ONCE = 5;
/** More than any attempt lasts (mailers give up after half a minute): a mail whose sender died is tried again after it. */
const LEASE_MS = 2 * 60_000;
/** What is left then is due at the next look, a moment later: a stop of the server need not wait for a long queue. */
const RUN_MS = 5_000;

/**
 * Sends what is due, a few at once, and returns how many were sent. Safe to run twice at once, on any node. It goes on
 * as long as there is more and some of it goes out: a server that takes nothing is not offered the whole queue.
 */
export async function sendMails(ctx: Ctx, maxAttempts: number): Promise<number> {
  const startedAt = ctx.clock.now().getTime();
  let sent = 0;
  for (;;) {
    const mails = await claim(ctx);
    const results = await Promise.allSettled(mails.map((mail) => attempt(ctx, mail, maxAttempts)));
    const broken = results.find((result) => result.status === 'rejected');
    // Its lease runs out, and it is tried again: sent twice rather than never.
    if (broken) throw broken.reason;
    const statuses = results.map((result) => (result as PromiseFulfilledResult<MailStatus>).value);
    sent += statuses.filter((status) => status === 'SENT').length;
    const isStuck = statuses.every((status) => status === 'QUEUED' || status === 'FAILED');
    const isLate = ctx.clock.now().getTime() - startedAt >= RUN_MS;
    if (mails.length < AT_ONCE || isStuck || isLate) return sent;
  }
}

/** Takes what is due for itself: who else looks meanwhile does not see it until the lease has run out. */
function claim(ctx: Ctx): Promise<Mail[]> {
  return write(ctx, async (tx) => {
    const now = tx.clock.now();
    const due = await tx.em.find(
      Mail,
      { status: 'QUEUED', dueAt: { $lte: now } },
      { orderBy: { dueAt: 'asc', id: 'asc' }, limit: AT_ONCE, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
    );
    for (const mail of due) mail.claim(now, new Date(now.getTime() + LEASE_MS));
    return due;
  });
}

type Outcome = Pick<Mail, 'status' | 'lastError'> & Partial<Pick<Mail, 'data'>>;

async function attempt(ctx: Ctx, mail: Mail, maxAttempts: number): Promise<MailStatus> {
  const outcome = await send(ctx, mail).catch((error: unknown): Outcome => {
    const isLast = mail.attempts >= maxAttempts;
    const { id: mailId, kind, attempts } = mail;
    ctx.log.warn({ mailId, kind, attempts, isLast, ...codesOf(error) }, 'a mail was not sent');
    const lastError = reasonOf(error);
    return isLast ? { status: 'FAILED', data: {}, lastError } : { status: 'QUEUED', lastError };
  });
  await settle(ctx, mail, outcome);
  return outcome.status;
}

/** What it was about is of no use any more once it is done with. */
async function send(ctx: Ctx, mail: Mail): Promise<Outcome> {
  const template = ctx.parts.get(mailTemplatesPart).find(({ kind }) => kind === mail.kind);
  if (!template) throw new Error(`No template for mails of kind ${mail.kind}`);
  const letter = await template.compose(ctx, mail);
  if (!letter) return { status: 'DROPPED', data: {}, lastError: null };
  await ctx.parts.get(mailerPart).send({ id: mail.id, ...letter });
  return { status: 'SENT', data: {}, lastError: null };
}

/** One statement, and only where the mail still is this attempt's. */
async function settle(ctx: Ctx, mail: Mail, outcome: Outcome): Promise<void> {
  const now = ctx.clock.now();
  const { status } = outcome;
  const dueAt = status === 'QUEUED' ? new Date(now.getTime() + retryDelayMs(mail.attempts)) : now;
  const sentAt = status === 'SENT' ? now : null;
  const change = { ...outcome, dueAt, sentAt, updatedAt: now };
  const thisAttempt = { id: mail.id, status: 'QUEUED', attempts: mail.attempts } as const;
  await ctx.em.fork().nativeUpdate(Mail, thisAttempt, change);
}

import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { MailTemplate } from '../../kernel/mail.js';
import { isTimely, letterToAccount } from '../accounts/index.js';
import type { Content, MailRequest } from '../mail/index.js';
import type { Dealer, VerificationStatus } from './dealer.entity.js';

/** The mail about a decision. It says which one it is about, for another may follow before it is sent. */
export function mailOf({ user, verifiedAt, rejectionReason }: Dealer): MailRequest {
  if (rejectionReason !== null) {
    return { kind: 'DEALER_REJECTED', recipientId: user.id, data: { reason: rejectionReason } };
  }
  const data = { verifiedAt: String(verifiedAt?.getTime()) };
  return { kind: 'DEALER_VERIFIED', recipientId: user.id, data };
}

/**
 * What admins decided on a dealership. Its own words, its name among them, stand in none: anybody can register with
 * anybody's address.
 */
export const dealerMails: readonly MailTemplate[] = [
  letterToAccount('DEALER_VERIFIED', async (ctx, mail, to) => {
    const standing = await standingOf(ctx, to.id);
    const stands = standing?.status === 'VERIFIED' && String(standing.verifiedAt) === mail.data.verifiedAt;
    return stands && isTimely(mail, ctx.clock.now()) ? VERIFIED : null;
  }),
  letterToAccount('DEALER_REJECTED', async (ctx, mail, to) => {
    const standing = await standingOf(ctx, to.id);
    const reason = standing?.status === 'REJECTED' ? standing.rejectionReason : null;
    const stands = reason !== null && reason === mail.data.reason;
    return stands && isTimely(mail, ctx.clock.now()) ? rejectedFor(reason) : null;
  }),
];

const VERIFIED: Content = {
  subject: 'Your dealership is verified',
  paragraphs: [
    'Your dealership on CarNegotiate was checked and is verified. You can publish your vehicles now.',
    'When you change its name or the number of its licence it is checked again. What is listed stays listed meanwhile.',
  ],
};

const rejectedFor = (reason: string): Content => ({
  subject: 'Your dealership was not verified',
  paragraphs: [
    'Your dealership on CarNegotiate was checked and is not verified.',
    `The reason given: ${reason}`,
    'Put right what is missing, upload a new document where one is asked for, and submit it again.',
  ],
});

interface Standing {
  readonly status: VerificationStatus;
  readonly verifiedAt: number | string | null;
  readonly rejectionReason: string | null;
}

async function standingOf(ctx: Ctx, userId: string): Promise<Standing | null> {
  const { rows } = await sql<Standing>`
    select verification_status as status, verified_at as "verifiedAt", rejection_reason as "rejectionReason"
    from dealers where user_id = ${userId} and closed_at is null`.execute(ctx.em.getKysely());
  return rows[0] ?? null;
}

import type { Ctx } from '../../kernel/context.js';
import type { MailTemplate, QueuedMail } from '../../kernel/mail.js';
import type { Content } from '../mail/index.js';
import { letterToAccount, type Recipient } from './account-letters.js';
import { deviceOf, durationOf, isTimely, momentOf, placeOf } from './account-mails.rules.js';
import { type AccountTokenSettings, accountTokensPart, issueToken } from './account-tokens.js';

/** The account's mails. Those with a secret make it as they are sent; it stands in the letter, and nowhere else. */
export const accountMails: readonly MailTemplate[] = [
  letterToAccount('EMAIL_VERIFICATION', composeVerification),
  letterToAccount('PASSWORD_RESET', composeReset),
  letterToAccount('PASSWORD_CHANGED', (ctx) => ({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your CarNegotiate account was changed. Everywhere else you are signed out.',
    ],
    notes: [NOT_YOU, askForReset(ctx)],
  })),
  letterToAccount('NEW_SIGN_IN', composeSignIn),
];

const NOT_YOU = 'If this was not you, somebody else may know your password: choose a new one now.';

async function composeVerification(ctx: Ctx, mail: QueuedMail, to: Recipient): Promise<Content | null> {
  if (to.emailVerified || !isTimely(mail, ctx.clock.now())) return null;
  const secret = await issueToken(ctx, to.id, 'EMAIL_VERIFICATION');
  if (secret === null) return null;
  const settings = ctx.parts.get(accountTokensPart);
  const lifetime = durationOf(settings.emailVerificationTtlMs);
  return {
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'Somebody, you we hope, gave this address for an account on CarNegotiate. Please confirm that it is yours.',
      `The link is good for ${lifetime}, once.`,
    ],
    action: { label: 'Confirm my address', url: link(settings, 'verify-email', secret) },
    forPrograms: `Without the web pages: call the mutation verifyEmail with the token ${secret}`,
    notes: ['If it was not you, do nothing: without this link the address is never confirmed.'],
  };
}

async function composeReset(ctx: Ctx, mail: QueuedMail, to: Recipient): Promise<Content | null> {
  if (!isTimely(mail, ctx.clock.now())) return null;
  const secret = await issueToken(ctx, to.id, 'PASSWORD_RESET');
  if (secret === null) return null;
  const settings = ctx.parts.get(accountTokensPart);
  const lifetime = durationOf(settings.passwordResetTtlMs);
  return {
    subject: 'Choose a new password',
    paragraphs: [
      'Somebody, you we hope, asked for a new password for your CarNegotiate account.',
      `The link is good for ${lifetime}, once.`,
    ],
    action: { label: 'Choose a new password', url: link(settings, 'reset-password', secret) },
    forPrograms: `Without the web pages: call the mutation resetPassword with the token ${secret}`,
    notes: [
      'If it was not you, do nothing: your password stays as it is. Give the link to nobody; we never ask for it.',
    ],
  };
}

function composeSignIn(ctx: Ctx, { data, createdAt }: QueuedMail): Content {
  const at = momentOf(data.at, createdAt);
  const where = [`When: ${at}`, `With: ${deviceOf(data.userAgent)}`, ...placeOf(data.ip)];
  return {
    subject: 'A new sign-in to your account',
    paragraphs: [
      'Somebody signed in to your CarNegotiate account with a device that is new to us.',
      ...where,
    ],
    notes: ['If this was you, there is nothing to do.', NOT_YOU, askForReset(ctx)],
  };
}

/** The secret stands behind the #: browsers send it to no server, and no server's log or Referer header has it. */
function link({ webUrl }: AccountTokenSettings, page: string, secret: string): string {
  return `${webUrl}/${page}#token=${secret}`;
}

function askForReset(ctx: Ctx): string {
  const { webUrl } = ctx.parts.get(accountTokensPart);
  return `Ask for a new password at ${webUrl}/reset-password (or by the mutation requestPasswordReset); it signs everybody out.`;
}

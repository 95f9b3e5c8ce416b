import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { leavesOf } from '../../kernel/selection.js';
import { InputCheck } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { queueMail } from '../mail/index.js';
import { ownerOf, redeem } from './account-tokens.js';
import { checkNewPassword } from './common-passwords.js';
import { readAccount } from './living-account.js';
import { hashPassword } from './passwords.js';
import { revokeSessionsOf } from './session.service.js';
import { addressKey, forgive, guessKey, isAllowed, networkKey, throttled } from './throttles.js';
import { tokenRevoked } from './tokens.js';
import { checkEmail } from './user.rules.js';

/**
 * Sends the account of this address a link to a new password. Known or not, the same is done and answered: the address
 * is looked up, a mail is queued, and the one for nobody is never sent. So it is when others have asked too often for the
 * same address from elsewhere: its owner is not locked out by them, and has their links.
 * @throws AppError RATE_LIMITED, for unknown addresses alike.
 */
export async function requestPasswordReset(ctx: Ctx, input: { email: string }): Promise<void> {
  const check = new InputCheck();
  const email = checkEmail(check, 'email', input.email);
  check.done();
  await throttled(ctx, 'mailRequestsPerIp', networkKey(ctx));
  await throttled(ctx, 'resetRequests', guessKey(ctx, email));
  const isSent = await isAllowed(ctx, 'resetMails', addressKey(ctx, email));
  const { rows } = await sql<{ id: string }>`
    select id from users where email = ${email} and deleted_at is null`.execute(ctx.em.getKysely());
  const recipientId = (isSent && rows[0]?.id) || null;
  await write(ctx, async (tx) => queueMail(tx, { kind: 'PASSWORD_RESET', recipientId }));
}

/**
 * Replaces the password by the token of a mail, and signs everybody out. Whoever read the mail has proved the address.
 * @throws AppError BAD_USER_INPUT on `token`, or on `newPassword`, which leaves the token good.
 */
export async function resetPassword(ctx: Ctx, input: { token: string; newPassword: string }): Promise<void> {
  const { userId, email } = await ownerOf(ctx, 'PASSWORD_RESET', input.token);
  const check = new InputCheck();
  await checkNewPassword(check, 'newPassword', input.newPassword, email);
  check.done();
  // Before the transaction: a hash takes tens of milliseconds, and SQLite has one writer.
  const passwordHash = await hashPassword(input.newPassword);
  await write(ctx, async (tx) => {
    const now = tx.clock.now();
    const user = await redeem(tx, userId, 'PASSWORD_RESET', input.token);
    user.changePassword(passwordHash, now);
    user.proveEmail(now);
    await revokeSessionsOf(tx, userId);
    queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: userId });
  });
  await forgive(ctx, 'wrongPasswords', guessKey(ctx, userId));
}

/** Sends the viewer a link that proves its address; where it is proved already, nothing. */
export async function requestEmailVerification(ctx: Ctx): Promise<void> {
  const viewer = requireViewer(ctx);
  const account = await readAccount(ctx, viewer.id, leavesOf('email', 'emailVerified'));
  if (!account) throw tokenRevoked();
  if (account.emailVerified) return;
  await throttled(ctx, 'mailRequestsPerIp', networkKey(ctx));
  await throttled(ctx, 'verificationMails', addressKey(ctx, account.email));
  await write(ctx, async (tx) => queueMail(tx, { kind: 'EMAIL_VERIFICATION', recipientId: viewer.id }));
}

/** Proves an address by the token of a mail, and says whose. @throws AppError BAD_USER_INPUT on `token`. */
export async function verifyEmail(ctx: Ctx, input: { token: string }): Promise<{ userId: string }> {
  const { userId } = await ownerOf(ctx, 'EMAIL_VERIFICATION', input.token);
  await write(ctx, async (tx) => {
    const user = await redeem(tx, userId, 'EMAIL_VERIFICATION', input.token);
    user.proveEmail(tx.clock.now());
  });
  return { userId };
}

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors.js';
import { InputCheck } from '../../kernel/text.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { queueMail } from '../mail/index.js';
import { useUp } from './account-tokens.js';
import { checkNewPassword } from './common-passwords.js';
import { noticeOfNewPassword } from './notices.js';
import { hashPassword, isPassword, isSamePassword } from './passwords.js';
import { openSession, revokeSessionsOf, type SignedIn } from './session.service.js';
import { forgive, guessKey, throttled } from './throttles.js';
import { tokenRevoked } from './tokens.js';
import { User } from './user.entity.js';

/** The viewer's account, as it stands. */
export interface OwnAccount {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
}

/**
 * Gives the viewer's account a new password. All its sessions end, on every device: whoever knew the old one is out.
 * The caller goes on in a new one.
 * @throws AppError BAD_USER_INPUT on `currentPassword` or `newPassword`, RATE_LIMITED after too many wrong guesses.
 */
export async function changePassword(
  ctx: Ctx,
  input: { currentPassword: string; newPassword: string },
): Promise<SignedIn> {
  const account = await ownAccount(ctx);
  const check = new InputCheck();
  await checkNewPassword(check, 'newPassword', input.newPassword, account.email);
  const isNew = !isSamePassword(input.newPassword, input.currentPassword);
  check.ensure(isNew, 'newPassword', 'Choose another password than the current one.');
  check.done();
  await provePassword(ctx, account, 'currentPassword', input.currentPassword);
  // Before the transaction, as at a registration.
  const passwordHash = await hashPassword(input.newPassword);
  const notice = await noticeOfNewPassword(ctx, account.id);
  return write(ctx, async (tx) => {
    const user = await lockProven(tx, account, 'currentPassword');
    user.changePassword(passwordHash, tx.clock.now());
    await revokeSessionsOf(tx, user.id);
    // Nor is whoever reads the mails let in by a link that was sent for the old one.
    await useUp(tx, user.id, 'PASSWORD_RESET');
    if (notice) queueMail(tx, notice);
    return openSession(tx, user);
  });
}

/** Plain columns of the viewer's account. @throws AppError TOKEN_REVOKED where it went while its token still lives. */
export async function ownAccount(ctx: Ctx): Promise<OwnAccount> {
  const viewer = requireViewer(ctx);
  const { rows } = await sql<{ email: string; password_hash: string }>`
    select email, password_hash from users where id = ${viewer.id} and deleted_at is null`.execute(
    ctx.em.getKysely(),
  );
  const [row] = rows;
  if (!row) throw tokenRevoked();
  return { id: viewer.id, email: row.email, passwordHash: row.password_hash };
}

/**
 * Has who is signed in give the password again: a token may have been stolen, or a screen left open.
 * @throws AppError BAD_USER_INPUT under `field`, RATE_LIMITED after too many wrong ones.
 */
export async function provePassword(
  ctx: Ctx,
  account: OwnAccount,
  field: string,
  password: string,
): Promise<void> {
  const guesses = guessKey(ctx, account.id);
  await throttled(ctx, 'wrongPasswords', guesses);
  if (!(await isPassword(account.passwordHash, password))) throw wrongPassword(field);
  await forgive(ctx, 'wrongPasswords', guesses);
}

/** The account's row, locked. A password that was changed since it was proved is the wrong one by now. */
async function lockProven(tx: Tx, { id, passwordHash }: OwnAccount, field: string): Promise<User> {
  const proven = { id, passwordHash, deletedAt: null };
  const user = await tx.em.findOne(User, proven, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!user) throw wrongPassword(field);
  return user;
}

function wrongPassword(field: string) {
  return badInput({ [field]: ['This is not the current password.'] });
}

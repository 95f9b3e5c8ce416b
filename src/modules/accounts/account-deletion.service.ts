import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { conflict } from '../../kernel/errors.js';
import { discardPictures } from '../../kernel/pictures.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { forgetMailsOf } from '../mail/index.js';
import { AccountDeleted } from './account.events.js';
import { AccountToken } from './account-token.entity.js';
import { type OwnAccount, ownAccount, provePassword } from './password.service.js';
import { unusableHash } from './passwords.js';
import { revokeSessionsOf } from './session.service.js';
import { tokenRevoked } from './tokens.js';
import { User } from './user.entity.js';

/**
 * Deletes the viewer's account, for good: docs/adr/0009 says what is erased and what stays, and for whom.
 * @throws AppError BAD_USER_INPUT on `password`, RATE_LIMITED after too many wrong ones, CONFLICT while a vehicle is held
 * for it or by it and for the last admin, TOKEN_REVOKED where the account, or its session, went meanwhile.
 */
export async function deleteAccount(ctx: Ctx, input: { password: string }): Promise<void> {
  const viewer = requireViewer(ctx);
  const account = await ownAccount(ctx);
  await provePassword(ctx, account, 'password', input.password);
  const avatarKey = await write(ctx, (tx) => leave(tx, viewer, account));
  if (avatarKey !== null) await discardPictures(ctx, [avatarKey]);
}

/** Returns the key of the picture, which no row names any more. */
async function leave(tx: Tx, viewer: Viewer, account: OwnAccount): Promise<string | null> {
  if (viewer.userType === 'ADMIN') await refuseTheLastAdmin(tx, viewer.id);
  const { avatarKey } = await claim(tx, viewer, account);
  await revokeSessionsOf(tx, viewer.id);
  await tx.happened(new AccountDeleted(viewer.id));
  await forget(tx, viewer.id);
  tx.atEnd(ERASURE, () => erase(tx, viewer.id));
  return avatarKey;
}

/**
 * Marks the account as gone: it is locked from here on, and whoever holds it is waited for first. An update, and no
 * `select … for update`: that would also wait for everybody who is adding a row that refers to the account, a
 * notification for instance, and some of them wait for what is locked next.
 */
async function claim(
  tx: Tx,
  viewer: Viewer,
  { id, passwordHash }: OwnAccount,
): Promise<{ avatarKey: string | null }> {
  const { rows } = await sql<{ avatarKey: string | null }>`
    update users set deleted_at = ${tx.clock.now().getTime()}
    where id = ${id} and password_hash = ${passwordHash} and user_type = ${viewer.userType} and deleted_at is null
    returning avatar_key as "avatarKey"`.execute(tx.em.getKysely());
  // Deleted, promoted or given another password since it was proved: each of them has ended the session.
  if (!rows[0]) throw tokenRevoked();
  return rows[0];
}

/** All admins are locked, by id, so that of the last two who leave at once one stays. */
async function refuseTheLastAdmin(tx: Tx, id: string): Promise<void> {
  const admins = await tx.em
    .createQueryBuilder(User, 'u')
    .select('id')
    .where({ userType: 'ADMIN', deletedAt: null })
    .orderBy({ id: 'asc' })
    .setLockMode(LockMode.PESSIMISTIC_WRITE)
    .execute('all');
  if (!admins.some((admin) => admin.id !== id)) {
    throw conflict('You are the last admin. Make another one before you delete your account.');
  }
}

/** What was kept for the account's own use. Its sessions stay until they expire, without their clients: nodes learn from them that they ended. */
async function forget(tx: Tx, id: string): Promise<void> {
  await tx.em.nativeDelete(AccountToken, { user: id });
  // Behind the inbox: whoever is about to tell the account something has that, and then queues a mail.
  tx.atEnd(MAILS, () => forgetMailsOf(tx, id));
}

const MAILS = Symbol('mails of an account');

const ERASURE = Symbol('account erasure');

/**
 * The last thing that is written: a new address takes a lock for which everybody is waited who has added a row that
 * refers to the account, and none of them must be waiting for this transaction.
 */
async function erase(tx: Tx, id: string): Promise<void> {
  await tx.em.flush();
  (await tx.em.findOneOrFail(User, id)).erase(unusableHash(), tx.clock.now());
}

import { createHash, randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type Ctx, partKey } from '../../kernel/context.js';
import { type AppError, badInput } from '../../kernel/errors.js';
import type { RoomSettings } from '../../kernel/room.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { AccountToken, type AccountTokenPurpose } from './account-token.entity.js';
import { User } from './user.entity.js';

/** How long each is good, and where its link leads. */
export type AccountTokenSettings = Pick<
  RoomSettings,
  'webUrl' | 'passwordResetTtlMs' | 'emailVerificationTtlMs'
>;

export const accountTokensPart = partKey<AccountTokenSettings>('accounts.account-tokens');

/** 256 bits: nobody finds one by trying, so that wrong ones need not be counted. */
const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/**
 * Makes a secret for a letter that is about to be sent: it is good from now on, however long the letter had to wait.
 * Null where the account is gone.
 */
export function issueToken(ctx: Ctx, userId: string, purpose: AccountTokenPurpose): Promise<string | null> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return write(ctx, async (tx) => {
    // Deleting an account takes this lock and then its tokens: none is made behind its back.
    const user = await tx.em.findOne(
      User,
      { id: userId, deletedAt: null },
      { lockMode: LockMode.PESSIMISTIC_READ },
    );
    if (!user) return null;
    const now = tx.clock.now();
    const expiresAt = new Date(now.getTime() + lifetimeOf(tx, purpose));
    const times = { expiresAt, createdAt: now, updatedAt: now };
    tx.em.create(AccountToken, { id: uuidv7(), user, purpose, digest: digestOf(secret), ...times });
    return secret;
  });
}

export interface TokenOwner {
  readonly userId: string;
  readonly email: string;
}

/** Whose token this is, where it is good for this purpose. @throws AppError BAD_USER_INPUT, whatever is wrong with it. */
export async function ownerOf(ctx: Ctx, purpose: AccountTokenPurpose, given: string): Promise<TokenOwner> {
  const secret = given.trim();
  if (!SECRET.test(secret)) throw tokenRefused();
  const { rows } = await sql<TokenOwner>`
    select u.id as "userId", u.email from account_tokens t join users u on u.id = t.user_id
    where t.digest = ${digestOf(secret)} and t.purpose = ${purpose} and t.used_at is null
      and t.expires_at > ${ctx.clock.now().getTime()} and u.deleted_at is null`.execute(ctx.em.getKysely());
  if (!rows[0]) throw tokenRefused();
  return rows[0];
}

/**
 * Uses a token up, and with it every other one that the account has for this purpose; of many uses at once one is the
 * first. The account's row is locked from here on.
 * @throws AppError BAD_USER_INPUT, whatever is wrong with it.
 */
export async function redeem(
  tx: Tx,
  userId: string,
  purpose: AccountTokenPurpose,
  given: string,
): Promise<User> {
  const user = await tx.em.findOne(
    User,
    { id: userId, deletedAt: null },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!user) throw tokenRefused();
  const digest = digestOf(given.trim());
  const token = await tx.em.findOne(AccountToken, { digest, purpose, user: userId });
  if (!token?.isGood(tx.clock.now())) throw tokenRefused();
  await useUp(tx, userId, purpose);
  return user;
}

/** Makes the account's tokens for this purpose good for nothing, within a transaction that holds its row. */
export async function useUp(tx: Tx, userId: string, purpose: AccountTokenPurpose): Promise<void> {
  const now = tx.clock.now();
  await tx.em.nativeUpdate(
    AccountToken,
    { user: userId, purpose, usedAt: null },
    { usedAt: now, updatedAt: now },
  );
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function lifetimeOf({ parts }: Ctx, purpose: AccountTokenPurpose): number {
  const { passwordResetTtlMs, emailVerificationTtlMs } = parts.get(accountTokensPart);
  return purpose === 'PASSWORD_RESET' ? passwordResetTtlMs : emailVerificationTtlMs;
}

/** One message for what was never a token, is another's, has been used or has expired. */
function tokenRefused(): AppError {
  return badInput({ token: ['This token is not valid, or not any more. Ask for a new one.'] });
}

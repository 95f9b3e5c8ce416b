import { LockMode } from '@mikro-orm/core';
import { v7 as uuidv7 } from 'uuid';
import type { Ctx } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors.js';
import type { Row } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { InputCheck } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { queueMail } from '../mail/index.js';
import { useUp } from './account-tokens.js';
import { checkNewPassword } from './common-passwords.js';
import { readAccount } from './living-account.js';
import { hashPassword } from './passwords.js';
import { openSession, revokeSessionsOf, type SignedIn } from './session.service.js';
import { addressKey, giveBack, isAllowed, networkKey, throttled } from './throttles.js';
import { User, type UserType } from './user.entity.js';
import { checkEmail, checkProfile, mayRegisterAs } from './user.rules.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly userType: UserType;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly phone?: string | null;
}

export interface AdminMade {
  readonly userId: string;
  readonly email: string;
  readonly outcome: 'CREATED' | 'PROMOTED' | 'ALREADY_ADMIN';
}

/**
 * Makes an account, signs it in and sends it a link that proves its address, unless that was sent too many already:
 * accounts that come and go fill nobody's inbox.
 * @throws AppError BAD_USER_INPUT, also for an address that is taken; RATE_LIMITED after too many from one network.
 */
export async function register(ctx: Ctx, input: Registration): Promise<SignedIn> {
  const check = new InputCheck();
  const email = checkEmail(check, 'email', input.email);
  await checkNewPassword(check, 'password', input.password, email);
  check.ensure(mayRegisterAs(input.userType), 'userType', `"${input.userType}" is not a valid choice.`);
  const { firstName, lastName, phone } = input;
  const profile = checkProfile(check, { firstName, lastName, phone });
  check.done();
  // Also for an address that is taken: each attempt may ask whether one is.
  await throttled(ctx, 'registrationsPerIp', networkKey(ctx));
  // Before the transaction: a hash takes tens of milliseconds, and SQLite has one writer.
  const passwordHash = await hashPassword(input.password);
  const row = { email, passwordHash, userType: input.userType, ...profile };
  const mails = ['verificationMails', addressKey(ctx, email)] as const;
  const isSent = await isAllowed(ctx, ...mails);
  try {
    return await write(ctx, async (tx) => {
      const user = tx.em.create(User, { ...row, ...born(ctx) });
      if (isSent) queueMail(tx, { kind: 'EMAIL_VERIFICATION', recipientId: user.id });
      return openSession(tx, user);
    });
  } catch (error) {
    // Whoever tries addresses that are taken must not use up what their owners may ask for.
    if (isSent) await giveBack(ctx, ...mails);
    throw error;
  }
}

/** The viewer's own account; null for a guest, and where the account is gone. */
export async function me(ctx: Ctx, selection: Selection): Promise<Row<User> | null> {
  return ctx.viewer ? readAccount(ctx, ctx.viewer.id, selection) : null;
}

/**
 * Makes an admin, or makes one of an account that there is. Its sessions end then: their tokens say what it was, and a
 * new password is to keep out whoever knew the old one. For the command line: it asks no policy.
 * @throws AppError BAD_USER_INPUT, also where a new account comes without a password.
 */
export async function createAdmin(
  ctx: Ctx,
  input: { email: string; password?: string | null },
): Promise<AdminMade> {
  const check = new InputCheck();
  const email = checkEmail(check, 'email', input.email);
  if (input.password != null) await checkNewPassword(check, 'password', input.password, email);
  check.done();
  const passwordHash = input.password == null ? null : await hashPassword(input.password);
  return write(ctx, async (tx) => {
    const user = await tx.em.findOne(User, { email }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!user) {
      if (passwordHash === null) throw badInput({ password: ['A new account needs a password.'] });
      const made = tx.em.create(User, { email, passwordHash, userType: 'ADMIN', ...born(ctx) });
      return { userId: made.id, email, outcome: 'CREATED' };
    }
    const outcome = user.userType === 'ADMIN' ? 'ALREADY_ADMIN' : 'PROMOTED';
    if (outcome === 'PROMOTED') user.promote(tx.clock.now());
    if (passwordHash !== null) {
      user.changePassword(passwordHash, tx.clock.now());
      await useUp(tx, user.id, 'PASSWORD_RESET');
    }
    if (outcome === 'PROMOTED' || passwordHash !== null) await revokeSessionsOf(tx, user.id);
    return { userId: user.id, email, outcome };
  });
}

function born(ctx: Ctx): { id: string; createdAt: Date; updatedAt: Date } {
  const now = ctx.clock.now();
  return { id: uuidv7(), createdAt: now, updatedAt: now };
}

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { AppError } from '../../kernel/errors.js';
import { textFault, textLimits } from '../../kernel/text.js';
import { write } from '../../kernel/unit-of-work.js';
import { queueMail } from '../mail/index.js';
import { noticeOfNewSignIn } from './notices.js';
import { isPassword } from './passwords.js';
import { makeRoomForSession, openSession, type SignedIn } from './session.service.js';
import { forgive, giveBack, guessKey, networkKey, throttledByAll } from './throttles.js';
import { User } from './user.entity.js';
import { normalizeEmail } from './user.rules.js';

interface Credentials {
  readonly id: string;
  readonly passwordHash: string;
}

/**
 * Begins a session. An account is told of a client that it did not know.
 * @throws AppError INVALID_CREDENTIALS, whichever of the two is wrong; RATE_LIMITED after too many wrong ones.
 */
export async function login(ctx: Ctx, input: { email: string; password: string }): Promise<SignedIn> {
  const credentials = await guess(ctx, normalizeEmail(input.email), input.password);
  const notice = await noticeOfNewSignIn(ctx, credentials.id);
  return write(ctx, async (tx) => {
    // A password that was changed while it was being checked is the wrong one by now, and an account that went is none.
    const user = await tx.em.findOne(
      User,
      { ...credentials, deletedAt: null },
      { lockMode: LockMode.PESSIMISTIC_READ },
    );
    if (!user) throw invalidCredentials();
    // To an address that is not proved, which may be anybody's, goes only what it needs to be proved.
    if (notice && user.emailVerified) queueMail(tx, notice);
    await makeRoomForSession(tx, user.id);
    return openSession(tx, user);
  });
}

/** Takes the same steps, and the same time, whether or not the address is known. */
async function guess(ctx: Ctx, email: string, password: string): Promise<Credentials> {
  const [guesses, network] = [guessKey(ctx, email), networkKey(ctx)];
  // The network first: one that has no guess left must not leave a record for each address that it makes up.
  await throttledByAll(ctx, ['loginFailuresPerIp', network], ['loginFailures', guesses]);
  const known = await credentialsOf(ctx, email);
  const right = await isPassword(known?.passwordHash ?? null, password);
  if (!known || !right) throw invalidCredentials();
  await forgive(ctx, 'loginFailures', guesses);
  await giveBack(ctx, 'loginFailuresPerIp', network);
  return known;
}

/** Plain columns: nothing here is going to change. */
async function credentialsOf(ctx: Ctx, email: string): Promise<Credentials | null> {
  // What no address can look like must not reach PostgreSQL, which refuses a NUL with an error of its own.
  if (textFault(email, textLimits.email)) return null;
  const { rows } = await sql<{ id: string; password_hash: string }>`
    select id, password_hash from users where email = ${email} and deleted_at is null`.execute(
    ctx.em.getKysely(),
  );
  return rows[0] ? { id: rows[0].id, passwordHash: rows[0].password_hash } : null;
}

function invalidCredentials(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'No account matches this e-mail address and password.');
}

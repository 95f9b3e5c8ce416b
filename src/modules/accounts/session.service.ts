import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { AppError, forbidden } from '../../kernel/errors.js';
import { textFault, textLimits } from '../../kernel/text.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { isPassword } from './passwords.js';
import { SESSIONS_REVOKED } from './revoked-sessions.js';
import { Session } from './session.entity.js';
import { mayEndSession } from './session.policy.js';
import { type IssuedTokens, type TokenClaims, tokenExpired, tokenRevoked, tokensPart } from './tokens.js';
import { User } from './user.entity.js';
import { normalizeEmail } from './user.rules.js';

/** A session's newest tokens, and whose it is. */
export interface SignedIn {
  readonly userId: string;
  readonly tokens: IssuedTokens;
}

/** Begins a session. @throws AppError INVALID_CREDENTIALS, whichever of the two is wrong. */
export async function login(ctx: Ctx, input: { email: string; password: string }): Promise<SignedIn> {
  const known = await credentialsOf(ctx, normalizeEmail(input.email));
  const right = await isPassword(known?.passwordHash ?? null, input.password);
  if (!known || !right) throw invalidCredentials();
  return write(ctx, async (tx) => {
    // A password that was changed while it was being checked is the wrong one by now.
    const user = await tx.em.findOne(User, known, { lockMode: LockMode.PESSIMISTIC_READ });
    if (!user) throw invalidCredentials();
    return openSession(tx, user);
  });
}

/** Begins a session of a user within a transaction. */
export async function openSession(tx: Tx, user: User): Promise<SignedIn> {
  const now = tx.clock.now();
  const id = uuidv7();
  const tokens = await tx.parts
    .get(tokensPart)
    .issue({ userId: user.id, userType: user.userType, sessionId: id });
  tx.em.create(Session, {
    id,
    user,
    refreshJti: tokens.refreshJti,
    expiresAt: tokens.refreshTokenExpiresAt,
    createdAt: now,
    updatedAt: now,
  });
  return { userId: user.id, tokens };
}

/**
 * Spends a refresh token for new tokens. One that was spent before is in two hands, and nobody can say which of them
 * is the thief's: its whole session is revoked (RFC 9700, 4.14.2).
 * @throws AppError TOKEN_REVOKED, TOKEN_EXPIRED or, for what is no refresh token of ours, UNAUTHENTICATED.
 */
export async function refreshToken(ctx: Ctx, input: { refreshToken: string }): Promise<SignedIn> {
  const claims = await ctx.parts.get(tokensPart).verify('refresh', input.refreshToken);
  const signedIn = await write(ctx, (tx) => rotate(tx, claims));
  if (signedIn === 'SPENT_BEFORE') throw tokenRevoked();
  return signedIn;
}

/** The reuse of a spent token is a result and no error: its revocation has to be committed. */
async function rotate(tx: Tx, claims: TokenClaims): Promise<SignedIn | 'SPENT_BEFORE'> {
  const now = tx.clock.now();
  const session = await lockSession(tx, claims);
  if (!session || session.revokedAt) throw tokenRevoked();
  if (session.refreshJti !== claims.jti) {
    revoke(tx, session);
    return 'SPENT_BEFORE';
  }
  if (!session.isLive(now)) throw tokenExpired();
  const user = await tx.em.findOneOrFail(User, claims.userId);
  const tokens = await tx.parts
    .get(tokensPart)
    .issue({ userId: user.id, userType: user.userType, sessionId: session.id });
  session.rotate(tokens.refreshJti, tokens.refreshTokenExpiresAt, now);
  return { userId: user.id, tokens };
}

/** Ends the session of a refresh token, spent or not; one that has ended already stays so. */
export async function logout(ctx: Ctx, input: { refreshToken: string }): Promise<void> {
  const viewer = requireViewer(ctx);
  const claims = await ctx.parts.get(tokensPart).verify('refresh', input.refreshToken);
  if (!mayEndSession(viewer, claims)) throw forbidden();
  await write(ctx, async (tx) => {
    const session = await lockSession(tx, claims);
    if (session && !session.revokedAt) revoke(tx, session);
  });
}

/** Ends all sessions of a user within a transaction that holds the user's row. */
export async function revokeSessionsOf(tx: Tx, userId: string): Promise<void> {
  const sessions = await tx.em.find(
    Session,
    { user: userId, revokedAt: null, expiresAt: { $gt: tx.clock.now() } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  for (const session of sessions) revoke(tx, session);
}

function lockSession(tx: Tx, claims: TokenClaims): Promise<Session | null> {
  const whose = { id: claims.sessionId, user: claims.userId };
  return tx.em.findOne(Session, whose, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

function revoke(tx: Tx, session: Session): void {
  session.revoke(tx.clock.now());
  tx.announce(SESSIONS_REVOKED, { sessionId: session.id });
}

/** Plain columns: nothing here is going to change. */
async function credentialsOf(ctx: Ctx, email: string): Promise<{ id: string; passwordHash: string } | null> {
  // What no address can look like must not reach PostgreSQL, which refuses a NUL with an error of its own.
  if (textFault(email, textLimits.email)) return null;
  const { rows } = await sql<{ id: string; password_hash: string }>`
    select id, password_hash from users where email = ${email}`.execute(ctx.em.getKysely());
  return rows[0] ? { id: rows[0].id, passwordHash: rows[0].password_hash } : null;
}

function invalidCredentials(): AppError {
  return new AppError('INVALID_CREDENTIALS', 'No account matches this e-mail address and password.');
}

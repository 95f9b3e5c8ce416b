import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { requireViewer } from '../../kernel/authorize.js';
import { type Ctx, partKey } from '../../kernel/context.js';
import { forbidden } from '../../kernel/errors.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { clientKeyOf, clientKeysOf } from './clients.js';
import { SESSIONS_REVOKED } from './revoked-sessions.js';
import { Session } from './session.entity.js';
import { mayEndSession } from './session.policy.js';
import { type IssuedTokens, type TokenClaims, tokenExpired, tokenRevoked, tokensPart } from './tokens.js';
import { User } from './user.entity.js';

/** For how long the token spent last may come again, in milliseconds. */
export const refreshGracePart = partKey<number>('accounts.refresh-grace');

/** How many sessions an account has at once. Nobody has so many devices: programs that never sign out do. */
const MAX_LIVE = 100;

/** A session's newest tokens, and whose it is. */
export interface SignedIn {
  readonly userId: string;
  readonly tokens: IssuedTokens;
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
    clientKey: clientKeyOf(tx),
    createdAt: now,
    updatedAt: now,
  });
  return { userId: user.id, tokens };
}

/**
 * Spends a refresh token for new tokens. One that was spent before is in two hands, and nobody can say which of them
 * is the thief's: its whole session is revoked (RFC 9700, 4.14.2), but for the grace of docs/adr/0008.
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
    const isHarmless = session.isStraggler(claims.jti, clientKeysOf(tx), now, tx.parts.get(refreshGracePart));
    if (!isHarmless) {
      session.revokeAsStolen(now);
      announceEnd(tx, session.id);
    }
    return 'SPENT_BEFORE';
  }
  if (!session.isLive(now)) throw tokenExpired();
  const user = await tx.em.findOne(User, { id: claims.userId, deletedAt: null });
  if (!user) throw tokenRevoked();
  const tokens = await tx.parts
    .get(tokensPart)
    .issue({ userId: user.id, userType: user.userType, sessionId: session.id });
  session.rotate(tokens.refreshJti, tokens.refreshTokenExpiresAt, clientKeyOf(tx), now);
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

/**
 * Ends all sessions of a user within a transaction that holds the user's row, and has loaded none of them. No client is
 * known by them any more, nor by those that ended before: a sign-in from there is told of again. Two statements, however
 * many there are.
 */
export async function revokeSessionsOf(tx: Tx, userId: string): Promise<void> {
  const now = tx.clock.now().getTime();
  const db = tx.em.getKysely();
  const { rows } = await sql<{ id: string }>`
    update sessions set revoked_at = ${now}, updated_at = ${now}
    where user_id = ${userId} and revoked_at is null and expires_at > ${now}
    returning id`.execute(db);
  await sql`update sessions set client_key = '' where user_id = ${userId}`.execute(db);
  for (const { id } of rows) announceEnd(tx, id);
}

/** Before one more session of a user: ends the oldest ones that are too many, a hundred at a time. */
export async function makeRoomForSession(tx: Tx, userId: string): Promise<void> {
  const surplus = await tx.em.find(
    Session,
    { user: userId, revokedAt: null, expiresAt: { $gt: tx.clock.now() } },
    { orderBy: { id: 'desc' }, offset: MAX_LIVE - 1, limit: MAX_LIVE, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  for (const session of surplus) revoke(tx, session);
}

function lockSession(tx: Tx, claims: TokenClaims): Promise<Session | null> {
  const whose = { id: claims.sessionId, user: claims.userId };
  return tx.em.findOne(Session, whose, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

function revoke(tx: Tx, session: Session): void {
  session.revoke(tx.clock.now());
  announceEnd(tx, session.id);
}

function announceEnd(tx: Tx, sessionId: string): void {
  tx.announce(SESSIONS_REVOKED, { sessionId });
}

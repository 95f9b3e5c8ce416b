import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { clientKeysOf } from './clients.js';
import { isAllowed } from './throttles.js';

/** A mail that tells an account what was done to it, as `queueMail` takes it. */
export interface Notice {
  readonly kind: 'NEW_SIGN_IN' | 'PASSWORD_CHANGED';
  readonly recipientId: string;
  readonly data?: Record<string, string>;
}

/**
 * What to tell of a sign-in: something where none of the account's kept sessions was this client's. Browsers call
 * themselves alike by the million, so that the User-Agent alone would tell of few strangers: a client is known by its
 * network too, and who signs in while travelling is told of it.
 */
export async function noticeOfNewSignIn(ctx: Ctx, userId: string): Promise<Notice | null> {
  const keys = clientKeysOf(ctx);
  // What runs beside the requests is no client.
  if (keys.length === 0 || (await isKnown(ctx, userId, keys))) return null;
  if (!(await isAllowed(ctx, 'notices', `NEW_SIGN_IN:${userId}`))) return null;
  const data = { at: ctx.clock.now().toISOString(), userAgent: ctx.userAgent, ip: ctx.ip };
  return { kind: 'NEW_SIGN_IN', recipientId: userId, data };
}

/** What to tell of a new password. Whoever changes it again and again fills nobody's inbox. */
export async function noticeOfNewPassword(ctx: Ctx, userId: string): Promise<Notice | null> {
  const isTold = await isAllowed(ctx, 'notices', `PASSWORD_CHANGED:${userId}`);
  return isTold ? { kind: 'PASSWORD_CHANGED', recipientId: userId } : null;
}

/** A session without a client was begun beside the requests, or before clients were noted: it may have been this one's. */
async function isKnown(ctx: Ctx, userId: string, keys: readonly string[]): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sessions
    where user_id = ${userId} and (client_key is null or client_key in (${sql.join([...keys])})) limit 1`.execute(
    ctx.em.getKysely(),
  );
  return rows.length > 0;
}

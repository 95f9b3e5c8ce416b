import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { NotificationKind } from '../notification.entity.js';
import { mailedByDefault } from './preference.rules.js';

/** What some accounts want to be mailed. */
export class Wishes {
  constructor(private readonly others: ReadonlyMap<string, boolean>) {}

  mails(userId: string, kind: NotificationKind): boolean {
    return this.others.get(keyOf(userId, kind)) ?? mailedByDefault[kind];
  }
}

/** Databases bound the parameters of a statement. */
const MAX_USERS = 1_000;

/** One statement for all of them, of a thousand. */
export async function readWishes(ctx: Pick<Ctx, 'em'>, userIds: readonly string[]): Promise<Wishes> {
  const others = new Map<string, boolean>();
  for (let at = 0; at < userIds.length; at += MAX_USERS) {
    const { rows } = await sql<{ user_id: string; kind: NotificationKind; email: boolean | number }>`
      select user_id, kind, email from notification_preferences
      where user_id in (${sql.join(userIds.slice(at, at + MAX_USERS))})`.execute(ctx.em.getKysely());
    // SQLite tells truth values as 0 and 1.
    for (const { user_id, kind, email } of rows) others.set(keyOf(user_id, kind), Boolean(email));
  }
  return new Wishes(others);
}

function keyOf(userId: string, kind: NotificationKind): string {
  return `${userId}:${kind}`;
}

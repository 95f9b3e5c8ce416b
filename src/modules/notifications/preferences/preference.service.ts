import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdAccount, holdLivingAccounts } from '../../accounts/index.js';
import type { NotificationKind } from '../notification.entity.js';
import type { NotificationPreference, SetNotificationPreferenceInput } from './preference.payloads.js';
import { readWishes } from './preference.reads.js';
import { allKinds, mailedByDefault } from './preference.rules.js';

/** What the viewer wants to be mailed: every kind once, in the enum's order. */
export async function listPreferences(ctx: Ctx): Promise<NotificationPreference[]> {
  const { id } = requireViewer(ctx);
  const wishes = await readWishes(ctx, [id]);
  return allKinds.map((kind) => ({ kind, email: wishes.mails(id, kind) }));
}

/** Switches the mails of one kind on or off; saying it twice is saying it once. */
export async function setNotificationPreference(
  ctx: Ctx,
  { kind, email }: SetNotificationPreferenceInput,
): Promise<NotificationPreference[]> {
  const viewer = requireViewer(ctx);
  await write(ctx, async (tx) => {
    await holdAccount(tx, viewer.id);
    await set(tx, viewer.id, kind, email);
  });
  return listPreferences(ctx);
}

/** The same from a mail, by who need not be signed in. An account that is gone is sent nothing anyway. */
export async function unsubscribe(ctx: Ctx, userId: string, kind: NotificationKind): Promise<void> {
  await write(ctx, async (tx) => {
    const living = await holdLivingAccounts(tx, [userId]);
    if (living.has(userId)) await set(tx, userId, kind, false);
  });
}

/** Only what differs from the default is kept. SQLite's driver takes no truth values, but its SQL has them. */
async function set(tx: Tx, userId: string, kind: NotificationKind, email: boolean): Promise<void> {
  const change =
    email === mailedByDefault[kind]
      ? sql`delete from notification_preferences where user_id = ${userId} and kind = ${kind}`
      : sql`insert into notification_preferences (user_id, kind, email) values (${userId}, ${kind}, ${email ? sql`true` : sql`false`})
          on conflict (user_id, kind) do update set email = excluded.email`;
  await change.execute(tx.em.getKysely());
}

export async function forgetPreferences(tx: Tx, userId: string): Promise<void> {
  await sql`delete from notification_preferences where user_id = ${userId}`.execute(tx.em.getKysely());
}

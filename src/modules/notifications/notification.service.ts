import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import { type Page, readPage } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import type { Condition, Row } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { write } from '../../kernel/unit-of-work.js';
import { Notification } from './notification.entity.js';
import type { NotificationsArgs } from './notification.payloads.js';
import { notificationShape } from './notification.shapes.js';

/** The viewer's inbox, newest first. */
export function listNotifications(
  ctx: Ctx,
  args: NotificationsArgs,
  selection: Selection,
): Promise<Page<Row<Notification>>> {
  const where: Condition[] = [sql`r.user_id = ${requireViewer(ctx).id}`];
  if (args.unreadOnly) where.push(sql`r.read_at is null`);
  const order = { name: 'NEWEST', by: ['sequence'], descending: true };
  return readPage(ctx, notificationShape, { list: 'notifications', order, where, args, selection });
}

export async function countUnread(ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from notifications
    where user_id = ${requireViewer(ctx).id} and read_at is null`.execute(ctx.em.getKysely());
  return Number(rows[0]?.count);
}

/** Marks one of the viewer's own as read; reading twice is reading once. */
export async function markNotificationRead(ctx: Ctx, id: string): Promise<string> {
  const viewer = requireViewer(ctx);
  return write(ctx, async (tx) => {
    const own = { id, user: viewer.id };
    const entry = isUuid(id)
      ? await tx.em.findOne(Notification, own, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
    if (!entry) throw notFound('Notification');
    entry.markRead(tx.clock.now());
    return id;
  });
}

/** Marks all of the viewer's own, in one statement however many there are. */
export async function markAllNotificationsRead(ctx: Ctx): Promise<number> {
  const viewer = requireViewer(ctx);
  return write(ctx, async (tx) => {
    const at = tx.clock.now().getTime();
    const { numAffectedRows } = await sql`
      update notifications set read_at = ${at}, updated_at = ${at}
      where user_id = ${viewer.id} and read_at is null`.execute(tx.em.getKysely());
    return Number(numAffectedRows ?? 0);
  });
}

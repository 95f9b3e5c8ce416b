import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { type Row, readRows } from '../../kernel/reads.js';
import { leavesOf, type Selection } from '../../kernel/selection.js';
import { followStream } from '../../kernel/stream-hub.js';
import type { StreamKind } from '../../kernel/streams.js';
import type { Offer } from '../negotiations/index.js';
import { INBOX_STREAM } from './inbox.js';
import type { Notification } from './notification.entity.js';
import { notificationShape } from './notification.shapes.js';

/** What a screen shows of an entry: read once for all followers of an inbox on this node. */
const shared: Selection = leavesOf('id', 'sequence', 'kind', 'title', 'body', 'readAt', 'createdAt')
  .set('vehicle', leavesOf('id'))
  .set('negotiation', leavesOf('id'))
  .set(
    'offer',
    leavesOf('id', 'amount', 'party', 'message', 'status', 'expiresAt', 'createdAt').set(
      'negotiation',
      leavesOf('id'),
    ),
  );

/** A user's inbox as a stream. */
export const inboxStream: StreamKind<Row<Notification>> = {
  name: INBOX_STREAM,
  read: (ctx, userId, after, limit) =>
    readRows(ctx, notificationShape, shared, {
      where: [sql`r.user_id = ${userId}`, sql`r.sequence > ${after}`],
      orderBy: sql`r.sequence`,
      limit,
    }),
  heads: async (ctx, ids) => {
    const { rows } = await sql<{ user_id: string; last_sequence: number }>`
      select user_id, last_sequence from inboxes where user_id in (${sql.join([...ids])})`.execute(
      ctx.em.getKysely(),
    );
    return new Map(rows.map((row) => [row.user_id, row.last_sequence]));
  },
};

/** Follows the viewer's own inbox. */
export async function followInbox(
  ctx: Ctx,
  after: number | null | undefined,
): Promise<AsyncIterableIterator<Row<Notification>>> {
  return followStream(ctx, inboxStream, requireViewer(ctx).id, after);
}

/** The offers put to the viewer from now on: each of them is an entry of its inbox, so none is lost and none comes twice. */
export async function followOffers(ctx: Ctx): Promise<AsyncIterableIterator<Row<Offer>>> {
  const entries = await followInbox(ctx, null);
  const offers: AsyncIterableIterator<Row<Offer>> = {
    [Symbol.asyncIterator]: () => offers,
    async next() {
      for (;;) {
        const { value, done } = await entries.next();
        if (done) return { value: undefined, done: true };
        const isOffer = value.kind === 'OFFER_RECEIVED' || value.kind === 'OFFER_COUNTERED';
        if (isOffer && value.offer) return { value: value.offer as Row<Offer>, done: false };
      }
    },
    async return() {
      await entries.return?.();
      return { value: undefined, done: true };
    },
  };
  return offers;
}

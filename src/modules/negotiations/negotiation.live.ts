import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { type Row, readRows } from '../../kernel/reads.js';
import { leavesOf, type Selection } from '../../kernel/selection.js';
import { assertPlace, followStream } from '../../kernel/stream-hub.js';
import type { StreamKind } from '../../kernel/streams.js';
import { NEGOTIATION_STREAM, placeOfParty } from './deal.js';
import type { NegotiationEvent } from './negotiation.entity.js';
import { negotiationEventShape } from './negotiation.shapes.js';

const ofOffer = leavesOf('id', 'amount', 'party', 'message', 'status', 'expiresAt', 'createdAt');
const ofNegotiation = leavesOf(
  'id',
  'status',
  'agreedPrice',
  'lastSequence',
  'unreadCount',
  'buyerReadSequence',
  'dealerReadSequence',
  'createdAt',
  'updatedAt',
).set('currentOffer', ofOffer);

/** What a screen shows of an event: read once for all followers of a stream on this node. */
const shared: Selection = leavesOf('id', 'sequence', 'kind', 'party', 'message', 'createdAt')
  .set('offer', ofOffer)
  .set('negotiation', ofNegotiation);

/** The log of a negotiation as a stream. */
export const negotiationStream: StreamKind<Row<NegotiationEvent>> = {
  name: NEGOTIATION_STREAM,
  read: (ctx, id, after, limit) =>
    readRows(ctx, negotiationEventShape, shared, {
      where: [sql`r.negotiation_id = ${id}`, sql`r.sequence > ${after}`],
      orderBy: sql`r.sequence`,
      limit,
    }),
  heads: async (ctx, ids) => {
    const { rows } = await sql<{ id: string; last_sequence: number }>`
      select id, last_sequence from negotiations where id in (${sql.join([...ids])})`.execute(
      ctx.em.getKysely(),
    );
    return new Map(rows.map((row) => [row.id, row.last_sequence]));
  },
};

/** Follows a negotiation's log for one of its parties. */
export async function followNegotiation(ctx: Ctx, id: string, after: number | null | undefined) {
  assertPlace(after);
  await placeOfParty(ctx, requireViewer(ctx), id);
  return followStream(ctx, negotiationStream, id, after);
}

import type { GraphQLResolveInfo } from 'graphql';
import { sql } from 'kysely';
import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors.js';
import { covers, type Row, readRows } from '../../kernel/reads.js';
import { type Selection, selectionOf } from '../../kernel/selection.js';
import { streamHubPart } from '../../kernel/stream-hub.js';
import type { StreamKind } from '../../kernel/streams.js';
import { NEGOTIATION_STREAM, placeOfParty } from './deal.js';
import type { NegotiationEvent } from './negotiation.entity.js';
import { readEvent } from './negotiation.reads.js';
import { negotiationEventShape } from './negotiation.shapes.js';

const leaf: Selection = new Map();
const fields = (...names: string[]): Map<string, Selection> => new Map(names.map((name) => [name, leaf]));

const ofOffer = fields('id', 'amount', 'party', 'message', 'status', 'expiresAt', 'createdAt');
const ofNegotiation = fields('id', 'status', 'agreedPrice', 'lastSequence', 'createdAt', 'updatedAt').set(
  'currentOffer',
  ofOffer,
);

/** What a screen shows of an event: read once for all followers of a stream on this node. */
const shared: Selection = fields('id', 'sequence', 'kind', 'party', 'message', 'createdAt')
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
  if (after != null && after < 0)
    throw badInput({ after: ['Ensure this value is greater than or equal to 0.'] });
  await placeOfParty(ctx, requireViewer(ctx), id);
  return ctx.parts
    .get(streamHubPart)
    .follow(negotiationStream, id, after ?? null, () =>
      ctx.cutOff('Too slow: connect again and resume with after'),
    );
}

/** The shared row where it holds what is asked for; otherwise one that is read for this selection. */
export async function eventFor(
  ctx: Ctx,
  event: Row<NegotiationEvent>,
  info: GraphQLResolveInfo,
): Promise<Row<NegotiationEvent>> {
  const selection = selectionOf(info);
  if (covers(ctx, negotiationEventShape, event, selection)) return event;
  return readEvent(ctx, event.negotiation.id, event.sequence, selection);
}

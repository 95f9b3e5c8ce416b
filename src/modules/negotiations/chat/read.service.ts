import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { badInput, notFound } from '../../../kernel/errors.js';
import { streamTopic } from '../../../kernel/streams.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { lockNegotiation, placeOfParty } from '../deal.js';
import type { Negotiation } from '../negotiation.entity.js';
import type { NegotiationParty } from '../negotiation.enums.js';
import type { MarkNegotiationReadInput } from './chat.inputs.js';
import { RECEIPT_STREAM } from './chat.topics.js';
import { placeInReceipts } from './receipts.live.js';

/** Writes down how far the viewer has read, in whatever state the negotiation is. Backwards nothing moves. */
export async function markNegotiationRead(
  ctx: Ctx,
  { negotiationId, sequence }: MarkNegotiationReadInput,
): Promise<void> {
  const viewer = requireViewer(ctx);
  await write(ctx, async (tx) => {
    const { party } = await placeOfParty(tx, viewer, negotiationId);
    const negotiation = await lockNegotiation(tx, negotiationId);
    if (!negotiation) throw notFound('Negotiation');
    const { lastSequence } = negotiation;
    if (sequence < 0 || sequence > lastSequence)
      throw badInput({ sequence: [`Ensure this value is between 0 and ${lastSequence}.`] });
    if (sequence <= negotiation.readSequenceOf(party)) return;
    negotiation.read(party, sequence, await unreadAfter(tx, negotiation, party, sequence));
    const place = placeInReceipts(negotiation.buyerReadSequence, negotiation.dealerReadSequence);
    tx.announce(streamTopic({ name: RECEIPT_STREAM }, negotiationId), { sequence: place });
  });
}

/** Entries behind a place that are not the reader's own, off the log's index. Asked under the log's lock: none is added meanwhile. */
async function unreadAfter(
  tx: Tx,
  { id, lastSequence }: Negotiation,
  reader: NegotiationParty,
  sequence: number,
): Promise<number> {
  // As nearly always: who reads, reads to the end.
  if (sequence === lastSequence) return 0;
  const { rows } = await sql<{ unread: number | string }>`
    select count(*) as unread from negotiation_events
    where negotiation_id = ${id} and sequence > ${sequence} and (party is null or party <> ${reader})`.execute(
    tx.em.getKysely(),
  );
  return Number(rows[0]?.unread);
}

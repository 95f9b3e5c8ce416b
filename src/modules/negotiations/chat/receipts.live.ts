import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { followStream } from '../../../kernel/stream-hub.js';
import type { StreamEntry, StreamKind } from '../../../kernel/streams.js';
import { placeOfParty } from '../deal.js';
import type { ReadReceipt } from './chat.payloads.js';
import { RECEIPT_STREAM } from './chat.topics.js';

/** How far both sides had read at one moment. */
interface Marks extends StreamEntry {
  readonly BUYER: number;
  readonly DEALER: number;
}

const PARTIES = ['BUYER', 'DEALER'] as const;

/**
 * The number of a pair of marks. Each mark only ever grows, and so does their sum, by at least one with each change: a
 * place in a stream, though with holes. It begins at 1, for behind 0 there is always something to tell.
 */
export function placeInReceipts(buyer: number, dealer: number): number {
  return 1 + buyer + dealer;
}

interface StoredMarks {
  id: string;
  buyer_read_sequence: number;
  dealer_read_sequence: number;
}

async function marksOf(ctx: Ctx, ids: readonly string[]): Promise<Array<Marks & { id: string }>> {
  const { rows } = await sql<StoredMarks>`
    select id, buyer_read_sequence, dealer_read_sequence from negotiations
    where id in (${sql.join([...ids])})`.execute(ctx.em.getKysely());
  return rows.map(({ id, buyer_read_sequence: BUYER, dealer_read_sequence: DEALER }) => {
    return { id, BUYER, DEALER, sequence: placeInReceipts(BUYER, DEALER) };
  });
}

/** The marks of a negotiation as a stream in which only the newest entry is kept: it says all that the others did. */
export const receiptStream: StreamKind<Marks> = {
  name: RECEIPT_STREAM,
  read: async (ctx, id, after) => (await marksOf(ctx, [id])).filter(({ sequence }) => sequence > after),
  heads: async (ctx, ids) =>
    new Map((await marksOf(ctx, ids)).map(({ id, sequence }) => [id, sequence] as const)),
};

/** Follows both sides' marks for one of the parties: first as they are, then each that moves. */
export async function followReceipts(
  ctx: Ctx,
  negotiationId: string,
): Promise<AsyncIterableIterator<ReadReceipt>> {
  await placeOfParty(ctx, requireViewer(ctx), negotiationId);
  return receiptsOf(negotiationId, await followStream(ctx, receiptStream, negotiationId, 0));
}

function receiptsOf(
  negotiationId: string,
  marks: AsyncIterableIterator<Marks>,
): AsyncIterableIterator<ReadReceipt> {
  const told = { BUYER: -1, DEALER: -1 };
  const waiting: ReadReceipt[] = [];
  const receipts: AsyncIterableIterator<ReadReceipt> = {
    [Symbol.asyncIterator]: () => receipts,
    async next() {
      for (;;) {
        const receipt = waiting.shift();
        if (receipt) return { value: receipt, done: false };
        const { value, done } = await marks.next();
        if (done) return { value: undefined, done: true };
        for (const party of PARTIES) {
          if (value[party] <= told[party]) continue;
          told[party] = value[party];
          waiting.push({ negotiationId, party, sequence: value[party] });
        }
      }
    },
    async return() {
      await marks.return?.();
      return { value: undefined, done: true };
    },
  };
  return receipts;
}

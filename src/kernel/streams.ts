import type { Ctx } from './context.js';

/** Any entry of a stream: numbered from 1, without holes. */
export interface StreamEntry {
  readonly sequence: number;
}

/** How one kind of stream (a negotiation's log, a user's inbox) is read. */
export interface StreamKind<E extends StreamEntry = StreamEntry> {
  readonly name: string;
  /** Entries after a number, in order, `limit` at most. One statement. */
  readonly read: (ctx: Ctx, id: string, after: number, limit: number) => Promise<E[]>;
  /** The last number of each of these streams; a stream without entries may be left out. One statement. */
  readonly heads: (ctx: Ctx, ids: readonly string[]) => Promise<Map<string, number>>;
}

/** Where a stream's new entries are announced; the message carries `sequence`. */
export function streamTopic(kind: Pick<StreamKind, 'name'>, id: string): string {
  return `${kind.name}:${id}`;
}

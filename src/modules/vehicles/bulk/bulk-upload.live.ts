import { BusIterator } from '../../../kernel/bus-iterator.js';
import type { Ctx } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import type { BusMessage } from '../../../kernel/ports.js';
import { type Row, readById } from '../../../kernel/reads.js';
import { leavesOf, type Selection } from '../../../kernel/selection.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import type { BulkUpload } from './bulk-upload.entity.js';
import { readBulkUpload } from './bulk-upload.reads.js';
import { bulkUploadShape } from './bulk-upload.shapes.js';

/** How soon a lost announcement is made good. */
const POLL_MS = 2_000;

/** All but the errors, which are many; who asks for them has them read. */
const shared: Selection = leavesOf(
  'id',
  'createdAt',
  'updatedAt',
  'status',
  'dryRun',
  'totalRows',
  'created',
  'updated',
  'failed',
  'ignoredColumns',
  'failure',
  'finishedAt',
);

export function uploadTopic(id: string): string {
  return `bulk-upload:${id}`;
}

/** Says after the commit that an upload has come further. */
export function announceUpload(tx: Tx, id: string): void {
  tx.announce(uploadTopic(id), { id });
}

/** Follows an upload that the viewer may see to its end. NOT_FOUND for any other. */
export async function followBulkUpload(
  ctx: Ctx,
  id: string,
): Promise<AsyncIterableIterator<Row<BulkUpload>>> {
  if (!(await readBulkUpload(ctx, id, new Map()))) throw notFound('Bulk upload');
  return progressOf(ctx, id);
}

/** The upload as it is, and each time that it has come further; its end is the last. */
export function progressOf(ctx: Ctx, id: string): AsyncIterableIterator<Row<BulkUpload>> {
  const hints = new Hints(ctx, id);
  let told = '';
  let isAtEnd = false;
  const rows: AsyncIterableIterator<Row<BulkUpload>> = {
    [Symbol.asyncIterator]: () => rows,
    async next() {
      try {
        const row = await news();
        return row ? { value: row, done: false } : await end();
      } catch (error) {
        // Whoever iterates takes a failure for the end, and says no more.
        await end();
        throw error;
      }
    },
    return: end,
  };
  async function news(): Promise<Row<BulkUpload> | null> {
    while (!isAtEnd && !hints.isOver) {
      if (told !== '') await hints.next();
      if (hints.isOver) break;
      const row = await readById(ctx, bulkUploadShape, id, shared);
      if (!row) break;
      const state = JSON.stringify(row);
      if (state === told) continue;
      told = state;
      isAtEnd = row.finishedAt !== null;
      return row;
    }
    return null;
  }
  async function end(): Promise<IteratorResult<Row<BulkUpload>>> {
    await hints.end();
    return { value: undefined, done: true };
  }
  return rows;
}

/** When to look again: the bus says so, or it has been silent for a while. */
class Hints {
  isOver = false;
  private readonly messages: BusIterator;
  private coming: Promise<IteratorResult<BusMessage>> | null = null;

  constructor(ctx: Ctx, id: string) {
    this.messages = new BusIterator(ctx.bus, uploadTopic(id));
  }

  async next(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, POLL_MS, null);
    });
    this.coming ??= this.messages.next();
    const message = await Promise.race([this.coming, silence]);
    clearTimeout(timer);
    if (message !== null) this.coming = null;
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.messages.return();
  }
}

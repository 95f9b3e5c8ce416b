import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { sweepOrphans } from '../../../kernel/stored-files.js';
import { bulkReaderPart } from './bulk-reader.js';

const DAY = 24 * 60 * 60_000;
/** For whoever wants to know what became of a file. */
const KEPT_MS = 30 * DAY;
/** Rows that are deleted by one statement. */
const BATCH = 500;

/** Takes on what another process has left behind, and what nobody was told of. */
export function readBulkUploads(everyMs: number): Job<Ctx> {
  return { name: 'read-bulk-uploads', everyMs, run: (ctx) => ctx.parts.get(bulkReaderPart).look() };
}

/** Files that no upload names. */
export const sweepBulkFiles = sweepOrphans('sweep-bulk-files', 'bulk_uploads', {
  table: 'bulk_uploads',
  column: 'key',
});

/** Deletes what is said of uploads that nobody will ask about any more. */
export const sweepBulkUploads: Job<Ctx> = {
  name: 'sweep-bulk-uploads',
  everyMs: 6 * 60 * 60_000,
  async run(ctx) {
    const before = ctx.clock.now().getTime() - KEPT_MS;
    let count = 0;
    // Hundreds of dealers send a file every hour: all that is due goes, however much.
    for (;;) {
      const { numAffectedRows } = await sql`delete from bulk_uploads where id in (
        select id from bulk_uploads where finished_at < ${before} limit ${BATCH}
      )`.execute(ctx.em.getKysely());
      count += Number(numAffectedRows ?? 0);
      if (Number(numAffectedRows ?? 0) < BATCH) return count;
    }
  },
};

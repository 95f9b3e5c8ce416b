import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { sweepRows } from '../../../kernel/jobs.js';
import type { Job } from '../../../kernel/ports.js';
import { sweepOrphans } from '../../../kernel/stored-files.js';
import { bulkReaderPart } from './bulk-reader.js';

const DAY = 24 * 60 * 60_000;
/** For whoever wants to know what became of a file. */
const KEPT_MS = 30 * DAY;

/** Takes on what another process has left behind, and what nobody was told of. */
export function readBulkUploads(everyMs: number): Job<Ctx> {
  const run = (ctx: Ctx) => ctx.parts.get(bulkReaderPart).look();
  return { name: 'read-bulk-uploads', everyMs, everyNode: true, run };
}

/** Files that no upload names. */
export const sweepBulkFiles = sweepOrphans('sweep-bulk-files', 'bulk_uploads', {
  table: 'bulk_uploads',
  column: 'key',
});

/** Deletes what is said of uploads that nobody will ask about any more. */
export const sweepBulkUploads = sweepRows({
  name: 'sweep-bulk-uploads',
  everyMs: 6 * 60 * 60_000,
  table: 'bulk_uploads',
  old: (now) => [sql`finished_at < ${now - KEPT_MS}`],
});

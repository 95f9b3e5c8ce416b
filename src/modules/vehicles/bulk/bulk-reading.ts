import { setTimeout as pause } from 'node:timers/promises';
import type { Ctx } from '../../../kernel/context.js';
import { AppError } from '../../../kernel/errors.js';
import { discardFiles } from '../../../kernel/stored-files.js';
import { write } from '../../../kernel/unit-of-work.js';
import { writeBatch } from './bulk-batch.js';
import { type FileRow, repeating, rowOf } from './bulk-row.js';
import { announceUpload } from './bulk-upload.live.js';
import { BrokenCsv, recordsIn } from './csv/records.js';
import { HEAD_BYTES, type Table, tableOf } from './csv/table.js';
import { keepHeapSmall } from './heap.js';
import { giveBack, type Held, heldUpload, LeaseLost } from './lease.js';

/** Rows of a transaction: some tens of milliseconds of work, after which others have their turn. */
const BATCH = 100;
/**
 * What of its time a reader leaves to others between two batches, as a share of what the last one took: an operation of
 * several statements would otherwise wait for a batch before each of them.
 */
const REST = 0.25;
const REST_MS_AT_MOST = 100;

/** What could not be read for so long, whoever tried, holds up the dealer's other files no longer. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000;

/** Makes contexts for as long as the process goes on. */
type Contexts = () => (() => Ctx) | null;

/** The process is about to end. */
class Stopped extends Error {}

/**
 * Reads an upload to its end, or as far as it can be read. What was read is committed batch by batch: whoever goes on
 * after a crash begins behind the last of them. Never rejects.
 */
export async function readUpload(contexts: Contexts, held: Held, maxRows: number): Promise<void> {
  const ctx = contexts()?.();
  if (!ctx) return;
  try {
    await finish(ctx, held, await failureOf(ctx, contexts, held, maxRows));
  } catch (error) {
    if (error instanceof LeaseLost) return;
    if (error instanceof Stopped) return await giveBack(ctx, held).catch(() => undefined);
    // Nobody renews its lease: it is tried again when that has run out.
    ctx.log.error({ err: error, upload: held.id }, 'a bulk upload could not be read');
  }
}

/** Null where all of it was read. */
async function failureOf(ctx: Ctx, contexts: Contexts, held: Held, maxRows: number): Promise<string | null> {
  if (ctx.clock.now().getTime() - held.receivedAt.getTime() > GIVEN_UP_AFTER_MS) {
    return 'It could not be read for a day. What it has counted until then was read. Upload it again.';
  }
  const place = { line: 1 };
  try {
    await readRows(ctx, contexts, held, maxRows, place);
    return null;
  } catch (error) {
    const isFault = error instanceof AppError || error instanceof BrokenCsv;
    if (!isFault) throw error;
    return `${error.message} What stands up to line ${place.line} was read, and nothing behind it.`;
  }
}

/** `place` is where the last row that was committed begins. */
async function readRows(
  ctx: Ctx,
  contexts: Contexts,
  held: Held,
  maxRows: number,
  place: { line: number },
): Promise<void> {
  const table = await tableIn(ctx, held);
  let batch: FileRow[] = [];
  const commit = async () => {
    const last = batch.at(-1);
    if (!last) return;
    const fresh = contexts()?.();
    if (!fresh) throw new Stopped();
    const startedAt = performance.now();
    await writeBatch(fresh, held, table, batch);
    batch = [];
    place.line = last.line;
    await keepHeapSmall();
    await pause(Math.min(REST_MS_AT_MOST, REST * (performance.now() - startedAt)));
  };
  try {
    for await (const row of rowsIn(ctx, held, table, maxRows, place)) {
      batch.push(row);
      if (batch.length >= BATCH) await commit();
    }
  } catch (error) {
    // What is good before the fault is brought in.
    if (error instanceof BrokenCsv) await commit();
    throw error;
  }
  await commit();
}

/** The rows of the file that nobody has read before. */
async function* rowsIn(
  ctx: Ctx,
  held: Held,
  table: Table,
  maxRows: number,
  place: { line: number },
): AsyncGenerator<FileRow> {
  const records = recordsIn(await contentOf(ctx, held), table.delimiter);
  const firstLines = new Map<string, number>();
  let count = -1;
  for await (const record of records) {
    // The first is the header.
    if (++count === 0) continue;
    if (count > maxRows) {
      throw new BrokenCsv(
        record.line,
        `The file has more than ${maxRows} rows; line ${record.line} is one too many.`,
      );
    }
    const row = rowOf(table, record);
    const firstLine = row.vin === null ? undefined : firstLines.get(row.vin);
    if (row.vin !== null && firstLine === undefined) firstLines.set(row.vin, row.line);
    if (count <= held.rowsBefore) place.line = row.line;
    else yield firstLine === undefined ? row : repeating(row, firstLine);
  }
}

async function tableIn(ctx: Ctx, held: Held): Promise<Table> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of (await contentOf(ctx, held)) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= HEAD_BYTES) break;
  }
  return tableOf(Buffer.concat(pieces).subarray(0, HEAD_BYTES).toString('utf8'));
}

async function contentOf(ctx: Ctx, { key }: Held) {
  const file = key === null ? null : await ctx.storage.open(key);
  if (!file) throw new AppError('NOT_FOUND', 'The file is gone. Upload it again.');
  return file.stream;
}

async function finish(ctx: Ctx, held: Held, failure: string | null): Promise<void> {
  const key = await write(ctx, async (tx) => {
    const upload = await heldUpload(tx, held);
    announceUpload(tx, upload.id);
    return upload.finish(failure, tx.clock.now());
  });
  if (key !== null) await discardFiles(ctx, [key]);
}

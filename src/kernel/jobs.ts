import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Ctx } from './context.js';
import type { Job, JobResult } from './ports.js';
import type { Condition } from './reads.js';

/** What one run may take on after the other: a stop of the server waits for no longer than that and a batch. Ours. */
const RUN_MS = 2_000;

/** Between two batches others have their turn: SQLite has one writer, and every process one event loop. */
const GIVE_WAY_MS = 5;

/** What a batch has done, and whether there may be another. */
export interface BatchResult {
  readonly count: number;
  readonly isFull: boolean;
}

export function resultOf(count: number, more: boolean): JobResult {
  return more ? { count, more } : count;
}

export function countOf(result: JobResult): number {
  return typeof result === 'number' ? result : result.count;
}

/**
 * One run of a job: batch after batch, as long as they are full and its time lasts. Where time runs out and something was
 * done, there is more to do; where nothing was, the same again at once would help nobody.
 */
export async function inBatches(
  batch: () => Promise<BatchResult>,
  stopping?: AbortSignal,
): Promise<JobResult> {
  const endsAt = performance.now() + RUN_MS;
  let count = 0;
  for (;;) {
    const done = await batch();
    count += done.count;
    if (!done.isFull) return count;
    if (stopping?.aborted || performance.now() >= endsAt) return resultOf(count, count > 0);
    await pause(GIVE_WAY_MS);
  }
}

/** Rows that are deleted by one statement. */
const SWEPT_AT_ONCE = 500;

/** Which rows are of no use any more. Each condition is looked for by itself, along its index. */
export interface Sweeping {
  readonly name: string;
  readonly everyMs: number;
  readonly table: string;
  readonly old: (now: number) => readonly Condition[];
}

/** A job that deletes old rows of a table whose key is `id`. */
export function sweepRows({ name, everyMs, table, old }: Sweeping): Job<Ctx> {
  return {
    name,
    everyMs,
    run: (ctx, stopping) => {
      const conditions = old(ctx.clock.now().getTime());
      return inBatches(() => deleteSome(ctx, table, conditions), stopping);
    },
  };
}

async function deleteSome(ctx: Ctx, table: string, conditions: readonly Condition[]): Promise<BatchResult> {
  let count = 0;
  let isFull = false;
  for (const condition of conditions) {
    const { numAffectedRows } = await sql`delete from ${sql.table(table)} where id in (
      select id from ${sql.table(table)} where ${condition} limit ${SWEPT_AT_ONCE})`.execute(
      ctx.em.getKysely(),
    );
    count += Number(numAffectedRows ?? 0);
    isFull ||= Number(numAffectedRows ?? 0) === SWEPT_AT_ONCE;
  }
  return { count, isFull };
}

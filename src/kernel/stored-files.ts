import { sql } from 'kysely';
import type { Ctx } from './context.js';
import { AppError } from './errors.js';
import { type Folder, pictureKeyOf } from './files.js';
import type { Job } from './ports.js';
import { type Tx, write } from './unit-of-work.js';

/** Where rows name files: a column that holds keys. The key of a picture stands for its thumbnail too. */
export interface NamedIn {
  readonly table: string;
  readonly column: string;
}

/**
 * Commits what names files that are stored already, so that no row ever names a file that is not there. Where it comes
 * to nothing the files go again.
 */
export async function nameStored<T>(
  ctx: Ctx,
  keys: readonly string[],
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let mayBeCommitted = false;
  try {
    return await write(ctx, async (tx) => {
      const result = await work(tx);
      mayBeCommitted = true;
      return result;
    });
  } catch (error) {
    // After a failure of another kind, once there is something to commit, nobody knows whether it was; and a file too
    // many does no harm.
    if (!mayBeCommitted || error instanceof AppError) await discardFiles(ctx, keys);
    throw error;
  }
}

/**
 * Removes files that no row names any more. What cannot be removed is left to be swept: whoever asks has done what it
 * was to do.
 */
export async function discardFiles(ctx: Ctx, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await ctx.storage.delete(key).catch((error: unknown) => {
      ctx.log.warn({ err: error, key }, 'a file that no row names is left to be swept');
    });
  }
}

/** Those of the keys that rows name. */
export async function keysNamed(
  ctx: Pick<Ctx, 'em'>,
  { table, column }: NamedIn,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await sql<{ key: string }>`
    select distinct ${sql.ref(column)} as key from ${sql.table(table)}
    where ${sql.ref(column)} in (${sql.join([...keys])})`.execute(ctx.em.getKysely());
  return new Set(rows.map((row) => row.key));
}

const HOUR = 3_600_000;

/** Far longer than the time between storing a file and committing the row that names it. */
const ORPHANED_AFTER_MS = 24 * HOUR;

/** Keys that are looked up by one statement. */
const BATCH = 500;

/** Deletes files of a folder that no row names: of transactions that failed, and of processes that came to their end. */
export function sweepOrphans(name: string, folder: Folder, namedIn: NamedIn): Job<Ctx> {
  return {
    name,
    everyMs: 6 * HOUR,
    async run(ctx, stopping) {
      const before = new Date(ctx.clock.now().getTime() - ORPHANED_AFTER_MS);
      let count = 0;
      let batch: string[] = [];
      // All of the folder, however large: who began again at its beginning each time would never see its end.
      for await (const { key, storedAt } of ctx.storage.list(folder)) {
        if (stopping?.aborted) return count;
        if (storedAt >= before) continue;
        batch.push(key);
        if (batch.length < BATCH) continue;
        count += await sweep(ctx, namedIn, batch);
        batch = [];
      }
      return count + (await sweep(ctx, namedIn, batch));
    },
  };
}

async function sweep(ctx: Ctx, namedIn: NamedIn, keys: readonly string[]): Promise<number> {
  const named = await keysNamed(ctx, namedIn, [...new Set(keys.map(pictureKeyOf))]);
  const orphans = keys.filter((key) => !named.has(pictureKeyOf(key)));
  for (const key of orphans) await ctx.storage.delete(key);
  return orphans.length;
}

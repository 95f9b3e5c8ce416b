import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { pictureKeyOf } from '../../kernel/files.js';
import type { Job } from '../../kernel/ports.js';

const HOUR = 3_600_000;

/** Far longer than the time between storing a file and committing the row that names it. */
const ORPHANED_AFTER_MS = 24 * HOUR;

/** Keys that are looked up by one statement. */
const BATCH = 500;

/** Deletes pictures that no account shows: of transactions that failed, and of processes that came to their end. */
export const sweepAvatars: Job<Ctx> = {
  name: 'sweep-avatars',
  everyMs: 6 * HOUR,
  async run(ctx) {
    const before = new Date(ctx.clock.now().getTime() - ORPHANED_AFTER_MS);
    let count = 0;
    let batch: string[] = [];
    for await (const { key, storedAt } of ctx.storage.list('avatars')) {
      if (storedAt >= before) continue;
      batch.push(key);
      if (batch.length < BATCH) continue;
      count += await sweep(ctx, batch);
      batch = [];
    }
    return count + (await sweep(ctx, batch));
  },
};

async function sweep(ctx: Ctx, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const { rows } = await sql<{ avatar_key: string }>`
    select avatar_key from users where avatar_key in (${sql.join(keys.map(pictureKeyOf))})`.execute(
    ctx.em.getKysely(),
  );
  const shown = new Set(rows.map((row) => row.avatar_key));
  const orphans = keys.filter((key) => !shown.has(pictureKeyOf(key)));
  for (const key of orphans) await ctx.storage.delete(key);
  return orphans.length;
}

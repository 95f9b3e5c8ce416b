import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { countOf, inBatches } from '../../../kernel/jobs.js';
import type { Job, JobResult } from '../../../kernel/ports.js';
import { matchDue } from './matching.service.js';
import { tellNext } from './price-drop.service.js';

/** Drops that are found by one statement, and steps that one run takes with each; the next run takes the rest. */
const DROPS = 20;
const STEPS = 50;

/** What people are told of vehicles and searches that they have saved. */
export function savedJobs(everyMs: number): Job<Ctx>[] {
  return [
    { name: 'match-saved-searches', everyMs, run: matchDue },
    { name: 'tell-price-drops', everyMs, run: tellDrops },
  ];
}

/** One run. Returns how many people were told. */
export async function tellPriceDrops(ctx: Ctx): Promise<number> {
  return countOf(await tellDrops(ctx));
}

function tellDrops(ctx: Ctx, stopping?: AbortSignal): Promise<JobResult> {
  let after: DropRow | null = null;
  return inBatches(async () => {
    const drops = await nextDrops(ctx, after);
    after = drops.at(-1) ?? null;
    let count = 0;
    for (const { id } of drops) {
      // One that cannot be told must not keep the others waiting; the next run meets it again.
      try {
        count += await tellDrop(ctx, id);
      } catch (error) {
        ctx.log.error({ err: error, priceDrop: id }, 'a price drop could not be told');
      }
    }
    return { count, isFull: drops.length === DROPS };
  }, stopping);
}

interface DropRow {
  readonly id: string;
  readonly at: number | string;
}

async function nextDrops(ctx: Ctx, after: DropRow | null): Promise<DropRow[]> {
  const behind = after ? sql`where (created_at, id) > (${Number(after.at)}, ${after.id})` : sql``;
  const { rows } = await sql<DropRow>`
    select id, created_at as at from price_drops ${behind} order by created_at, id limit ${DROPS}`.execute(
    ctx.em.getKysely(),
  );
  return rows;
}

async function tellDrop(ctx: Ctx, id: string): Promise<number> {
  let count = 0;
  for (let step = 0; step < STEPS; step++) {
    const { told, goesOn } = await tellNext(ctx, id);
    count += told;
    if (!goesOn) break;
  }
  return count;
}

import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { Job } from '../../../kernel/ports.js';
import { matchSavedSearches } from './matching.service.js';
import { tellNext } from './price-drop.service.js';

/** Drops that one run takes on, and steps that it takes with each; the next run takes the rest. */
const DROPS = 500;
const STEPS = 50;

/** What people are told of vehicles and searches that they have saved. */
export function savedJobs(everyMs: number): Job<Ctx>[] {
  return [
    { name: 'match-saved-searches', everyMs, run: matchSavedSearches },
    { name: 'tell-price-drops', everyMs, run: tellPriceDrops },
  ];
}

export async function tellPriceDrops(ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from price_drops order by created_at, id limit ${DROPS}`.execute(ctx.em.getKysely());
  let count = 0;
  for (const { id } of rows) {
    // One that cannot be told must not keep the others waiting; the next run meets it again.
    try {
      count += await tellDrop(ctx, id);
    } catch (error) {
      ctx.log.error({ err: error, priceDrop: id }, 'a price drop could not be told');
    }
  }
  return count;
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

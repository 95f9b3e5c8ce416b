import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { type ListingFigures, Listings } from './listings.js';
import { method } from './market.rules.js';

/** One make and model: what is compared with each other. */
export interface Cohort {
  readonly makeKey: string;
  readonly modelKey: string;
}

/** A vehicle and its `updated_at` as it was read. */
export interface Seen {
  readonly id: string;
  readonly seen: number;
}

/** How old a comparison gets before all of a cohort is compared anew, for time alone moves it: sold ones drop out. */
const RATED_AFRESH_MS = 24 * 60 * 60_000;

/** Rows of a statement: some milliseconds, of which on SQLite nobody else has any. */
const PAGE = 1_000;

const REST_MS_AT_MOST = 100;

/** The cohorts in which something changed, and those that have waited a day; at most `limit` of each. */
export async function dueCohorts(ctx: Ctx, limit: number): Promise<Cohort[]> {
  const { rows: stale } = await sql<Cohort>`
    select distinct make_key as "makeKey", model_key as "modelKey" from vehicles where market_stale limit ${limit}`.execute(
    ctx.em.getKysely(),
  );
  const before = ctx.clock.now().getTime() - RATED_AFRESH_MS;
  const { rows: old } = await sql<Cohort>`
    select distinct o."makeKey", o."modelKey" from (
      select make_key as "makeKey", model_key as "modelKey" from vehicles
      where status = 'ACTIVE' and rated_at < ${before} order by rated_at limit ${limit}
    ) as o`.execute(ctx.em.getKysely());
  const known = new Map([...stale, ...old].map((cohort) => [JSON.stringify(cohort), cohort]));
  return [...known.values()];
}

/**
 * The listings on the market and those sold of late. They are read by price, page after page: one that changes its price
 * meanwhile may be met twice, and counts once, or be missed, and then it is still marked as changed.
 */
export async function readListings(ctx: Ctx, cohort: Cohort, stopping?: AbortSignal): Promise<Listings> {
  const listings = new Listings();
  for (const status of ['ACTIVE', 'SOLD'] as const) {
    let from = { askingPrice: -1, id: '00000000-0000-0000-0000-000000000000' };
    for (let isFull = true; isFull && !stopping?.aborted; ) {
      const startedAt = performance.now();
      const rows = await readPage(ctx, cohort, status, from);
      for (const { id, ...figures } of rows) listings.put(id, figures);
      from = rows.at(-1) ?? from;
      isFull = rows.length === PAGE;
      if (isFull) await giveWay(startedAt);
    }
  }
  return listings;
}

/** Of a make and model with many listings the half of the time is others', on the database as in this process. */
export async function giveWay(startedAt: number): Promise<void> {
  await pause(Math.min(REST_MS_AT_MOST, performance.now() - startedAt));
}

type ListingRow = { id: string } & ListingFigures & { askingPrice: number };

/** 64-bit integers come out of PostgreSQL as text, if they are not told to be numbers. */
async function readPage(
  ctx: Ctx,
  { makeKey, modelKey }: Cohort,
  status: 'ACTIVE' | 'SOLD',
  from: { askingPrice: number; id: string },
): Promise<ListingRow[]> {
  const now = ctx.clock.now().getTime();
  const { rows } = await sql<ListingRow>`
    select r.id, r.year, r.mileage, cast(r.asking_price as double precision) as "askingPrice",
      case when r.condition = 'NEW' then 1 else 0 end as "isNew",
      case when r.status = 'SOLD' then 1 else 0 end as "isSold",
      case when r.market_stale or coalesce(r.rated_at, 0) < ${now - RATED_AFRESH_MS} then 1 else 0 end as "isDue",
      cast(r.updated_at as double precision) as "updatedAt",
      cast(r.market_value as double precision) as "marketValue", r.comparable_count as "comparableCount"
    from vehicles as r
    where r.status = ${status} and r.make_key = ${makeKey} and r.model_key = ${modelKey}
      and (r.asking_price, r.id) > (${from.askingPrice}, ${from.id})
      ${status === 'SOLD' ? sql`and r.sold_at >= ${now - method.soldWithinMs}` : sql``}
    order by r.asking_price, r.id limit ${PAGE}`.execute(ctx.em.getKysely());
  return rows;
}

/** What else of the cohort counts as changed; at most `limit`. */
export async function readOthers(ctx: Ctx, { makeKey, modelKey }: Cohort, limit: number): Promise<Seen[]> {
  const { rows } = await sql<Seen>`
    select r.id, cast(r.updated_at as double precision) as seen from vehicles as r
    where r.make_key = ${makeKey} and r.model_key = ${modelKey} and r.market_stale and r.status <> 'ACTIVE'
    limit ${limit}`.execute(ctx.em.getKysely());
  return rows;
}

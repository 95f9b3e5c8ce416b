import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Ctx } from '../../../kernel/context.js';
import { jsonRows } from '../../../kernel/json-rows.js';
import type { Cents } from '../../../kernel/money.js';
import { write } from '../../../kernel/unit-of-work.js';
import { type Deal, dealOf, type Estimate, estimatesOf, type MarketListing, method } from './market.rules.js';

/** One make and model: what is compared with each other. */
export interface Cohort {
  readonly makeKey: string;
  readonly modelKey: string;
}

/** How old a comparison gets before all of a cohort is compared anew, for time alone moves it: sold ones drop out. */
const RATED_AFRESH_MS = 24 * 60 * 60_000;

/** A new figure replaces an old one from here on, in hundredths of a percent; less is not worth a write of every listing. */
const WORTH_A_WRITE = 100;

const WRITTEN_AT_ONCE = 500;

interface Listed extends MarketListing {
  readonly updatedAt: number;
  readonly ratedAt: number | null;
  readonly isStale: boolean;
  readonly marketValue: Cents | null;
  readonly comparableCount: number;
}

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
 * Compares the listings of a make and model with each other and writes down what comes of it where it says something new.
 * Two that do it at once write the same. Returns how many listings were written.
 */
export async function rateCohort(ctx: Ctx, cohort: Cohort): Promise<number> {
  const now = ctx.clock.now().getTime();
  const { active, sold, others } = await readCohort(ctx, cohort, now);
  const estimates = estimatesOf(active, sold);
  const ratings = active.flatMap((listing): Rating[] => {
    const estimate = estimates.get(listing.id) as Estimate;
    const isDue = listing.isStale || listing.ratedAt === null || listing.ratedAt < now - RATED_AFRESH_MS;
    if (!isDue && !isNews(listing, estimate)) return [];
    const { id, updatedAt: seen, askingPrice } = listing;
    return [{ id, seen, askingPrice, ...estimate, ...dealOf(askingPrice, estimate.marketValue) }];
  });
  for (let at = 0; at < ratings.length; at += WRITTEN_AT_ONCE) {
    await writeRatings(ctx, ratings.slice(at, at + WRITTEN_AT_ONCE), now);
  }
  await settle(ctx, others);
  return ratings.length;
}

function isNews(listing: Listed, { marketValue: value, comparableCount: count }: Estimate): boolean {
  if (value === null || listing.marketValue === null) return value !== listing.marketValue;
  // While a make and model fills up, every listing would be written for each that comes to it.
  if (count >= 2 * listing.comparableCount || 2 * count <= listing.comparableCount) return true;
  return Math.abs(value - listing.marketValue) * 10_000 >= WORTH_A_WRITE * listing.marketValue;
}

interface CohortRow {
  id: string;
  year: number;
  mileage: number;
  price: number | string;
  condition: string;
  status: string;
  updated_at: number | string;
  rated_at: number | string | null;
  market_value: number | string | null;
  comparable_count: number;
  market_stale: boolean | number;
}

/** The listings on the market, those sold of late, and what else of the cohort still counts as changed. */
async function readCohort(ctx: Ctx, { makeKey, modelKey }: Cohort, now: number) {
  const kysely = ctx.em.getKysely();
  const { rows } = await sql<CohortRow>`
    select r.id, r.year, r.mileage, r.asking_price as price, r.condition, r.status, r.updated_at, r.rated_at,
      r.market_value, r.comparable_count, r.market_stale
    from vehicles as r
    where r.status in ('ACTIVE', 'SOLD') and r.make_key = ${makeKey} and r.model_key = ${modelKey}
      and (r.status = 'ACTIVE' or r.sold_at >= ${now - method.soldWithinMs})`.execute(kysely);
  const { rows: others } = await sql<{ id: string; seen: number | string }>`
    select r.id, r.updated_at as seen from vehicles as r
    where r.make_key = ${makeKey} and r.model_key = ${modelKey} and r.market_stale and r.status <> 'ACTIVE'`.execute(
    kysely,
  );
  const of = (status: string) => rows.filter((row) => row.status === status).map(listedOf);
  return {
    active: of('ACTIVE'),
    sold: of('SOLD'),
    others: others.map(({ id, seen }) => ({ id, seen: Number(seen) })),
  };
}

function listedOf(row: CohortRow): Listed {
  const orNull = (value: number | string | null) => (value === null ? null : Number(value));
  return {
    id: row.id,
    year: row.year,
    mileage: row.mileage,
    askingPrice: Number(row.price),
    isNew: row.condition === 'NEW',
    updatedAt: Number(row.updated_at),
    ratedAt: orNull(row.rated_at),
    isStale: Boolean(row.market_stale),
    marketValue: orNull(row.market_value),
    comparableCount: row.comparable_count,
  };
}

interface Rating extends Estimate, Deal {
  readonly id: string;
  /** `updated_at` and price as they were read: a listing that was changed since is looked at once more. */
  readonly seen: number;
  readonly askingPrice: Cents;
}

/**
 * By id, as everybody locks several vehicles. A saved search may filter by the rating: a new one may match anew. Where nobody
 * has any, it saves the writes of those who would look.
 */
async function writeRatings(ctx: Ctx, ratings: readonly Rating[], now: number): Promise<void> {
  const sorted = [...ratings].sort((one, other) => (one.id < other.id ? -1 : 1));
  await write(ctx, async (tx) => {
    const columns = {
      id: 'uuid',
      seen: 'bigint',
      askingPrice: 'bigint',
      marketValue: 'bigint',
      comparableCount: 'integer',
      dealRating: 'text',
      dealRank: 'integer',
    } as const;
    await sql`
      update vehicles set market_value = n."marketValue", comparable_count = n."comparableCount",
        match_due = case
          when coalesce(n."dealRating", '') <> coalesce(deal_rating, '') and exists (select 1 from saved_searches)
          then ${uuidv7()} else match_due end,
        deal_rating = n."dealRating", deal_rank = n."dealRank", rated_at = ${now}, market_stale = false
      from ${jsonRows(tx.em, 'n', columns, sorted)}
      where vehicles.id = n.id and vehicles.updated_at = n.seen and vehicles.asking_price = n."askingPrice"`.execute(
      tx.em.getKysely(),
    );
  });
}

/** What is not on the market has been counted with, or no longer; it need not be looked at again until it changes. */
async function settle(ctx: Ctx, others: ReadonlyArray<Pick<Rating, 'id' | 'seen'>>): Promise<void> {
  if (others.length === 0) return;
  await write(ctx, async (tx) => {
    await sql`
      update vehicles set market_stale = false from ${jsonRows(tx.em, 'n', { id: 'uuid', seen: 'bigint' }, others)}
      where vehicles.id = n.id and vehicles.updated_at = n.seen`.execute(tx.em.getKysely());
  });
}

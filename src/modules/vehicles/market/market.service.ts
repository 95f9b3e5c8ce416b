import { setImmediate as otherWork } from 'node:timers/promises';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Ctx } from '../../../kernel/context.js';
import { jsonRows } from '../../../kernel/json-rows.js';
import type { Cents } from '../../../kernel/money.js';
import { write } from '../../../kernel/unit-of-work.js';
import { type Estimate, valuedYears } from './estimates.js';
import type { Listings } from './listings.js';
import { type Cohort, giveWay, readListings, readOthers, type Seen } from './market.reads.js';
import { type Deal, dealOf } from './market.rules.js';

/** A new figure replaces an old one from here on, in hundredths of a percent; less is not worth a write of every listing. */
const WORTH_A_WRITE = 100;

const WRITTEN_AT_ONCE = 500;

/** Of what is not on the market; what there is beyond it is left to the next run. */
const SETTLED_AT_MOST = 5_000;

/** Looked at before others have their turn. */
const VALUED_AT_ONCE = 2_000;

/**
 * Compares the listings of a make and model with each other and writes down what comes of it where it says something new.
 * Two that do it at once write the same. Where it is stopped, it leaves what is not yet written marked. Returns how many
 * listings were written.
 */
export async function rateCohort(ctx: Ctx, cohort: Cohort, stopping?: AbortSignal): Promise<number> {
  const now = ctx.clock.now().getTime();
  // Before the others: what leaves the market from now on has not been counted with, and stays marked.
  const others = await readOthers(ctx, cohort, SETTLED_AT_MOST);
  const listings = await readListings(ctx, cohort, stopping);
  const count = await writeNews(ctx, listings, now, stopping).finally(() => listings.letGo());
  for (let at = 0; at < others.length && !stopping?.aborted; at += WRITTEN_AT_ONCE) {
    await settle(ctx, others.slice(at, at + WRITTEN_AT_ONCE));
  }
  return count;
}

async function writeNews(ctx: Ctx, listings: Listings, now: number, stopping?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const ratings of newsOf(listings)) {
    if (stopping?.aborted) break;
    const startedAt = performance.now();
    await writeRatings(ctx, ratings, now);
    count += ratings.length;
    if (ratings.length === WRITTEN_AT_ONCE) await giveWay(startedAt);
  }
  return count;
}

interface Rating extends Seen, Estimate, Deal {
  /** A listing that was changed since it was read is looked at once more. */
  readonly askingPrice: Cents;
}

/** What is to be written of the listings, as much at once as is written at once; others have their turn in between. */
async function* newsOf(listings: Listings): AsyncGenerator<Rating[]> {
  const isDue = listings.column('isDue');
  const isNews = newsworthinessOf(listings);
  let ratings: Rating[] = [];
  let looked = 0;
  for (const { places, estimate } of valuedYears(listings)) {
    await otherWork();
    for (const place of places) {
      if (++looked % VALUED_AT_ONCE === 0) await otherWork();
      const found = estimate(place);
      if (isDue[place] === 0 && !isNews(place, found)) continue;
      if (ratings.push(ratingOf(listings, place, found)) < WRITTEN_AT_ONCE) continue;
      yield ratings;
      ratings = [];
    }
  }
  if (ratings.length > 0) yield ratings;
}

function ratingOf(listings: Listings, place: number, found: Estimate): Rating {
  const askingPrice = listings.column('askingPrice')[place] as number;
  const seen = listings.column('updatedAt')[place] as number;
  const id = listings.ids[place] as string;
  return { id, seen, askingPrice, ...found, ...dealOf(askingPrice, found.marketValue) };
}

function newsworthinessOf(listings: Listings): (place: number, estimate: Estimate) => boolean {
  const values = listings.column('marketValue');
  const counts = listings.column('comparableCount');
  return (place, { marketValue: value, comparableCount: count }) => {
    const [oldValue, oldCount] = [values[place] as number, counts[place] as number];
    if (value === null || Number.isNaN(oldValue)) return (value === null) !== Number.isNaN(oldValue);
    // While a make and model fills up, every listing would be written for each that comes to it.
    if (count >= 2 * oldCount || 2 * count <= oldCount) return true;
    return Math.abs(value - oldValue) * 10_000 >= WORTH_A_WRITE * oldValue;
  };
}

/**
 * By id, as everybody locks several vehicles. A saved search may filter by the rating: a new one may match anew. Where nobody
 * has any, it saves the writes of those who would look.
 */
async function writeRatings(ctx: Ctx, ratings: readonly Rating[], now: number): Promise<void> {
  const sorted = ratings.toSorted((one, other) => (one.id < other.id ? -1 : 1));
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
async function settle(ctx: Ctx, others: readonly Seen[]): Promise<void> {
  await write(ctx, async (tx) => {
    await sql`
      update vehicles set market_stale = false from ${jsonRows(tx.em, 'n', { id: 'uuid', seen: 'bigint' }, others)}
      where vehicles.id = n.id and vehicles.updated_at = n.seen`.execute(tx.em.getKysely());
  });
}

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Ctx } from '../../../kernel/context.js';
import { countOf, inBatches } from '../../../kernel/jobs.js';
import type { JobResult } from '../../../kernel/ports.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdLivingAccounts } from '../../accounts/index.js';
import { Vehicle } from '../vehicle.entity.js';
import { Batch, type Pair } from './matching.js';
import { type DueListing, readDue, readSearches } from './matching.reads.js';
import { SavedSearchMatched } from './saved.events.js';
import { SavedSearch } from './saved-search.entity.js';
import { Spellings } from './spellings.js';

const LISTINGS = 500;
const SEARCHES = 1_000;
/** Matches that are written in one transaction. */
const PAIRS = 200;

/**
 * Finds which saved searches are newly matched, and tells their owners. Counts matches. Any number of processes may be
 * at it at once: a match is stored once for ever, together with the notice of it.
 */
export function matchDue(ctx: Ctx, stopping?: AbortSignal): Promise<JobResult> {
  const spellings = new Spellings(ctx.em);
  let after: string | null = null;
  return inBatches(async () => {
    const listings = await readDue(ctx, after, LISTINGS);
    after = listings.at(-1)?.id ?? null;
    const count = listings.length > 0 ? await matchAll(ctx, listings, spellings) : 0;
    return { count, isFull: listings.length === LISTINGS };
  }, stopping);
}

/** One run. Returns the number of matches. */
export async function matchSavedSearches(ctx: Ctx): Promise<number> {
  return countOf(await matchDue(ctx));
}

async function matchAll(ctx: Ctx, listings: readonly DueListing[], spellings: Spellings): Promise<number> {
  const batch = new Batch(listings);
  const newest = listings
    .map(({ due }) => due)
    .toSorted()
    .at(-1) as string;
  const postponed = new Set<DueListing>();
  let count = 0;
  let after: string | null = null;
  for (;;) {
    const searches = await readSearches(ctx, after, newest, SEARCHES);
    const pairs = await batch.pairs(searches, spellings);
    for (let from = 0; from < pairs.length; from += PAIRS) {
      const fresh = await unknown(ctx, pairs.slice(from, from + PAIRS));
      if (fresh.length > 0) count += await keepOrPostpone(ctx, fresh, postponed);
    }
    if (searches.length < SEARCHES) break;
    after = searches.at(-1)?.id ?? null;
  }
  await settle(
    ctx,
    listings.filter((listing) => !postponed.has(listing)),
  );
  return count;
}

/** Those that have not been stored before, as far as can be seen: who edits a vehicle matches the same searches again. */
async function unknown(ctx: Ctx, pairs: readonly Pair[]): Promise<Pair[]> {
  const { rows } = await sql<{ search_id: string; vehicle_id: string }>`
    select search_id, vehicle_id from saved_search_matches
    where vehicle_id in (${sql.join(unique(pairs.map(({ listing }) => listing.id)))})
      and search_id in (${sql.join(unique(pairs.map(({ searchId }) => searchId)))})`.execute(
    ctx.em.getKysely(),
  );
  const known = new Set(rows.map((row) => keyOf(row.search_id, row.vehicle_id)));
  return pairs.filter(({ searchId, listing }) => !known.has(keyOf(searchId, listing.id)));
}

/** A listing whose matches cannot be stored must not keep the others waiting; the next run meets it again. */
async function keepOrPostpone(ctx: Ctx, pairs: readonly Pair[], postponed: Set<DueListing>): Promise<number> {
  try {
    return await keep(ctx, pairs, postponed);
  } catch (error) {
    const byListing = [...Map.groupBy(pairs, ({ listing }) => listing)];
    const [first] = byListing;
    if (byListing.length === 1 && first) {
      ctx.log.error({ err: error, vehicle: first[0].id }, 'the matches of a listing could not be stored');
      postponed.add(first[0]);
      return 0;
    }
    // Without a database there is nothing to try one by one: then this rejects, and with it the run.
    await sql`select 1`.execute(ctx.em.getKysely());
    let count = 0;
    for (const [, own] of byListing) count += await keepOrPostpone(ctx, own, postponed);
    return count;
  }
}

/**
 * Stores matches and tells of those that nobody has stored before, in one transaction. Accounts are held first, then
 * searches, then vehicles, of which those that somebody else holds, or has changed, are left for another time.
 */
function keep(ctx: Ctx, pairs: readonly Pair[], postponed: Set<DueListing>): Promise<number> {
  return write(ctx, async (tx) => {
    const living = await holdLivingAccounts(
      tx,
      pairs.map(({ userId }) => userId),
    );
    const searches = await holdSearches(tx, unique(pairs.map(({ searchId }) => searchId)));
    const asSeen = await lockAsSeen(tx, unique(pairs.map(({ listing }) => listing)));
    const valid: Pair[] = [];
    for (const pair of pairs) {
      if (!asSeen.has(pair.listing)) postponed.add(pair.listing);
      else if (living.has(pair.userId) && searches.has(pair.searchId)) valid.push(pair);
    }
    const stored = await store(tx, valid);
    await tell(tx, stored, searches);
    return stored.length;
  });
}

async function holdSearches(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, SavedSearch>> {
  const found = await tx.em.find(
    SavedSearch,
    { id: { $in: [...ids] } },
    { lockMode: LockMode.PESSIMISTIC_READ, orderBy: { id: 'asc' } },
  );
  return new Map(found.map((search) => [search.id, search]));
}

/** Locks those that are still on the market and as they were when they were read. */
async function lockAsSeen(tx: Tx, listings: readonly DueListing[]): Promise<ReadonlySet<DueListing>> {
  const rows = await tx.em
    .createQueryBuilder(Vehicle, 'v')
    .select(['id', 'matchDue'])
    .where({ id: { $in: listings.map(({ id }) => id) }, status: 'ACTIVE' })
    .orderBy({ id: 'asc' })
    .setLockMode(LockMode.PESSIMISTIC_PARTIAL_WRITE)
    .execute<Array<{ id: string; matchDue: string | null }>>('all');
  const due = new Map(rows.map(({ id, matchDue }) => [id, matchDue]));
  return new Set(listings.filter((listing) => due.get(listing.id) === listing.due));
}

/** Returns those that were not there before. */
async function store(tx: Tx, pairs: readonly Pair[]): Promise<Pair[]> {
  if (pairs.length === 0) return [];
  const now = tx.clock.now().getTime();
  const rows = pairs.map(
    ({ searchId, listing }) => sql`(${uuidv7()}, ${now}, ${now}, ${searchId}, ${listing.id})`,
  );
  const { rows: added } = await sql<{ search_id: string; vehicle_id: string }>`
    insert into saved_search_matches (id, created_at, updated_at, search_id, vehicle_id)
    values ${sql.join(rows)} on conflict (search_id, vehicle_id) do nothing
    returning search_id, vehicle_id`.execute(tx.em.getKysely());
  const news = new Set(added.map((row) => keyOf(row.search_id, row.vehicle_id)));
  return pairs.filter(({ searchId, listing }) => news.has(keyOf(searchId, listing.id)));
}

async function tell(
  tx: Tx,
  matches: readonly Pair[],
  searches: ReadonlyMap<string, SavedSearch>,
): Promise<void> {
  const ids = unique(matches.map(({ listing }) => listing.id));
  const vehicles = new Map((await tx.em.find(Vehicle, { id: { $in: ids } })).map((each) => [each.id, each]));
  for (const { searchId, userId, listing } of matches) {
    const { name, alertsEnabled } = searches.get(searchId) as SavedSearch;
    if (!alertsEnabled) continue;
    await tx.happened(new SavedSearchMatched(userId, name, vehicles.get(listing.id) as Vehicle));
  }
}

/** Nothing is due to these any more, unless they have changed again. */
async function settle(ctx: Ctx, listings: readonly DueListing[]): Promise<void> {
  if (listings.length === 0) return;
  await write(ctx, async (tx) => {
    const asSeen = [...(await lockAsSeen(tx, listings))];
    if (asSeen.length === 0) return;
    await sql`update vehicles set match_due = null where id in (${sql.join(asSeen.map(({ id }) => id))})`.execute(
      tx.em.getKysely(),
    );
  });
}

function keyOf(searchId: string, vehicleId: string): string {
  return `${searchId} ${vehicleId}`;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

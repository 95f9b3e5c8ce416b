import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { isPostgres, jsonRows } from '../../../kernel/json-rows.js';
import { Vehicle } from '../vehicle.entity.js';
import { kindOf } from '../vehicle.kind.js';
import { searchTermsOf } from './search-terms.js';

/** Listings that are read and written at once. */
const BATCH = 500;

/** Batches of one run: 10,000 listings in a second or two. */
const BATCHES = 20;

/** Gives their words and their kind to listings without words, and returns to how many. Every listing has a year, so none is met twice. */
export async function indexListings(ctx: Pick<Ctx, 'em'>): Promise<number> {
  let count = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const indexed = await indexBatch(ctx);
    count += indexed;
    if (indexed < BATCH) break;
  }
  return count;
}

async function indexBatch({ em }: Pick<Ctx, 'em'>): Promise<number> {
  const db = em.getKysely();
  // A literal: the planner then takes the index of exactly these rows.
  const { rows } = await sql<{ id: string }>`
    select id from vehicles where search_terms = '' order by id limit ${BATCH}`.execute(db);
  if (rows.length === 0) return 0;
  const listings = await em.find(
    Vehicle,
    { id: { $in: rows.map(({ id }) => id) } },
    { fields: [...READ], disableIdentityMap: true },
  );
  const indexed = listings.map((listing) => ({
    id: listing.id,
    terms: searchTermsOf(listing),
    kind: kindOf(listing),
  }));
  const table = jsonRows(em, 't', { id: 'uuid', terms: 'text', kind: 'bigint' }, indexed);
  const value = isPostgres(em) ? sql`t.terms::tsvector` : sql`t.terms`;
  // What was revised meanwhile has its words by now, and newer ones.
  await sql`update vehicles set search_terms = ${value}, kind = t.kind from ${table}
    where vehicles.id = t.id and vehicles.search_terms = ''`.execute(db);
  return indexed.length;
}

const READ = [
  'make',
  'model',
  'makeKey',
  'modelKey',
  'year',
  'trim',
  'bodyType',
  'fuelType',
  'exteriorColor',
  'features',
  'description',
] as const;

import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { inBatches } from '../../../kernel/jobs.js';
import { isPostgres, jsonRows } from '../../../kernel/json-rows.js';
import type { JobResult } from '../../../kernel/ports.js';
import { Vehicle } from '../vehicle.entity.js';
import { kindOf } from '../vehicle.kind.js';
import { searchTermsOf } from './search-terms.js';

/** Listings that are read and written at once. */
const BATCH = 500;

/** Gives their words and their kind to listings without words, and counts them. Every listing has a year, so none is met twice. */
export function indexListings(ctx: Pick<Ctx, 'em'>, stopping?: AbortSignal): Promise<JobResult> {
  return inBatches(async () => {
    const count = await indexBatch(ctx);
    return { count, isFull: count === BATCH };
  }, stopping);
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

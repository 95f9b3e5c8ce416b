import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import type { VehicleFilter } from '../vehicle.inputs.js';
import { filterOf, type StoredFilter } from './filter-json.js';
import type { Listing } from './search-match.js';

/** A vehicle on the market that may newly match. */
export interface DueListing extends Listing {
  readonly id: string;
  /** See Vehicle.matchDue. */
  readonly due: string;
  /** When its dealer last changed it. */
  readonly changedAt: number;
  /** The account behind its dealer. */
  readonly ownerId: string;
  /** Its words, as searchTermsOf has them. */
  readonly terms: string;
}

export interface KeptSearch {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly filter: VehicleFilter;
}

type DueRow = Omit<DueListing, 'askingPrice' | 'changedAt' | 'place'> & {
  readonly askingPrice: number | string;
  readonly changedAt: number | string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly closedAt: number | string | null;
};

/** What is on the market and may newly match, by id. */
export async function readDue(ctx: Ctx, after: string | null, limit: number): Promise<DueListing[]> {
  const { rows } = await sql<DueRow>`
    select v.id, v.match_due as "due", v.updated_at as "changedAt", d.user_id as "ownerId",
      v.make_key as "makeKey", v.model_key as "modelKey", v.year, v.asking_price as "askingPrice", v.mileage,
      v.body_type as "bodyType", v.fuel_type as "fuelType", v.transmission, v.drivetrain, v.condition,
      v.deal_rating as "dealRating", v.dealer_id as "dealerId", d.state, d.latitude, d.longitude,
      d.closed_at as "closedAt", cast(v.search_terms as text) as "terms"
    from vehicles as v join dealers as d on d.id = v.dealer_id
    where v.status = 'ACTIVE' and v.match_due is not null ${after === null ? sql`` : sql`and v.id > ${after}`}
    order by v.id limit ${limit}`.execute(ctx.em.getKysely());
  return rows.map(({ latitude, longitude, closedAt, ...row }) => ({
    ...row,
    askingPrice: Number(row.askingPrice),
    changedAt: Number(row.changedAt),
    place: latitude === null || longitude === null || closedAt !== null ? null : { latitude, longitude },
  }));
}

/** Searches of living accounts that were made before a change, by id. */
export async function readSearches(
  ctx: Ctx,
  after: string | null,
  before: string,
  limit: number,
): Promise<KeptSearch[]> {
  const { rows } = await sql<{
    id: string;
    userId: string;
    createdAt: number | string;
    filter: StoredFilter | string;
  }>`
    select s.id, s.user_id as "userId", s.created_at as "createdAt", s.filter
    from saved_searches as s join users as u on u.id = s.user_id
    where u.deleted_at is null and s.id < ${before} ${after === null ? sql`` : sql`and s.id > ${after}`}
    order by s.id limit ${limit}`.execute(ctx.em.getKysely());
  return rows.map(({ filter, createdAt, ...row }) => ({
    ...row,
    createdAt: Number(createdAt),
    filter: filterOf(typeof filter === 'string' ? (JSON.parse(filter) as StoredFilter) : filter),
  }));
}

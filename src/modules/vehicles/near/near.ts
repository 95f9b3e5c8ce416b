import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { badInput } from '../../../kernel/errors.js';
import type { Circle } from '../../../kernel/geo.js';
import { isPostgres } from '../../../kernel/json-rows.js';
import type { Computed } from '../../../kernel/reads.js';
import { dealersWithin } from '../../dealers/index.js';

/** About as far as it is around the earth: more would only be a mistake. */
const MAX_RADIUS_MILES = 25_000;

/** Integers sort and compare alike on both databases and in a cursor; a millionth of a mile is 1.6 mm. */
const PARTS_OF_A_MILE = 1_000_000;

/** The narrowing to what is within a circle, and how far each row is from its centre. */
export interface Near {
  readonly join: RawBuilder<unknown>;
  readonly distance: Computed;
  readonly isEmpty: boolean;
}

interface Place {
  readonly dealerId: string;
  readonly distance: number;
}

/**
 * Finds the dealers of a circle, and joins them to a list of vehicles with their distances. BAD_USER_INPUT on `near` for
 * what is no circle on earth.
 */
export async function nearOf(ctx: Ctx, circle: Circle): Promise<Near> {
  const faults = faultsOf(circle);
  if (faults.length > 0) throw badInput({ near: faults });
  const dealers = await dealersWithin(ctx, circle);
  const places = dealers.map(({ id, miles }) => ({
    dealerId: id,
    distance: Math.round(miles * PARTS_OF_A_MILE),
  }));
  return {
    join: joinOf(ctx.em, places),
    distance: { name: 'distance', value: sql.ref('near.distance') },
    isEmpty: places.length === 0,
  };
}

/** Places as a join, in few parameters however many they are. */
function joinOf(em: SqlEntityManager, places: readonly Place[]): RawBuilder<unknown> {
  return isPostgres(em) ? postgresJoin(places) : sqliteJoin(places);
}

/** It knows how many rows there are in its arrays, and that they come nearest first: it stops at those that fill a page. */
function postgresJoin(places: readonly Place[]): RawBuilder<unknown> {
  const ids = places.map(({ dealerId }) => dealerId);
  const distances = places.map(({ distance }) => distance);
  return sql`join (
      select * from unnest(${ids}::uuid[], ${distances}::bigint[]) as places(dealer_id, distance) order by distance
    ) as near on near.dealer_id = r.dealer_id`;
}

/**
 * It knows nothing of what is in a JSON. As texts, the ids get an index of their own for the statement's time, and the list
 * of them lets it begin with the index by dealer.
 */
function sqliteJoin(places: readonly Place[]): RawBuilder<unknown> {
  const pairs = JSON.stringify(places.map(({ dealerId, distance }) => [dealerId, distance]));
  return sql`join (
      with places as materialized (
        select cast(value ->> 0 as text) as dealer_id, value ->> 1 as distance from json_each(${pairs})
      ) select * from places
    ) as near on near.dealer_id = r.dealer_id and r.dealer_id in (select value ->> 0 from json_each(${pairs}))`;
}

/** `Vehicle.distanceMiles` of a row that was read with `distance`. To a hundredth of a mile, 53 feet. */
export function milesOf(distance: number): number {
  return Math.round(distance / (PARTS_OF_A_MILE / 100)) / 100;
}

/** Why a circle cannot be, in words. */
export function faultsOf({ latitude, longitude, radiusMiles }: Circle): string[] {
  const within = (value: number, bound: number) => Math.abs(value) <= bound;
  return [
    ...(within(latitude, 90) ? [] : ['Ensure that latitude is between -90 and 90.']),
    ...(within(longitude, 180) ? [] : ['Ensure that longitude is between -180 and 180.']),
    ...(radiusMiles > 0 && radiusMiles <= MAX_RADIUS_MILES
      ? []
      : [`Ensure that radiusMiles is more than 0 and at most ${MAX_RADIUS_MILES}.`]),
  ];
}

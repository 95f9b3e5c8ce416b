import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { isPostgres } from '../../../kernel/json-rows.js';
import { defineLoader } from '../../../kernel/loader.js';
import type { Condition } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { conditionsOf, type Narrowing, unnarrowed, wholeOf, without } from '../vehicle.filter.js';
import type { VehicleFacets } from './facets.payloads.js';
import { rollUp } from './facets.rollup.js';
import { countedFacets, type FacetName, facetNames, isCounted, ownFilters } from './facets.rules.js';
import { type CountedRows, type FacetRow, facetsStatement } from './facets.statement.js';
import { readKinds } from './kinds.reads.js';

/** Reads the facets of a list, as far as a selection asks for them. */
export type FacetsSource = (ctx: Ctx, selection: Selection) => Promise<VehicleFacets>;

/** A list whose facets can be told. */
export interface FacetedList {
  readonly where: readonly Condition[];
  /** What the client has narrowed it by, of which each facet leaves its own part out. */
  readonly narrowing?: Narrowing;
  /** A join of the list's own, besides that of the narrowing. */
  readonly join?: RawBuilder<unknown>;
  /** Whether all of it is on the market. */
  readonly onTheMarket?: boolean;
}

/** The facets of one list. */
export function facetsOfList(list: FacetedList): FacetsSource {
  return async (ctx, selection) => {
    const facets = list.narrowing?.isEmpty ? [] : facetsIn(selection);
    if (facets.length === 0) return facetsFrom([]);
    // SQLite finds the few rows only where it guesses the right index.
    const isByRows = isPostgres(ctx.em) && isNarrow(list, facets);
    const read = isToldByKinds(list) && !isByRows ? readByKinds : readFacets;
    return facetsFrom(await read(ctx, list, facets));
  };
}

/** The facets of what a dealer has on the market; those of all dealers of a field are read together. */
export function facetsOfDealer(dealerId: string): FacetsSource {
  return (ctx, selection) => ctx.loaders.of(ctx, facetsByDealer(selection), selection).load(dealerId);
}

function facetsByDealer(selection: Selection) {
  return defineLoader<string, VehicleFacets>(async (ctx, ids) => {
    const where = [sql`r.status = 'ACTIVE'`, sql`r.dealer_id in (${sql.join([...ids])})`];
    const rows = await readFacets(ctx, { where }, facetsIn(selection), sql`r.dealer_id`);
    const byDealer = Map.groupBy(rows, ({ apart }) => apart);
    return ids.map((id) => facetsFrom(byDealer.get(id) ?? []));
  });
}

function facetsIn(selection: Selection): FacetName[] {
  return facetNames.filter((name) => selection.has(name));
}

/** On the market, and narrowed by nothing but what a kind tells, the price and a circle. */
function isToldByKinds({ onTheMarket, narrowing, join }: FacetedList): boolean {
  return !!onTheMarket && !join && (narrowing?.parts ?? []).every(({ field }) => OWN.has(field));
}

const OWN: ReadonlySet<string> = new Set(Object.values(ownFilters).flat());

/** Whether a make or a model stays in the filter of every facet: then reading the few rows there are takes less. */
function isNarrow({ narrowing }: FacetedList, facets: readonly FacetName[]): boolean {
  return facets.every((facet) => {
    const own: readonly string[] = ownFilters[facet];
    return narrowing?.parts.some((part) => part.isNarrow && !own.includes(part.field)) ?? false;
  });
}

/** One statement, whatever the facets and the filter. */
async function readByKinds(
  ctx: Ctx,
  { narrowing = unnarrowed }: FacetedList,
  facets: readonly FacetName[],
): Promise<FacetRow[]> {
  const { parts, join } = narrowing;
  const prices = conditionsOf({ ...narrowing, parts: parts.filter(({ holdsFor }) => !holdsFor) });
  return rollUp(await readKinds(ctx, { join, prices }), parts, facets);
}

/** One statement for all facets whose own filter is not set, and one for each other: six at most, whatever the rows. */
async function readFacets(
  ctx: Ctx,
  list: FacetedList,
  facets: readonly FacetName[],
  apart?: RawBuilder<unknown>,
): Promise<FacetRow[]> {
  const narrowing = list.narrowing ?? unnarrowed;
  const narrowed = new Set<string>(narrowing.parts.map(({ field }) => field));
  const isAlone = (facet: FacetName) => ownFilters[facet].some((field) => narrowed.has(field));
  const together = Map.groupBy(facets, (facet) => (isAlone(facet) ? facet : 'all'));
  const statements = [...together.values()].map(async (names) => {
    const alone = names.find(isAlone);
    const rows: CountedRows = {
      where: [...list.where, ...wholeOf(alone ? without(narrowing, ownFilters[alone]) : narrowing)],
      join: sql`${narrowing.join ?? sql``} ${list.join ?? sql``}`,
      apart,
      onTheMarket: list.onTheMarket ?? false,
    };
    return (await facetsStatement(names, rows).execute(ctx.em.getKysely())).rows;
  });
  return (await Promise.all(statements)).flat();
}

function facetsFrom(rows: readonly FacetRow[]): VehicleFacets {
  const facets: VehicleFacets = {
    makes: [],
    models: [],
    bodyTypes: [],
    fuelTypes: [],
    years: [],
    price: { min: null, max: null },
  };
  for (const { facet, value, count, low, high } of rows) {
    if (isCounted(facet)) facets[facet].push({ value: value ?? '', count: Number(count) });
    else facets.price = { min: centsOf(low), max: centsOf(high) };
  }
  for (const facet of facetNames.filter(isCounted)) facets[facet].sort(countedFacets[facet].order);
  return facets;
}

function centsOf(value: FacetRow['low']): number | null {
  return value === null ? null : Number(value);
}

import type { FilterPart } from '../vehicle.filter.js';
import { compareNames } from '../vehicle.names.js';
import { type CountedName, countedFacets, type FacetName, isCounted, ownFilters } from './facets.rules.js';
import type { FacetRow } from './facets.statement.js';
import type { CountedKind } from './kinds.reads.js';

/** What a facet counts a kind under, and how that is spelled; null where the kind does not tell. */
const values: Readonly<Record<CountedName, (kind: CountedKind) => readonly [string, string] | null>> = {
  makes: ({ makeKey, make }) => [makeKey, make],
  models: ({ modelKey, model }) => [modelKey, model],
  bodyTypes: ({ bodyType }) => bodyType && [bodyType, bodyType],
  fuelTypes: ({ fuelType }) => fuelType && [fuelType, fuelType],
  years: ({ year }) => [String(year), String(year)],
};

/** The facets of the kinds that fulfil a filter, of which each leaves its own part out. */
export function rollUp(
  kinds: readonly CountedKind[],
  parts: readonly FilterPart[],
  facets: readonly FacetName[],
): FacetRow[] {
  return facets.flatMap((facet) => {
    const own: readonly string[] = ownFilters[facet];
    const asked = parts.filter(({ field }) => !own.includes(field));
    const found = kinds.filter((kind) => asked.every(({ holdsFor }) => holdsFor?.(kind) ?? true));
    return isCounted(facet) ? countsOf(facet, found) : pricesOf(found);
  });
}

function countsOf(facet: CountedName, kinds: readonly CountedKind[]): FacetRow[] {
  const groups = new Map<string, { key: string; value: string; count: number; makeKey: string }>();
  for (const kind of kinds) {
    const told = kind.count > 0 ? values[facet](kind) : null;
    if (!told) continue;
    const [key, value] = told;
    const group = groups.get(key) ?? { key, value, count: 0, makeKey: kind.makeKey };
    groups.set(key, group);
    group.count += kind.count;
    // Models of several makes are spelled as the first of these spells them.
    if (kind.makeKey < group.makeKey) Object.assign(group, { value, makeKey: kind.makeKey });
  }
  return [...groups.values()]
    .sort((a, b) => b.count - a.count || compareNames(a.key, b.key))
    .slice(0, countedFacets[facet].most)
    .map(({ value, count }) => ({ apart: 0, facet, value, count, low: null, high: null }));
}

/** Of all prices: the filter by them is the facet's own. */
function pricesOf(kinds: readonly CountedKind[]): FacetRow[] {
  if (kinds.length === 0) return [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const kind of kinds) [low, high] = [Math.min(low, kind.low), Math.max(high, kind.high)];
  return [{ apart: 0, facet: 'price', value: null, count: kinds.length, low, high }];
}

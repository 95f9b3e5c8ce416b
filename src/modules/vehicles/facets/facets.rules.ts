import type { VehicleFilter } from '../vehicle.inputs.js';
import { compareNames } from '../vehicle.names.js';
import type { FacetCount } from '../vehicle.payloads.js';

export const MAX_MAKES = 200;
export const MAX_MODELS = 300;

/** More than there are: body styles, fuels, model years from 1900 on. */
const ALL = 1_000;

/** A facet that counts the values of a column. */
export interface CountedFacet {
  readonly column: 'make_key' | 'model_key' | 'body_type' | 'fuel_type' | 'year';
  /** How many values it names at most: those with the most listings. */
  readonly most: number;
  readonly order: (a: FacetCount, b: FacetCount) => number;
}

/** Each facet and its own filter, which it leaves out: who has chosen Toyota wants to see what else there is. */
export const ownFilters = {
  makes: ['makes'],
  models: ['models'],
  bodyTypes: ['bodyTypes'],
  fuelTypes: ['fuelTypes'],
  years: ['yearMin', 'yearMax'],
  price: ['priceMin', 'priceMax'],
} as const satisfies Record<string, ReadonlyArray<keyof VehicleFilter>>;

export type FacetName = keyof typeof ownFilters;
export type CountedName = Exclude<FacetName, 'price'>;

const byCount = (a: FacetCount, b: FacetCount) => b.count - a.count || compareNames(a.value, b.value);
const byYear = (a: FacetCount, b: FacetCount) => Number(b.value) - Number(a.value);

export const countedFacets: Readonly<Record<CountedName, CountedFacet>> = {
  makes: { column: 'make_key', most: MAX_MAKES, order: byCount },
  models: { column: 'model_key', most: MAX_MODELS, order: byCount },
  bodyTypes: { column: 'body_type', most: ALL, order: byCount },
  fuelTypes: { column: 'fuel_type', most: ALL, order: byCount },
  years: { column: 'year', most: ALL, order: byYear },
};

export const facetNames = Object.keys(ownFilters) as FacetName[];

export function isCounted(name: FacetName): name is CountedName {
  return name !== 'price';
}

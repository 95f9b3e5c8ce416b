import type { Cents } from '../../../kernel/money.js';
import type { Listings } from './listings.js';
import { method } from './market.rules.js';
import {
  baseOf,
  basesOf,
  columnAt,
  type Points,
  type Slopes,
  slopesOf,
  whereOf,
  withoutOutliers,
} from './slopes.js';

export interface Estimate {
  readonly marketValue: Cents | null;
  readonly comparableCount: number;
}

/** Listings of one model year that are on the market, all new or all used, and what each is worth. */
export interface ValuedYear {
  /** Among `Listings`. */
  readonly places: readonly number[];
  estimate(place: number): Estimate;
}

/**
 * What each listing of one make and model is worth by the others: the median of what its comparables ask, each brought to
 * its year and mileage. Those that are sold are compared with and not valued themselves. A model year at a time: what one
 * takes is gone before the next, and others may have their turn in between.
 */
export function* valuedYears(listings: Listings): Generator<ValuedYear> {
  const isNew = listings.column('isNew');
  const isSold = listings.column('isSold');
  const years = listings.column('year');
  for (const kind of [1, 0]) {
    const places = placesWhere(listings, (place) => isNew[place] === kind);
    const onMarket = places.filter((place) => isSold[place] === 0);
    if (onMarket.length === 0) continue;
    const compared = pointsOf(listings, places);
    const slopes = slopesOf(compared);
    const usual = withoutOutliers(compared, slopes);
    for (const [year, its] of Map.groupBy(onMarket, (place) => years[place] as number)) {
      yield { places: its, estimate: estimator(listings, slopes, sortedBases(usual, slopes, year)) };
    }
  }
}

function placesWhere(listings: Listings, isWanted: (place: number) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < listings.size; place++) if (isWanted(place)) places.push(place);
  return places;
}

function pointsOf(listings: Listings, places: readonly number[]): Points {
  return {
    years: columnAt(listings.column('year'), places),
    mileages: columnAt(listings.column('mileage'), places),
    prices: columnAt(listings.column('askingPrice'), places).map(Math.log),
  };
}

/** What the comparables of a model year ask, brought to year 0 and mile 0; the least first. */
function sortedBases(usual: Points, slopes: Slopes, year: number): Float64Array {
  const near = whereOf(usual, (index) => Math.abs((usual.years[index] as number) - year) <= method.nearYears);
  return basesOf(near, slopes).sort();
}

function estimator(listings: Listings, slopes: Slopes, bases: Float64Array): ValuedYear['estimate'] {
  const [years, mileages, prices] = (['year', 'mileage', 'askingPrice'] as const).map((name) =>
    listings.column(name),
  ) as [Float64Array, Float64Array, Float64Array];
  return (place) => {
    const [year, mileage] = [years[place] as number, mileages[place] as number];
    // The listing itself is not among its comparables; of several that ask the same any may stand for it.
    const own = placeOf(bases, baseOf(slopes, year, mileage, Math.log(prices[place] as number)));
    const comparableCount = bases.length - (own < 0 ? 0 : 1);
    if (comparableCount < method.minComparables) return { marketValue: null, comparableCount };
    const at = (rank: number) => bases[own < 0 || rank < own ? rank : rank + 1] as number;
    const middle = (at(Math.floor((comparableCount - 1) / 2)) + at(Math.floor(comparableCount / 2))) / 2;
    const value = Math.exp(middle + slopes.perYear * year + slopes.perMile * mileage);
    // Far from the miles of all the others, what a mile does has no bounds of its own.
    return { marketValue: Math.min(Math.max(1, Math.round(value)), method.maxValue), comparableCount };
  };
}

/** Where a number stands in an ascending row; -1 where it does not. */
function placeOf(row: Float64Array, wanted: number): number {
  let [low, high] = [0, row.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((row[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return row[low] === wanted ? low : -1;
}

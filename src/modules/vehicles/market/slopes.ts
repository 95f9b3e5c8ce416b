import { method } from './market.rules.js';

/** Listings by what counts when they are compared: each at the same index of all three. */
export interface Points {
  readonly years: Float64Array;
  /** Miles. */
  readonly mileages: Float64Array;
  /** Logarithms of asking prices. */
  readonly prices: Float64Array;
}

/** What one year more, and one mile more, do to the logarithm of a price. */
export interface Slopes {
  readonly perYear: number;
  readonly perMile: number;
}

/** Where a listing's own do not say. */
const priorSlopes: Slopes = { perYear: method.perYear, perMile: method.perMile };

/** What a listing asks, brought to year 0 and mile 0: a logarithm. */
export function baseOf({ perYear, perMile }: Slopes, year: number, mileage: number, price: number): number {
  return price - perYear * year - perMile * mileage;
}

export function basesOf({ years, mileages, prices }: Points, slopes: Slopes): Float64Array {
  return columnOf(prices.length, (index) =>
    baseOf(slopes, years[index] as number, mileages[index] as number, prices[index] as number),
  );
}

export function whereOf({ years, mileages, prices }: Points, isWanted: (index: number) => boolean): Points {
  const wanted: number[] = [];
  for (let index = 0; index < prices.length; index++) if (isWanted(index)) wanted.push(index);
  return {
    years: columnAt(years, wanted),
    mileages: columnAt(mileages, wanted),
    prices: columnAt(prices, wanted),
  };
}

export function columnAt(column: Float64Array, places: readonly number[]): Float64Array {
  return columnOf(places.length, (index) => column[places[index] as number] as number);
}

function columnOf(length: number, at: (index: number) => number): Float64Array {
  const column = new Float64Array(length);
  for (let index = 0; index < length; index++) column[index] = at(index);
  return column;
}

/** Those that ask neither many times more nor many times less than the one in the middle of all. */
export function withoutOutliers(all: Points, slopes: Slopes): Points {
  const bases = basesOf(all, slopes);
  const middle = bases.toSorted()[Math.floor(bases.length / 2)] ?? 0;
  const far = Math.log(method.outlierFactor);
  return whereOf(all, (index) => Math.abs((bases[index] as number) - middle) <= far);
}

/** So many miles are about a year's: they keep the two figures of one size. */
const MILES = 12_000;

/**
 * What a year and a mile do to the price, by ridge regression of its logarithm on both, drawn to the figures of `method`
 * as by so many listings that lie a year, or 12,000 miles, apart: a few listings change little of them, hundreds replace
 * them. (A. E. Hoerl and R. W. Kennard, "Ridge Regression", Technometrics 12, 1970.)
 */
export function slopesOf(all: Points): Slopes {
  const { years: year, mileages, prices: price } = withoutOutliers(all, priorSlopes);
  const mile = columnOf(mileages.length, (index) => (mileages[index] as number) / MILES);
  const sum = sumOfProducts;
  const weight = method.priorWeight;
  const [years, miles, both] = [sum(year, year) + weight, sum(mile, mile) + weight, sum(year, mile)];
  const [byYear, byMiles] = [
    sum(year, price) + weight * method.perYear,
    sum(mile, price) + weight * method.perMile * MILES,
  ];
  const determinant = years * miles - both * both;
  return {
    // Newer is never worth less, and more miles never more, whatever a few odd listings say.
    perYear: Math.max(0, (byYear * miles - byMiles * both) / determinant),
    perMile: Math.min(0, (byMiles * years - byYear * both) / determinant / MILES),
  };
}

/** Of how far each is from the middle of its column. */
function sumOfProducts(one: Float64Array, other: Float64Array): number {
  const [middle, otherMiddle] = [meanOf(one), meanOf(other)];
  return sumOf(
    one.length,
    (index) => ((one[index] as number) - middle) * ((other[index] as number) - otherMiddle),
  );
}

function meanOf(column: Float64Array): number {
  return sumOf(column.length, (index) => column[index] as number) / column.length;
}

function sumOf(length: number, at: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) sum += at(index);
  return sum;
}

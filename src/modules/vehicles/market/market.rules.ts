import type { Cents } from '../../../kernel/money.js';
import { type DealRating, UNRATED } from './deal-rating.js';

/** The method, its figures and why they are what they are: docs/market-rating.md. */
export const method = {
  /** Comparables are of the same year or this many years older or newer. */
  nearYears: 2,
  /** Sold ones count for so long. */
  soldWithinMs: 90 * 24 * 60 * 60_000,
  /** Fewer say nothing. */
  minComparables: 5,
  /** What a model year and a mile do to a price where a model's own listings do not say: as logarithms. */
  perYear: 0.07,
  perMile: -0.000004,
  /** How many listings the figures above weigh as much as. */
  priorWeight: 20,
  /** What asks this many times more or less than its like is a slip of the pen, or another kind of car. */
  outlierFactor: 3,
  /** In cents: nothing is worth more than a vehicle may cost. */
  maxValue: 1_000_000_000,
} as const;

/** Where each rating ends, in hundredths of a percent over the market: GREAT at 10 % under it or less, and so on. */
const ratingBounds: ReadonlyArray<readonly [upTo: number, rating: DealRating]> = [
  [-1_000, 'GREAT'],
  [-400, 'GOOD'],
  [399, 'FAIR'],
  [999, 'HIGH'],
  [Number.POSITIVE_INFINITY, 'OVERPRICED'],
];

/** A listing as the market sees it. */
export interface MarketListing {
  readonly id: string;
  readonly year: number;
  /** Miles. */
  readonly mileage: number;
  readonly askingPrice: Cents;
  /** New cars are compared with new ones, all others with each other. */
  readonly isNew: boolean;
}

export interface Estimate {
  readonly marketValue: Cents | null;
  readonly comparableCount: number;
}

export interface Deal {
  readonly dealRating: DealRating | null;
  readonly dealRank: number;
}

/** How an asking price stands to what a vehicle is worth. */
export function dealOf(askingPrice: Cents, marketValue: Cents | null): Deal {
  if (marketValue === null) return { dealRating: null, dealRank: UNRATED };
  const rank = Math.min(Math.round((10_000 * (askingPrice - marketValue)) / marketValue), UNRATED - 1);
  const [, dealRating] = ratingBounds.find(([upTo]) => rank <= upTo) as (typeof ratingBounds)[number];
  return { dealRating, dealRank: rank };
}

/** In percent over the market, to a tenth; negative is under it. */
export function differencePercent(askingPrice: Cents, marketValue: Cents): number {
  return Math.round((1_000 * (askingPrice - marketValue)) / marketValue) / 10;
}

/**
 * What each listing of one make and model is worth by the others: the median of what its comparables ask, each brought to
 * its year and mileage. Of `listings` those in `sold` are compared with and not valued themselves.
 */
export function estimatesOf(
  listings: readonly MarketListing[],
  sold: readonly MarketListing[],
): Map<string, Estimate> {
  const estimates = new Map<string, Estimate>();
  for (const isNew of [true, false]) {
    const ofKind = (all: readonly MarketListing[]) => all.filter((listing) => listing.isNew === isNew);
    const valued = ofKind(listings);
    if (valued.length === 0) continue;
    const cohort = new Cohort([...valued, ...ofKind(sold)]);
    for (const listing of valued) estimates.set(listing.id, cohort.estimate(listing));
  }
  return estimates;
}

/** The listings of one make and model, all new or all used. */
class Cohort {
  private readonly slopes: Slopes;
  private readonly neighbourhoods = new Map<number, Neighbourhood>();

  constructor(all: readonly MarketListing[]) {
    this.slopes = slopesOf(withoutOutliers(all, priorSlopes));
    const byYear = Map.groupBy(withoutOutliers(all, this.slopes), ({ year }) => year);
    for (const year of new Set(all.map((listing) => listing.year))) {
      this.neighbourhoods.set(year, neighbourhoodOf(year, byYear, this.slopes));
    }
  }

  /** The listing itself is not among its comparables. */
  estimate({ id, year, mileage }: MarketListing): Estimate {
    const { bases, places } = this.neighbourhoods.get(year) as Neighbourhood;
    const own = places.get(id) ?? bases.length;
    const comparableCount = bases.length - (places.has(id) ? 1 : 0);
    if (comparableCount < method.minComparables) return { marketValue: null, comparableCount };
    const at = (place: number) => bases[place < own ? place : place + 1] as number;
    const middle = (at(Math.floor((comparableCount - 1) / 2)) + at(Math.floor(comparableCount / 2))) / 2;
    const value = Math.exp(middle + this.slopes.perYear * year + this.slopes.perMile * mileage);
    // Far from the miles of all the others, what a mile does has no bounds of its own.
    return { marketValue: Math.min(Math.max(1, Math.round(value)), method.maxValue), comparableCount };
  }
}

/** The comparables of one model year. */
interface Neighbourhood {
  /** Logarithms of what they ask, each brought to year 0 and mile 0; the least first. */
  readonly bases: readonly number[];
  /** Where those of the year itself stand among them, by id. */
  readonly places: ReadonlyMap<string, number>;
}

function neighbourhoodOf(
  year: number,
  byYear: ReadonlyMap<number, readonly MarketListing[]>,
  slopes: Slopes,
): Neighbourhood {
  const sorted: Array<{ listing: MarketListing; base: number }> = [];
  for (let near = year - method.nearYears; near <= year + method.nearYears; near++) {
    for (const listing of byYear.get(near) ?? []) sorted.push({ listing, base: baseOf(listing, slopes) });
  }
  sorted.sort((one, other) => one.base - other.base);
  const places = new Map<string, number>();
  for (const [place, { listing }] of sorted.entries()) {
    if (listing.year === year) places.set(listing.id, place);
  }
  return { bases: sorted.map(({ base }) => base), places };
}

/** What one year more, and one mile more, do to the logarithm of a price. */
interface Slopes {
  readonly perYear: number;
  readonly perMile: number;
}

const priorSlopes: Slopes = { perYear: method.perYear, perMile: method.perMile };

function baseOf({ askingPrice, year, mileage }: MarketListing, { perYear, perMile }: Slopes): number {
  return Math.log(askingPrice) - perYear * year - perMile * mileage;
}

function withoutOutliers(all: readonly MarketListing[], slopes: Slopes): MarketListing[] {
  const bases = all.map((listing) => baseOf(listing, slopes)).sort((one, other) => one - other);
  const middle = bases[Math.floor(bases.length / 2)] ?? 0;
  const far = Math.log(method.outlierFactor);
  return all.filter((listing) => Math.abs(baseOf(listing, slopes) - middle) <= far);
}

/** So many miles are about a year's: they keep the two figures of one size. */
const MILES = 12_000;

/**
 * What a year and a mile do to the price, by ridge regression of its logarithm on both, drawn to the figures of `method`
 * as by so many listings that lie a year, or 12,000 miles, apart: a few listings change little of them, hundreds replace
 * them. (A. E. Hoerl and R. W. Kennard, "Ridge Regression", Technometrics 12, 1970.)
 */
function slopesOf(all: readonly MarketListing[]): Slopes {
  const points = all.map(
    ({ year, mileage, askingPrice }) => [year, mileage / MILES, Math.log(askingPrice)] as const,
  );
  const mean = (axis: 0 | 1 | 2) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const centre = [mean(0), mean(1), mean(2)] as const;
  const sum = (one: 0 | 1 | 2, other: 0 | 1 | 2) =>
    points.reduce((total, point) => total + (point[one] - centre[one]) * (point[other] - centre[other]), 0);
  const weight = method.priorWeight;
  const [years, miles, both] = [sum(0, 0) + weight, sum(1, 1) + weight, sum(0, 1)];
  const [byYear, byMiles] = [
    sum(0, 2) + weight * method.perYear,
    sum(1, 2) + weight * method.perMile * MILES,
  ];
  const determinant = years * miles - both * both;
  return {
    // Newer is never worth less, and more miles never more, whatever a few odd listings say.
    perYear: Math.max(0, (byYear * miles - byMiles * both) / determinant),
    perMile: Math.min(0, (byMiles * years - byYear * both) / determinant / MILES),
  };
}

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

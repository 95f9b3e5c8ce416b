import type { Cents } from '../../../kernel/money.js';

/**
 * What may be told of other people's deals without telling any one of them: docs/adr/0014 says from what, and why so.
 * Prices are steps of the asking price, deals come and are told in fives, and everybody gets the same answer.
 */

/** An ended negotiation: what its buyer would have paid in the end, and what was asked then. */
export interface Comparable {
  readonly amount: Cents;
  readonly askingPrice: Cents;
  /** Whether it came to an agreement, whatever became of that. */
  readonly agreed: boolean;
}

export interface Insight {
  readonly acceptanceRate: number;
  readonly percentile: number;
  readonly comparableCount: number;
  readonly medianAgreedPercentOfAsking: number;
}

/** Of so many it is known that nothing can be read off about one of them. */
export const BLOCK = 5;
const FEWEST = 10;
/** The newest that are looked at: a whole number of blocks. */
export const NEWEST = 200;
/** In percent of the asking price. */
const STEP = 5;
const RATE_STEP = 0.05;
const YEARS = 3;

/** The model years that are compared with this one: groups that never overlap, so that no two answers differ by one year. */
export function yearsAlike(year: number): { readonly first: number; readonly last: number } {
  const first = year - (year % YEARS);
  return { first, last: first + YEARS - 1 };
}

/** Of the newest of `total`, oldest first, those in whole blocks counted from the very first on, `NEWEST` at most. */
export function wholeBlocks<T>(newest: readonly T[], total: number): T[] {
  const whole = newest.slice(0, newest.length - (total % BLOCK));
  return whole.slice(-NEWEST);
}

/** The share of the asking price in percent, to the nearest step. */
export function stepOf(amount: Cents, askingPrice: Cents): number {
  return Math.round((100 * amount) / askingPrice / STEP) * STEP;
}

/** What these say of an offer at this step; null under ten of them. */
export function insightOf(comparables: readonly Comparable[], step: number): Insight | null {
  if (comparables.length < FEWEST) return null;
  const all = comparables.map(({ amount, askingPrice }) => stepOf(amount, askingPrice));
  const agreed = all.filter((_, index) => comparables[index]?.agreed);
  const prices = agreed.length < BLOCK ? agreed.map(() => averageStep(all)) : inGroups(agreed);
  return {
    acceptanceRate: rateOf(prices, step, all.length),
    percentile: rateOf(inGroups(all), step, all.length),
    comparableCount: all.length,
    medianAgreedPercentOfAsking: prices[Math.floor((prices.length - 1) / 2)] ?? 100,
  };
}

/**
 * In ascending order, each as the average of its group: the least five together, the next five, and so on; the last
 * group takes what is left over. So nothing that is said of them depends on a group of fewer than five.
 */
function inGroups(steps: readonly number[]): number[] {
  const sorted = [...steps].sort((one, other) => one - other);
  const groups = Math.floor(sorted.length / BLOCK);
  return Array.from({ length: groups }, (_, index) =>
    sorted.slice(index * BLOCK, index === groups - 1 ? sorted.length : (index + 1) * BLOCK),
  ).flatMap((group) => group.map(() => averageStep(group)));
}

function averageStep(steps: readonly number[]): number {
  const sum = steps.reduce((one, other) => one + other, 0);
  return Math.round(sum / steps.length / STEP) * STEP;
}

/** How many of `total` these are at or below a step. */
function rateOf(steps: readonly number[], step: number, total: number): number {
  const share = steps.filter((other) => other <= step).length / total;
  return Math.round(Math.round(share / RATE_STEP) * RATE_STEP * 100) / 100;
}

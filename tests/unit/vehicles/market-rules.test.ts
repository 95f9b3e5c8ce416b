import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNRATED } from '../../../src/modules/vehicles/market/deal-rating.js';
import {
  dealOf,
  differencePercent,
  estimatesOf,
  type MarketListing,
} from '../../../src/modules/vehicles/market/market.rules.js';
import { bounds } from '../../../src/modules/vehicles/vehicle.rules.js';

let ids = 0;

function listing(over: Partial<MarketListing> = {}): MarketListing {
  ids += 1;
  return { id: `v${ids}`, year: 2021, mileage: 30_000, askingPrice: 2_000_000, isNew: false, ...over };
}

function estimateFor(
  one: MarketListing,
  others: readonly MarketListing[],
  sold: readonly MarketListing[] = [],
) {
  return estimatesOf([one, ...others], sold).get(one.id);
}

const several = (count: number, over: Partial<MarketListing> = {}) =>
  Array.from({ length: count }, () => listing(over));

describe('the estimate', () => {
  it('is null under five comparables, and counts them', () => {
    expect(estimateFor(listing(), several(4))).toEqual({ marketValue: null, comparableCount: 4 });
    expect(estimateFor(listing(), several(5))).toEqual({ marketValue: 2_000_000, comparableCount: 5 });
  });

  it('never counts the vehicle itself', () => {
    const own = listing({ askingPrice: 1_500_000 });
    expect(estimateFor(own, several(5))).toEqual({ marketValue: 2_000_000, comparableCount: 5 });
  });

  it('counts what was sold of late, and values none of it', () => {
    const own = listing();
    const sold = several(3, { askingPrice: 2_200_000 });
    const estimates = estimatesOf([own, ...several(2, { askingPrice: 2_200_000 })], sold);
    expect(estimates.get(own.id)).toEqual({ marketValue: 2_200_000, comparableCount: 5 });
    for (const { id } of sold) expect(estimates.has(id)).toBe(false);
  });

  it.each([
    [2, 5],
    [3, 0],
  ])('of vehicles %i years older counts %i', (years, counted) => {
    expect(estimateFor(listing(), several(5, { year: 2021 - years }))?.comparableCount).toBe(counted);
    expect(estimateFor(listing(), several(5, { year: 2021 + years }))?.comparableCount).toBe(counted);
  });

  it('compares new cars with new ones alone', () => {
    const own = listing({ isNew: true });
    expect(estimateFor(own, several(9))).toEqual({ marketValue: null, comparableCount: 0 });
    expect(estimateFor(own, several(5, { isNew: true }))?.comparableCount).toBe(5);
  });

  it('is higher for fewer miles and for a newer year', () => {
    const comparables = several(8);
    const value = (over: Partial<MarketListing>) => estimateFor(listing(over), comparables)?.marketValue ?? 0;
    expect(value({ mileage: 10_000 })).toBeGreaterThan(value({}));
    expect(value({ mileage: 80_000 })).toBeLessThan(value({}));
    expect(value({ year: 2022 })).toBeGreaterThan(value({}));
    expect(value({ year: 2019 })).toBeLessThan(value({}));
  });

  it('loses about 0.4 % by 1,000 miles, and 7 % by a year, where the listings do not say', () => {
    const comparables = several(5);
    const value = (over: Partial<MarketListing>) => estimateFor(listing(over), comparables)?.marketValue ?? 0;
    expect(value({ mileage: 31_000 }) / 2_000_000).toBeCloseTo(Math.exp(-0.004), 3);
    expect(value({ year: 2020 }) / 2_000_000).toBeCloseTo(Math.exp(-0.07), 2);
  });

  it('learns from hundreds of listings what their miles are worth', () => {
    const perMile = -0.000012;
    const priced = (mileage: number) => Math.round(3_000_000 * Math.exp(perMile * mileage));
    const comparables = Array.from({ length: 400 }, (_, i) => {
      const mileage = 10_000 + ((i * 7_919) % 60_000);
      return listing({ mileage, askingPrice: priced(mileage) });
    });
    const estimate = estimateFor(listing({ mileage: 60_000 }), comparables);
    expect((estimate?.marketValue ?? 0) / priced(60_000)).toBeCloseTo(1, 1);
  });

  it('never makes more miles worth more, whatever odd listings say', () => {
    const comparables = Array.from({ length: 300 }, (_, i) =>
      listing({ mileage: 100 * i, askingPrice: 1_000_000 + 5_000 * i }),
    );
    const value = (mileage: number) => estimateFor(listing({ mileage }), comparables)?.marketValue ?? 0;
    expect(value(30_000)).toBeLessThanOrEqual(value(100));
  });

  it.each([100, 1_000_000_000])('is not moved by a slip of the pen: %i cents', (askingPrice) => {
    const estimate = estimateFor(listing(), [...several(7), listing({ askingPrice })]);
    expect(estimate).toEqual({ marketValue: 2_000_000, comparableCount: 7 });
  });

  it('is the median of the others where all are of one year and mileage', () => {
    const prices = array(integer({ min: 1_500_000, max: 2_500_000 }), { minLength: 6, maxLength: 40 });
    assert(
      property(prices, (asked) => {
        const all = asked.map((askingPrice) => listing({ askingPrice }));
        const estimates = estimatesOf(all, []);
        for (const { id } of all) {
          const others = all.filter((one) => one.id !== id).map((one) => one.askingPrice);
          others.sort((a, b) => a - b);
          const low = others[Math.floor((others.length - 1) / 2)] as number;
          const high = others[Math.floor(others.length / 2)] as number;
          const value = estimates.get(id)?.marketValue as number;
          // Between two middle prices the estimate is their geometric mean.
          expect(value).toBeGreaterThanOrEqual(low - 1);
          expect(value).toBeLessThanOrEqual(high + 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never exceeds the dearest listing there may be, however steeply prices fall by the mile', () => {
    const comparables = Array.from({ length: 300 }, (_, i) =>
      listing({ mileage: 1_990_000 + 33 * i, askingPrice: Math.round(3_000_000 * Math.exp(-i / 150)) }),
    );
    expect(estimateFor(listing({ mileage: 0 }), comparables)?.marketValue).toBe(bounds.maxPrice);
  });

  it('is finite and positive for anything that can be listed', () => {
    const any = record({
      year: integer({ min: 1900, max: 2028 }),
      mileage: integer({ min: 0, max: 2_000_000 }),
      askingPrice: integer({ min: 100, max: 1_000_000_000 }),
      isNew: constantFrom(true, false),
    });
    assert(
      property(array(any, { minLength: 1, maxLength: 60 }), (given) => {
        const all = given.map((one) => listing(one));
        for (const { marketValue } of estimatesOf(all, []).values()) {
          if (marketValue !== null) expect(Number.isSafeInteger(marketValue) && marketValue > 0).toBe(true);
        }
      }),
    );
  });
});

describe('the rating', () => {
  it.each([
    [1, 'GREAT'],
    [89_999, 'GREAT'],
    [90_000, 'GREAT'],
    [90_010, 'GOOD'],
    [96_000, 'GOOD'],
    [96_010, 'FAIR'],
    [103_990, 'FAIR'],
    [104_000, 'HIGH'],
    [109_990, 'HIGH'],
    [110_000, 'OVERPRICED'],
    [1_000_000_000, 'OVERPRICED'],
  ])('of %i cents for a value of 1,000.00 is %s', (askingPrice, rating) => {
    expect(dealOf(askingPrice, 100_000).dealRating).toBe(rating);
  });

  it('is none without a value, and then ranks behind everything', () => {
    expect(dealOf(100, null)).toEqual({ dealRating: null, dealRank: UNRATED });
    expect(dealOf(1_000_000_000, 1).dealRank).toBeLessThan(UNRATED);
  });

  it('tells the difference in percent, to a tenth', () => {
    expect(differencePercent(95_000, 100_000)).toBe(-5);
    expect(differencePercent(100_123, 100_000)).toBe(0.1);
    expect(differencePercent(100_000, 100_000)).toBe(0);
  });
});

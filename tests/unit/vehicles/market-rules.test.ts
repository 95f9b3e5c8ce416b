import { array, assert, constantFrom, integer, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNRATED } from '../../../src/modules/vehicles/market/deal-rating.js';
import { type Estimate, valuedYears } from '../../../src/modules/vehicles/market/estimates.js';
import { Listings } from '../../../src/modules/vehicles/market/listings.js';
import { dealOf, differencePercent, method } from '../../../src/modules/vehicles/market/market.rules.js';
import { bounds } from '../../../src/modules/vehicles/vehicle.rules.js';

interface MarketListing {
  readonly id: string;
  readonly year: number;
  readonly mileage: number;
  readonly askingPrice: number;
  readonly isNew: boolean;
}

let ids = 0;

function listing(over: Partial<MarketListing> = {}): MarketListing {
  ids += 1;
  return { id: `v${ids}`, year: 2021, mileage: 30_000, askingPrice: 2_000_000, isNew: false, ...over };
}

const unrated = { isDue: 1, updatedAt: 0, marketValue: null, comparableCount: 0 };

function estimatesOf(
  onMarket: readonly MarketListing[],
  sold: readonly MarketListing[],
): Map<string, Estimate> {
  const listings = new Listings();
  for (const [isSold, those] of [onMarket, sold].entries()) {
    for (const { id, isNew, ...figures } of those)
      listings.put(id, { ...figures, ...unrated, isNew: Number(isNew), isSold });
  }
  const estimates = new Map<string, Estimate>();
  for (const { places, estimate } of valuedYears(listings)) {
    for (const place of places) estimates.set(listings.ids[place] as string, estimate(place));
  }
  return estimates;
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

/** The method word for word as docs/market-rating.md has it, each listing by itself and as slowly as that goes. */
function byTheBook(own: MarketListing, all: readonly MarketListing[]): Estimate {
  const kind = all.filter(({ isNew }) => isNew === own.isNew);
  const slopes = learned(usual(kind, { perYear: method.perYear, perMile: method.perMile }));
  const base = (one: MarketListing) =>
    Math.log(one.askingPrice) - slopes.perYear * one.year - slopes.perMile * one.mileage;
  const bases = usual(kind, slopes)
    .filter(({ id, year }) => id !== own.id && Math.abs(year - own.year) <= 2)
    .map(base)
    .sort((a, b) => a - b);
  const comparableCount = bases.length;
  if (comparableCount < 5) return { marketValue: null, comparableCount };
  const [low, high] = [bases[(comparableCount - 1) >> 1] as number, bases[comparableCount >> 1] as number];
  const value = Math.exp((low + high) / 2 + slopes.perYear * own.year + slopes.perMile * own.mileage);
  return { marketValue: Math.min(Math.max(1, Math.round(value)), 1_000_000_000), comparableCount };
}

type Slopes = Record<'perYear' | 'perMile', number>;

function usual(all: readonly MarketListing[], { perYear, perMile }: Slopes): MarketListing[] {
  const base = (one: MarketListing) => Math.log(one.askingPrice) - perYear * one.year - perMile * one.mileage;
  const middle = all.map(base).sort((a, b) => a - b)[all.length >> 1] as number;
  return all.filter((one) => Math.abs(base(one) - middle) <= Math.log(3));
}

/** Ridge regression by its normal equations. */
function learned(all: readonly MarketListing[]): Slopes {
  const mean = (of: (one: MarketListing) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const [year, mile, price] = [
    (one: MarketListing) => one.year,
    (one: MarketListing) => one.mileage / 12_000,
    (one: MarketListing) => Math.log(one.askingPrice),
  ].map((of) => {
    const middle = mean(of);
    return all.map((one) => of(one) - middle);
  }) as [number[], number[], number[]];
  const dot = (one: number[], other: number[]) =>
    one.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
  const [a, b, c] = [dot(year, year) + 20, dot(year, mile), dot(mile, mile) + 20];
  const [d, e] = [dot(year, price) + 20 * 0.07, dot(mile, price) - 20 * 0.000004 * 12_000];
  return {
    perYear: Math.max(0, (d * c - e * b) / (a * c - b * b)),
    perMile: Math.min(0, (e * a - d * b) / (a * c - b * b) / 12_000),
  };
}

describe('listings in columns', () => {
  const any = record({
    year: integer({ min: 2010, max: 2020 }),
    mileage: integer({ min: 0, max: 200_000 }),
    // Often the same: of those that ask the same each is left out of its own comparables, and no other.
    askingPrice: oneof(constantFrom(1_500_000, 2_000_000), integer({ min: 500_000, max: 9_000_000 })),
    isNew: constantFrom(true, false, false),
    isSold: constantFrom(true, false, false),
  });

  it('are worth what the method says of each by itself', () => {
    assert(
      property(array(any, { minLength: 1, maxLength: 60 }), (given) => {
        const all = given.map(({ isSold, ...one }) => ({ isSold, one: listing(one) }));
        const [onMarket, sold] = [false, true].map((wanted) =>
          all.flatMap(({ isSold, one }) => (isSold === wanted ? [one] : [])),
        ) as [MarketListing[], MarketListing[]];
        const estimates = estimatesOf(onMarket, sold);
        expect(estimates.size).toBe(onMarket.length);
        for (const own of onMarket) {
          expect(estimates.get(own.id)).toEqual(byTheBook(own, [...onMarket, ...sold]));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keep what was told last, however many there are', () => {
    const listings = new Listings();
    const figures = { ...unrated, year: 2021, mileage: 1, askingPrice: 100, isNew: 0, isSold: 0 };
    for (let i = 0; i < 1_000; i++) listings.put(`v${i}`, { ...figures, mileage: i });
    listings.put('v700', { ...figures, mileage: 5, marketValue: 90 });
    expect(listings.size).toBe(1_000);
    const miles = listings.column('mileage');
    expect([miles.length, miles[255], miles[256], miles[700], miles[999]]).toEqual([1_000, 255, 256, 5, 999]);
    expect(listings.column('marketValue')[700]).toBe(90);
    expect(listings.column('marketValue')[701]).toBeNaN();
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

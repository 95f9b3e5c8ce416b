import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK,
  type Comparable,
  insightOf,
  NEWEST,
  stepOf,
  wholeBlocks,
  yearsAlike,
} from '../../../src/modules/negotiations/insight/insight.rules.js';

const ASKED = 2_000_000;
const at = (percent: number, agreed = true): Comparable => ({
  amount: Math.round((ASKED * percent) / 100),
  askingPrice: ASKED,
  agreed,
});
const many = (count: number, percent: number, agreed = true) => Array(count).fill(at(percent, agreed));

/** An ended negotiation, at any price and any asking price. */
const comparable: fc.Arbitrary<Comparable> = fc
  .record({
    askingPrice: fc.integer({ min: 100, max: 1_000_000_000 }),
    share: fc.double({ min: 0.5, max: 1.1, noNaN: true }),
    agreed: fc.boolean(),
  })
  .map(({ askingPrice, share, agreed }) => ({
    askingPrice,
    amount: Math.round(askingPrice * share),
    agreed,
  }));
const comparables = fc.array(comparable, { minLength: 10, maxLength: 60 });

/** Every answer that can be had about them, by whatever amount. */
const everything = (ended: readonly Comparable[]) =>
  Array.from({ length: 30 }, (_, index) => insightOf(ended, index * 5));

describe('what offerInsight tells', () => {
  it('is nothing under ten', () => {
    expect(insightOf(many(9, 90), 90)).toBeNull();
    expect(insightOf([], 90)).toBeNull();
    expect(insightOf(many(10, 90), 90)).toEqual({
      acceptanceRate: 1,
      percentile: 1,
      comparableCount: 10,
      medianAgreedPercentOfAsking: 90,
    });
  });

  it('are shares of the comparables at or below the offer', () => {
    const ended = [...many(5, 95), ...many(5, 85), ...many(10, 75, false)];
    const told = [70, 75, 80, 85, 90, 95, 100].map((step) => insightOf(ended, step));
    expect(told.map((insight) => insight?.acceptanceRate)).toEqual([0, 0, 0, 0.25, 0.25, 0.5, 0.5]);
    expect(told.map((insight) => insight?.percentile)).toEqual([0, 0.5, 0.5, 0.75, 0.75, 1, 1]);
    expect(new Set(told.map((insight) => insight?.medianAgreedPercentOfAsking))).toEqual(new Set([85]));
  });

  it('tells five that lie next to each other as one price, and never fewer', () => {
    const ended = [70, 80, 90, 90, 95].map((percent) => at(percent)).concat(many(5, 60, false));
    const rates = [70, 75, 80, 85, 90, 95].map((step) => insightOf(ended, step)?.acceptanceRate);
    expect(rates).toEqual([0, 0, 0, 0.5, 0.5, 0.5]);
  });

  it.each([
    ['none agreed', 0, { acceptanceRate: 0, medianAgreedPercentOfAsking: 100 }],
    ['one agreed', 1, { acceptanceRate: 0.1, medianAgreedPercentOfAsking: 80 }],
    ['four agreed', 4, { acceptanceRate: 0.4, medianAgreedPercentOfAsking: 85 }],
  ])('shows the prices of no few agreements: %s', (_what, count, expected) => {
    const ended = [...many(count, 95), ...many(10 - count, 78, false)];
    expect(insightOf(ended, 95)).toMatchObject(expected);
    // The price of the few is nowhere a threshold.
    expect(insightOf(ended, 85)).toMatchObject({ acceptanceRate: expected.acceptanceRate });
  });

  it('is the same if a price moves within its step', () => {
    const moved = fc.tuple(comparables, fc.nat(), fc.double({ min: -0.49, max: 0.49, noNaN: true }));
    fc.assert(
      fc.property(moved, ([ended, which, by]) => {
        const index = which % ended.length;
        const own = ended[index] as Comparable;
        const step = stepOf(own.amount, own.askingPrice);
        const amount = Math.round(((step + by * 5) / 100) * own.askingPrice);
        fc.pre(amount > 0 && stepOf(amount, own.askingPrice) === step);
        expect(everything(ended.with(index, { ...own, amount }))).toEqual(everything(ended));
      }),
    );
  });

  it('is the same in whatever order they come', () => {
    const shuffled = comparables.chain((ended) =>
      fc.tuple(fc.constant(ended), fc.shuffledSubarray(ended, { minLength: ended.length })),
    );
    fc.assert(
      fc.property(shuffled, ([ended, other]) => {
        expect(everything(other)).toEqual(everything(ended));
      }),
    );
  });

  it('rises with the offer, and no threshold in it stands for fewer than five', () => {
    fc.assert(
      fc.property(comparables, (ended) => {
        const told = everything(ended);
        for (const field of ['acceptanceRate', 'percentile'] as const) {
          const rates = told.map((insight) => insight?.[field] as number);
          expect(rates).toEqual([...rates].sort((one, two) => one - two));
          const agreed = ended.filter((own) => own.agreed).length;
          const least = field === 'acceptanceRate' ? Math.min(agreed, BLOCK) : BLOCK;
          for (const [index, rate] of rates.entries()) {
            const before = index === 0 ? 0 : (rates[index - 1] as number);
            // Told in steps of 0.05, each of which may be off by half of one.
            if (rate !== before) expect(rate - before + 0.051).toBeGreaterThan(least / ended.length);
          }
        }
        const last = told.at(-1);
        expect(last?.percentile).toBe(1);
        const agreed = ended.filter((own) => own.agreed).length;
        expect(Math.abs((last?.acceptanceRate as number) - agreed / ended.length)).toBeLessThan(0.0251);
      }),
    );
  });
});

describe('which of the ended negotiations count', () => {
  /** As the database hands them out: the newest of the first `total`, a few more than are needed. */
  const newestOf = (total: number) =>
    Array.from({ length: total }, (_, index) => index).slice(-(NEWEST + BLOCK - 1));

  it('are whole fives from the first one on, so that fewer than five more change nothing', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(4), (fives, more) => {
        const total = fives * BLOCK;
        const counted = wholeBlocks(newestOf(total + more), total + more);
        expect(counted).toEqual(wholeBlocks(newestOf(total), total));
        expect(counted).toHaveLength(Math.min(total, NEWEST));
        expect(counted.at(-1) ?? -1).toBe(total - 1);
      }),
    );
  });

  it('are of model years in one of three that never overlap', () => {
    expect([2018, 2019, 2020, 2021, 2022].map((year) => yearsAlike(year))).toEqual([
      { first: 2016, last: 2018 },
      { first: 2019, last: 2021 },
      { first: 2019, last: 2021 },
      { first: 2019, last: 2021 },
      { first: 2022, last: 2024 },
    ]);
  });

  it('are compared to the nearest 5 %', () => {
    const steps = [8_749, 8_750, 9_249, 9_250].map((amount) => stepOf(amount, 10_000));
    expect(steps).toEqual([85, 90, 90, 95]);
  });
});

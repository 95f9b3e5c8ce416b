import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  type DealersRules,
  faultsOfTerms,
  type NamedTerms,
} from '../../../src/modules/vehicles/dealers-rules/dealers-rules.js';

type Name = NamedTerms extends ReadonlySet<infer N> ? N : never;

describe("the dealer's rules against the asking price", () => {
  const faults = (
    autoAcceptAt: number | null,
    autoDeclineBelow: number | null,
    ...named: readonly Name[]
  ): string[] =>
    Object.keys(faultsOfTerms({ askingPrice: 1_000, autoAcceptAt, autoDeclineBelow }, new Set(named)));

  it.each([
    [null, null],
    [1_000, null],
    [null, 1_000],
    [1_000, 999],
    [1, null],
  ])('go together as %s and %s', (autoAcceptAt, autoDeclineBelow) => {
    expect(faults(autoAcceptAt, autoDeclineBelow, 'askingPrice', 'autoAcceptAt', 'autoDeclineBelow')).toEqual(
      [],
    );
  });

  it.each<[string, number | null, number | null, Name[], string[]]>([
    ['an acceptance above the price', 1_001, null, ['autoAcceptAt'], ['autoAcceptAt']],
    ['a price below the acceptance', 1_001, null, ['askingPrice'], ['askingPrice']],
    ['both at once', 1_001, null, ['askingPrice', 'autoAcceptAt'], ['autoAcceptAt']],
    ['a refusal above the price', null, 1_001, ['autoDeclineBelow'], ['autoDeclineBelow']],
    ['a price below the refusal', null, 1_001, ['askingPrice'], ['askingPrice']],
    ['a refusal from the acceptance on', 900, 900, ['autoDeclineBelow'], ['autoDeclineBelow']],
    ['an acceptance not above the refusal', 900, 900, ['autoAcceptAt'], ['autoAcceptAt']],
    ['both rules, crossed', 800, 900, ['autoAcceptAt', 'autoDeclineBelow'], ['autoDeclineBelow']],
    ['a price below both', 1_002, 1_001, ['askingPrice'], ['askingPrice']],
  ])('tell of %s under what was changed', (_what, accept, decline, named, expected) => {
    expect(faults(accept, decline, ...named)).toEqual(expected);
  });

  it('tell of a price that is below both once, and without an amount', () => {
    const terms = { askingPrice: 1_000, autoAcceptAt: 250_000, autoDeclineBelow: 200_000 };
    expect(faultsOfTerms(terms, new Set(['askingPrice']))).toEqual({
      askingPrice: [
        'The rules for its offers do not allow a price below them: change them first, or together with the price.',
      ],
    });
  });

  it('have a fault exactly where autoDeclineBelow < autoAcceptAt <= askingPrice does not hold', () => {
    const amount = fc.option(fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), amount, amount, (askingPrice, accept, decline) => {
        const fits =
          (accept ?? 0) <= askingPrice &&
          (decline ?? 0) <= askingPrice &&
          (accept === null || decline === null || decline < accept);
        const terms = { askingPrice, autoAcceptAt: accept, autoDeclineBelow: decline };
        const found = faultsOfTerms(terms, new Set(['askingPrice', 'autoAcceptAt', 'autoDeclineBelow']));
        expect(Object.keys(found).length === 0).toBe(fits);
      }),
    );
  });
});

describe("the dealer's rules against an offer", () => {
  const both: DealersRules = { autoAcceptAt: 900, autoDeclineBelow: 700 };

  it.each([
    [699, 'DECLINE'],
    [700, null],
    [899, null],
    [900, 'ACCEPT'],
    [901, 'ACCEPT'],
  ])('answer %s with %s', (amount, expected) => {
    expect(answerOf(both, amount)).toBe(expected);
  });

  it('answer nothing where there are none', () => {
    expect(
      [1, 10_000].map((amount) => answerOf({ autoAcceptAt: null, autoDeclineBelow: null }, amount)),
    ).toEqual([null, null]);
  });

  it('answer each way alone', () => {
    expect(answerOf({ autoAcceptAt: 900, autoDeclineBelow: null }, 1)).toBeNull();
    expect(answerOf({ autoAcceptAt: null, autoDeclineBelow: 700 }, 10_000)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PastOffer,
  replay,
  scaledTo,
} from '../../../src/modules/negotiations/dealers-rules/preview.rules.js';

const PRICE = 2_000_000;
const rules = { autoAcceptAt: 1_800_000, autoDeclineBelow: 1_200_000 };

/** Offers of negotiations for 10,000.00 each: `a55` is one of 55 % in the negotiation `a`, `A55` in one that was agreed. */
function offers(...said: string[]): PastOffer[] {
  return said.map((one) => ({
    negotiationId: one.charAt(0),
    amount: Number(one.slice(1)) * 10_000,
    askingPrice: 1_000_000,
    wasAgreed: one.charAt(0) !== one.charAt(0).toLowerCase(),
  }));
}

describe("a replay of the dealer's past", () => {
  it('counts what the rules would have accepted, turned down and left', () => {
    expect(replay(rules, PRICE, offers('a59', 'b60', 'c89', 'd90', 'e100'))).toEqual({
      offers: 5,
      autoAccepted: 2,
      autoDeclined: 1,
      leftToAnswer: 2,
      agreementsLost: 0,
    });
  });

  it('ends a negotiation with the first answer of a rule, and counts none of its later offers', () => {
    expect(replay(rules, PRICE, offers('a50', 'b70', 'a95', 'b92', 'b95', 'a96'))).toEqual({
      offers: 3,
      autoAccepted: 1,
      autoDeclined: 1,
      leftToAnswer: 1,
      agreementsLost: 0,
    });
  });

  it('counts an agreement as lost that an offer turned down came before, once', () => {
    const { agreementsLost } = replay(rules, PRICE, offers('A50', 'A55', 'A80', 'B70', 'B85', 'C95', 'd50'));
    expect(agreementsLost).toBe(1);
  });

  it('leaves everything to the dealer where there are no rules', () => {
    const none = { autoAcceptAt: null, autoDeclineBelow: null };
    expect(replay(none, PRICE, offers('a50', 'a60', 'B99'))).toMatchObject({ offers: 3, leftToAnswer: 3 });
  });

  it('counts nothing of nothing', () => {
    expect(Object.values(replay(rules, PRICE, []))).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes an amount as a share of what was asked then, exactly where the same was asked', () => {
    expect(scaledTo(2_000_000, { amount: 999_999, askingPrice: 1_000_000 })).toBe(1_999_998);
    expect(scaledTo(1_000, { amount: 1, askingPrice: 3 })).toBe(333);
    const cents = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(cents, cents, (amount, price) => {
        expect(scaledTo(price, { amount, askingPrice: price })).toBe(amount);
      }),
    );
  });

  it('counts every offer at most once', () => {
    const said = fc.array(
      fc.record({
        negotiationId: fc.constantFrom('a', 'b', 'c'),
        amount: fc.integer({ min: 1, max: 1_000 }),
        askingPrice: fc.constant(1_000),
        wasAgreed: fc.boolean(),
      }),
    );
    const amount = fc.option(fc.integer({ min: 1, max: 1_000 }));
    fc.assert(
      fc.property(said, amount, amount, (past, autoAcceptAt, autoDeclineBelow) => {
        const counted = replay({ autoAcceptAt, autoDeclineBelow }, 1_000, past);
        const { offers: all, autoAccepted, autoDeclined, leftToAnswer, agreementsLost } = counted;
        expect(autoAccepted + autoDeclined + leftToAnswer).toBe(all);
        expect(all).toBeLessThanOrEqual(past.length);
        expect(agreementsLost).toBeLessThanOrEqual(autoDeclined);
      }),
    );
  });
});

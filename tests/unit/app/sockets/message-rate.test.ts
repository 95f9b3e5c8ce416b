import { describe, expect, it } from 'vitest';
import { MessageRate } from '../../../../src/app/sockets/message-rate.js';

const countAllowed = (rate: MessageRate, at: number, times: number) =>
  Array.from({ length: times }, () => rate.allows(at)).filter(Boolean).length;

describe('MessageRate', () => {
  it('allows as many at once as a second has, and no more', () => {
    expect(countAllowed(new MessageRate(50), 7, 60)).toBe(50);
  });

  it('allows as many in any second, wherever it begins', () => {
    const rate = new MessageRate(10);
    expect(countAllowed(rate, 900, 10)).toBe(10);
    expect(countAllowed(rate, 1_000, 5)).toBe(0);
    expect(countAllowed(rate, 1_899.9, 5)).toBe(0);
    expect(countAllowed(rate, 1_900, 20)).toBe(10);
  });

  it('allows an even stream of that many for ever', () => {
    const rate = new MessageRate(50);
    const allowed = Array.from({ length: 1_000 }, (_, n) => rate.allows(n * 20));
    expect(allowed).not.toContain(false);
  });

  it('does not count what it refused', () => {
    const rate = new MessageRate(1);
    expect([rate.allows(0), rate.allows(999), rate.allows(1_000)]).toEqual([true, false, true]);
  });
});

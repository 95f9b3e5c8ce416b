import fc from 'fast-check';
import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { dollars, formatMoney, MAX_CENTS, MoneyScalar, parseMoney } from '../../../src/kernel/money.js';

const refusal = { extensions: { code: 'BAD_USER_INPUT', statusCode: 400 } };

describe('money', () => {
  it.each([
    ['23500.00', 2_350_000],
    ['23500.5', 2_350_050],
    ['23500', 2_350_000],
    ['0.01', 1],
    ['0', 0],
    ['007', 700],
    [23_500, 2_350_000],
    [23_500.5, 2_350_050],
    [0.1, 10],
    [1_000_000_000, MAX_CENTS],
  ])('reads %s', (given, cents) => {
    expect(parseMoney(given)).toBe(cents);
  });

  it.each([
    ...[
      '',
      ' ',
      '-1',
      '+1',
      '1.',
      '.5',
      '1.005',
      '1,5',
      '1e3',
      '0x10',
      'NaN',
      '１２',
      '1 ',
      '1\n',
      '12345678901',
    ],
    ...[-1, -0.01, 1.005, 0.1 + 0.2, 1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY],
    ...[1_000_000_000.01, null, undefined, true, [], ['1'], {}, { toString: () => '1' }, 10n ** 30n],
  ])('refuses %s', (given) => {
    expect(() => parseMoney(given)).toThrow(expect.objectContaining(refusal));
  });

  it('writes what it reads, for every amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_CENTS }), (cents) => {
        expect(parseMoney(formatMoney(cents))).toBe(cents);
        expect(formatMoney(cents)).toMatch(/^\d+\.\d\d$/);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('never writes what is no amount: %s', (cents) => {
    expect(() => formatMoney(cents)).toThrow(RangeError);
  });

  it('groups thousands for people', () => {
    const amounts = [0, 99_900, 100_000, 2_350_000, MAX_CENTS].map(dollars);
    expect(amounts).toEqual(['$0.00', '$999.00', '$1,000.00', '$23,500.00', '$1,000,000,000.00']);
  });

  it.each(['"12.50"', '12.50', '12.5'])('takes the literal %s without a detour over a double', (literal) => {
    expect(MoneyScalar.parseLiteral(parseValue(literal))).toBe(1_250);
  });

  it.each(['-12', '12.505', 'true', 'null', '[12]', '{a: 1}', 'TWELVE', '1e2'])(
    'refuses the literal %s',
    (literal) => {
      expect(() => MoneyScalar.parseLiteral(parseValue(literal))).toThrow(expect.objectContaining(refusal));
    },
  );
});

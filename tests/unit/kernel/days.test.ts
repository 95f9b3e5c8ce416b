import { GraphQLError, Kind } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  dayOf,
  daysAfter,
  daysBetween,
  earlierOf,
  isDay,
  laterOf,
  startOf,
} from '../../../src/kernel/days.js';
import { DateScalar } from '../../../src/kernel/scalars.js';

describe('days', () => {
  it('are those of UTC, from the first millisecond to the last', () => {
    const start = startOf('2026-11-22');
    expect(new Date(start).toISOString()).toBe('2026-11-22T00:00:00.000Z');
    expect(dayOf(new Date(start))).toBe('2026-11-22');
    expect(dayOf(new Date(start - 1))).toBe('2026-11-21');
    expect(dayOf(new Date(start + 24 * 3_600_000 - 1))).toBe('2026-11-22');
  });

  it('follow each other over months and leap years', () => {
    expect(daysAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysAfter('2028-03-01', -1)).toBe('2028-02-29');
    expect(daysBetween('2027-02-27', '2027-03-01')).toEqual(['2027-02-27', '2027-02-28', '2027-03-01']);
    expect(daysBetween('2027-03-01', '2027-02-28')).toEqual([]);
    expect([earlierOf('2026-01-02', '2025-12-31'), laterOf('2026-01-02', '2025-12-31')]).toEqual([
      '2025-12-31',
      '2026-01-02',
    ]);
  });

  it.each(['2026-11-22', '2028-02-29', '0001-01-01', '9999-12-31'])('%s is one', (text) => {
    expect(isDay(text)).toBe(true);
    expect(DateScalar.parseValue(text)).toBe(text);
    expect(DateScalar.parseLiteral({ kind: Kind.STRING, value: text })).toBe(text);
    expect(DateScalar.serialize(text)).toBe(text);
  });

  it.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '0000-00-00',
    '10000-01-01',
    '+002026-01-01',
    '-000001-01-01',
    '2026-1-1',
    '26-01-01',
    '2026-11-22T00:00:00.000Z',
    '2026-11-22 ',
    '2026-11-22\n',
    '２０２６-11-22',
    '',
  ])('%j is none', (text) => {
    expect(isDay(text)).toBe(false);
    expect(() => DateScalar.parseValue(text)).toThrow(GraphQLError);
  });

  it.each([20_261_122, 0, true, null, {}, ['2026-11-22']])('%j is none', (value) => {
    expect(() => DateScalar.parseValue(value)).toThrow(GraphQLError);
    expect(() => DateScalar.parseLiteral({ kind: Kind.INT, value: '20261122' })).toThrow(GraphQLError);
  });
});

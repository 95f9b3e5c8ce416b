import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/kernel/errors.js';
import { conversionOf, rangeOf, seriesOf } from '../../../src/modules/analytics/dealer/dashboard.rules.js';

const TODAY = '2026-11-22';

function faultsOf(from: string | null, to: string | null) {
  try {
    return rangeOf({ from, to }, TODAY);
  } catch (error) {
    return (error as AppError).fields;
  }
}

describe('the days of a dashboard', () => {
  it('are the last thirty, today included, unless told otherwise', () => {
    expect(rangeOf({}, TODAY)).toEqual({ from: '2026-10-24', to: TODAY });
    expect(rangeOf({ from: null, to: '2026-03-01' }, TODAY)).toEqual({
      from: '2026-01-31',
      to: '2026-03-01',
    });
    expect(rangeOf({ from: '2026-11-01' }, TODAY)).toEqual({ from: '2026-11-01', to: TODAY });
    expect(rangeOf({ from: TODAY, to: TODAY }, TODAY)).toEqual({ from: TODAY, to: TODAY });
  });

  it('are 366 at most', () => {
    expect(rangeOf({ from: '2025-11-22' }, TODAY)).toEqual({ from: '2025-11-22', to: TODAY });
    expect(faultsOf('2025-11-21', null)).toEqual({ from: ['Ensure there are at most 366 days.'] });
    expect(faultsOf('0001-01-01', '9999-12-31')).toMatchObject({
      to: [`Ensure this date is not after today, ${TODAY}.`],
      from: ['Ensure there are at most 366 days.'],
    });
  });

  it('are past or present, the first one first', () => {
    const tomorrow = '2026-11-23';
    const future = [`Ensure this date is not after today, ${TODAY}.`];
    expect(faultsOf(null, tomorrow)).toEqual({ to: future });
    expect(faultsOf(null, '2027-11-22'), 'nobody has named the first one').toEqual({ to: future });
    expect(faultsOf(tomorrow, null)).toEqual({ from: future });
    expect(faultsOf(tomorrow, tomorrow)).toEqual({ from: future, to: future });
    expect(faultsOf('2026-03-02', '2026-03-01')).toEqual({
      from: ['Ensure this date is not after 2026-03-01, the last one.'],
    });
  });

  it('each have an entry in each list', () => {
    const counted = [{ day: '2026-11-21', views: 4, saves: 3, offers: 2, agreements: 1 }];
    const series = seriesOf(counted, { from: '2026-11-20', to: TODAY });
    const entries = (count: number) => [
      { date: '2026-11-20', count: 0 },
      { date: '2026-11-21', count },
      { date: TODAY, count: 0 },
    ];
    expect(series).toEqual({
      views: entries(4),
      saves: entries(3),
      offers: entries(2),
      agreements: entries(1),
    });
  });

  it('convert by what was agreed for what was looked at, and not at all without a look', () => {
    const day = { day: TODAY, views: 3, saves: 0, offers: 0, agreements: 1 };
    expect(conversionOf([day, { ...day, views: 5, agreements: 0 }])).toBe(0.125);
    expect(conversionOf([{ ...day, views: 0 }])).toBeNull();
    expect(conversionOf([])).toBeNull();
  });
});

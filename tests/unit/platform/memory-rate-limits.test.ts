import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRateLimits } from '../../../src/platform/rate-limits/memory-rate-limits.js';

const limit = { name: 'tries', points: 3, durationMs: 60_000 };

describe('MemoryRateLimits', () => {
  let limits: MemoryRateLimits;
  beforeEach(() => {
    vi.useFakeTimers();
    limits = new MemoryRateLimits();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const spend = async (times: number, key = 'ada') => {
    const waits: Array<number | null> = [];
    for (let n = 0; n < times; n++) waits.push(await limits.spend(limit, key));
    return waits;
  };

  it('gives each key its points, and says how long the next ones take', async () => {
    expect(await spend(3)).toEqual([null, null, null]);
    vi.advanceTimersByTime(20_000);
    expect(await spend(2)).toEqual([40_000, 40_000]);
    expect(await spend(1, 'grace')).toEqual([null]);
    vi.advanceTimersByTime(40_000);
    expect(await spend(4)).toEqual([null, null, null, 60_000]);
  });

  it('gives no more to many at once than to one after the other', async () => {
    const waits = await Promise.all(Array.from({ length: 50 }, () => limits.spend(limit, 'ada')));
    expect(waits.filter((wait) => wait === null)).toHaveLength(3);
  });

  it('counts no refusal: a point given back is a point to spend', async () => {
    await spend(10);
    await limits.giveBack(limit, 'ada');
    expect(await spend(2)).toEqual([null, 60_000]);
  });

  it('owes nothing after the end of the time', async () => {
    await spend(1);
    vi.advanceTimersByTime(60_001);
    await limits.giveBack(limit, 'ada');
    expect((await spend(4)).map((wait) => wait === null)).toEqual([true, true, true, false]);
  });

  it('forgets a key that is reset, and no other', async () => {
    await spend(4);
    await spend(3, 'grace');
    await limits.reset(limit, 'ada');
    expect(await spend(1)).toEqual([null]);
    expect(await spend(1, 'grace')).toEqual([60_000]);
  });

  it('never mixes the counts of two rules', async () => {
    await spend(4);
    expect(await limits.spend({ ...limit, name: 'others' }, 'ada')).toBeNull();
  });
});

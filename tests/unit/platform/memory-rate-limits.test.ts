import { afterEach, beforeEach, describe, vi } from 'vitest';
import { MemoryRateLimits } from '../../../src/platform/rate-limits/memory-rate-limits.js';
import { countsAsAgreed } from '../../support/rate-limits-contract.js';

describe('MemoryRateLimits', () => {
  let limits: MemoryRateLimits;
  beforeEach(() => {
    vi.useFakeTimers();
    limits = new MemoryRateLimits();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  countsAsAgreed({
    limits: () => limits,
    durationMs: 60_000,
    pass: (ms) => vi.advanceTimersByTimeAsync(ms),
  });
});

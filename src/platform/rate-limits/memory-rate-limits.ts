import { RateLimiterMemory } from 'rate-limiter-flexible';
import { CountedRateLimits } from './counted-rate-limits.js';

/** Counts in this process: right for a single node, and forgotten when it stops. */
export class MemoryRateLimits extends CountedRateLimits {
  constructor() {
    super(
      ({ name, points, durationMs }) =>
        new RateLimiterMemory({ keyPrefix: name, points, duration: durationMs / 1_000 }),
    );
  }
}

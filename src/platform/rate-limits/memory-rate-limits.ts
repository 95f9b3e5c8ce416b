import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimits } from '../../kernel/ports.js';

/** Counts in this process: right for a single node, and forgotten when it stops. */
export class MemoryRateLimits implements RateLimits {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  async spend(limit: RateLimit, key: string): Promise<number | null> {
    try {
      await this.of(limit).consume(key);
      return null;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
      throw refused;
    }
  }

  async giveBack(limit: RateLimit, key: string): Promise<void> {
    await this.of(limit).reward(key);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    await this.of(limit).delete(key);
  }

  private of(limit: RateLimit): RateLimiterMemory {
    const known = this.limiters.get(limit.name);
    if (known) return known;
    const { name: keyPrefix, points, durationMs } = limit;
    const limiter = new RateLimiterMemory({ keyPrefix, points, duration: durationMs / 1_000 });
    this.limiters.set(limit.name, limiter);
    return limiter;
  }
}

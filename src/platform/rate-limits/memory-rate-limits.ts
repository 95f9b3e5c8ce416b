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
      if (!(refused instanceof RateLimiterRes)) throw refused;
      // The library counts what it refuses too: points given back later would then never be enough.
      await this.giveBack(limit, key);
      return Math.max(1, refused.msBeforeNext);
    }
  }

  async giveBack(limit: RateLimit, key: string): Promise<void> {
    const limiter = this.of(limit);
    // After the end of its time nothing is owed: a point given back then would be one too many in the next.
    if (await limiter.get(key)) await limiter.reward(key);
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

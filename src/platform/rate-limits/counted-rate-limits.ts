import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimits } from '../../kernel/ports.js';

/** What all adapters make of rate-limiter-flexible, wherever it counts. */
export class CountedRateLimits implements RateLimits {
  private readonly limiters = new Map<string, RateLimiterAbstract>();

  constructor(private readonly limiterFor: (limit: RateLimit) => RateLimiterAbstract) {}

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

  async close(): Promise<void> {
    // Nothing is open.
  }

  private of(limit: RateLimit): RateLimiterAbstract {
    const known = this.limiters.get(limit.name) ?? this.limiterFor(limit);
    this.limiters.set(limit.name, known);
    return known;
  }
}

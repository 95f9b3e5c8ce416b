import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Logger, RateLimit, RateLimits } from '../../kernel/ports.js';
import { connectRedis, type RedisSettings } from '../redis/connect.js';
import { CountedRateLimits } from './counted-rate-limits.js';
import { MemoryRateLimits } from './memory-rate-limits.js';

/** How long Redis may take to count: a sign-in waits for it. */
const PATIENCE_MS = 250;

/** How long it is not asked again after it did not answer. */
const LEFT_ALONE_MS = 1_000;

/**
 * Counts in Redis, for all nodes together. While Redis is away each node counts for itself: nobody is locked out for that,
 * and who guesses has as many tries as there are nodes, times the limit, and no more.
 */
export class RedisRateLimits implements RateLimits {
  private readonly redis: Redis | Cluster;
  private readonly shared: RateLimits;
  private readonly own = new MemoryRateLimits();
  private leftAloneUntil = 0;

  constructor(
    settings: RedisSettings,
    private readonly log: Logger,
  ) {
    this.redis = connectRedis(settings, 'rate-limits', log, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: PATIENCE_MS,
      // A line on which nothing is answered is made anew: the machine at its end may be another by now.
      socketTimeout: LEFT_ALONE_MS,
    });
    this.shared = new CountedRateLimits(
      ({ name, points, durationMs }) =>
        new RateLimiterRedis({
          storeClient: this.redis,
          keyPrefix: `${settings.prefix}:limit:${name}`,
          points,
          duration: durationMs / 1_000,
        }),
    );
  }

  get isUp(): boolean {
    return this.redis.status === 'ready' && performance.now() >= this.leftAloneUntil;
  }

  spend(limit: RateLimit, key: string): Promise<number | null> {
    return this.count((limits, of) => limits.spend(limit, of), key);
  }

  giveBack(limit: RateLimit, key: string): Promise<void> {
    return this.count((limits, of) => limits.giveBack(limit, of), key);
  }

  reset(limit: RateLimit, key: string): Promise<void> {
    return this.count((limits, of) => limits.reset(limit, of), key);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async count<T>(work: (limits: RateLimits, key: string) => Promise<T>, key: string): Promise<T> {
    const digest = digestOf(key);
    if (this.isUp) {
      try {
        return await work(this.shared, digest);
      } catch (error) {
        const now = performance.now();
        // Of many who waited for it at once, one says so.
        if (now >= this.leftAloneUntil)
          this.log.warn({ err: error }, 'Redis did not count: this node counts by itself for a while');
        this.leftAloneUntil = now + LEFT_ALONE_MS;
      }
    }
    return work(this.own, digest);
  }
}

/** Keys are addresses of people and of their machines: Redis need not know them. */
function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22);
}

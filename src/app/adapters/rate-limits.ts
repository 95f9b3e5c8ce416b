import type { Logger, RateLimits } from '../../kernel/ports.js';
import { MemoryRateLimits } from '../../platform/rate-limits/memory-rate-limits.js';
import { RedisRateLimits } from '../../platform/rate-limits/redis-rate-limits.js';
import type { Config } from '../config.js';

/** Where guesses are counted: in Redis for all nodes, or in the memory of the only one. */
export function makeRateLimits({ redis }: Config, log: Logger): RateLimits {
  return redis === null ? new MemoryRateLimits() : new RedisRateLimits(redis, log);
}

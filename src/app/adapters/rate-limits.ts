import type { Logger, RateLimits } from '../../kernel/ports.js';
import { MemoryRateLimits } from '../../platform/rate-limits/memory-rate-limits.js';
import type { Config } from '../config.js';

export function makeRateLimits(_config: Config, _log: Logger): RateLimits {
  return new MemoryRateLimits();
}

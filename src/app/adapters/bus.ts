import type { Bus, BusFigures, Logger } from '../../kernel/ports.js';
import { MemoryBus } from '../../platform/bus/memory-bus.js';
import { RedisBus } from '../../platform/bus/redis-bus.js';
import type { Config } from '../config.js';

/** What nodes tell each other over: Redis, or the memory of the only one. */
export function makeBus({ redis }: Config, log: Logger): Bus & Partial<BusFigures> {
  return redis === null ? new MemoryBus(log) : new RedisBus(redis, log);
}

import type { Bus, Logger } from '../../kernel/ports.js';
import { MemoryBus } from '../../platform/bus/memory-bus.js';
import type { Config } from '../config.js';

/** What nodes tell each other over: this process's memory, where it is the only one. */
export function makeBus(_config: Config, log: Logger): Bus {
  return new MemoryBus(log);
}

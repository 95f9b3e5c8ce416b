import type { Clock } from '../../kernel/ports.js';

export const systemClock: Clock = { now: () => new Date() };

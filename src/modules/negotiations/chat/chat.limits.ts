import type { Policy } from '../../../kernel/context.js';
import type { RateLimit } from '../../../kernel/ports.js';

/** Messages of one account, whatever the negotiation. */
export function messageLimit({ messagesPerMinute }: Policy): RateLimit {
  return { name: 'messages', points: messagesPerMinute, durationMs: 60_000 };
}

/** Signs of one account that it is writing. A client sends one every few seconds; this many come of a key that is held. */
export const typingLimit: RateLimit = { name: 'typing', points: 20, durationMs: 1_000 };

import { withoutDeadline } from '../../kernel/deadline.js';
import type { Bus, BusMessage, Logger } from '../../kernel/ports.js';

/** The bus of a single node. Listeners are called in a turn of their own, so that a publisher never waits for them. */
export class MemoryBus implements Bus {
  private readonly listeners = new Map<string, Set<(message: BusMessage) => void>>();

  constructor(private readonly log: Logger) {}

  publish(topic: string, message: BusMessage): void {
    if (!this.listeners.has(topic)) return;
    // What listeners do is not the publisher's operation.
    withoutDeadline(() => setImmediate(() => this.deliver(topic, message)));
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(topic) === listeners) this.listeners.delete(topic);
    };
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }

  private deliver(topic: string, message: BusMessage): void {
    for (const listener of this.listeners.get(topic) ?? []) {
      try {
        listener(message);
      } catch (error) {
        this.log.error({ err: error, topic }, 'a bus listener failed');
      }
    }
  }
}

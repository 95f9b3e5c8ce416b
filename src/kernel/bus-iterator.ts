import type { Bus, BusMessage } from './ports.js';

/**
 * A bus topic as a subscription's source, for what is not stored: of messages that wait, only the newest `keep` are
 * kept, for each of them says how things stand now.
 */
export class BusIterator implements AsyncIterableIterator<BusMessage> {
  private readonly waiting: BusMessage[] = [];
  private wake: (() => void) | null = null;
  private done = false;
  private readonly unsubscribe: () => void;

  constructor(bus: Bus, topic: string, keep = 1) {
    this.unsubscribe = bus.subscribe(topic, (message) => {
      this.waiting.push(message);
      if (this.waiting.length > keep) this.waiting.shift();
      this.wake?.();
      this.wake = null;
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<BusMessage>> {
    while (!this.done) {
      const message = this.waiting.shift();
      if (message) return { value: message, done: false };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<BusMessage>> {
    this.done = true;
    this.unsubscribe();
    this.wake?.();
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<BusMessage>> {
    await this.return();
    throw error;
  }
}

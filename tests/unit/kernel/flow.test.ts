import { describe, expect, it, vi } from 'vitest';
import { flowOf } from '../../../src/kernel/flow.js';

/** Hands out what it is given, when it is given it. */
class Given implements AsyncIterator<number> {
  asked = 0;
  returned = 0;
  private answer: ((result: IteratorResult<number> | Promise<never>) => void) | null = null;

  next(): Promise<IteratorResult<number>> {
    this.asked += 1;
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  async return(): Promise<IteratorResult<number>> {
    this.returned += 1;
    return { value: undefined, done: true };
  }

  async give(result: IteratorResult<number> | Promise<never>): Promise<void> {
    this.answer?.(result);
    for (let n = 0; n < 5; n++) await null;
  }
}

const value = (n: number) => ({ value: n, done: false });

describe('a source as a flow', () => {
  it('is pulled once, when something is asked of it and nothing is there', async () => {
    const source = new Given();
    const flow = flowOf(source);
    expect(source.asked).toBe(0);
    expect([flow.take(), flow.take()]).toEqual([undefined, undefined]);
    expect(source.asked).toBe(1);
    await source.give(value(7));
    expect(flow.take()).toBe(7);
    expect(source.asked).toBe(1);
  });

  it('wakes who waits once, and at once where something is there already', async () => {
    const source = new Given();
    const flow = flowOf(source);
    const wake = vi.fn();
    flow.take();
    flow.whenReady(wake);
    expect(wake).not.toHaveBeenCalled();
    await source.give(value(1));
    expect(wake).toHaveBeenCalledTimes(1);
    flow.whenReady(wake);
    expect(wake).toHaveBeenCalledTimes(2);
    expect(flow.take()).toBe(1);
  });

  it('is over with its source', async () => {
    const source = new Given();
    const flow = flowOf(source);
    const wake = vi.fn();
    flow.take();
    flow.whenReady(wake);
    await source.give({ value: undefined, done: true });
    expect(wake).toHaveBeenCalledTimes(1);
    expect([flow.take(), flow.isOver]).toEqual([undefined, true]);
    expect(await flow.next()).toEqual({ value: undefined, done: true });
  });

  it('throws what its source throws, to whoever takes next, and goes on after it', async () => {
    const source = new Given();
    const flow = flowOf(source);
    flow.take();
    await source.give(Promise.reject(new Error('away')));
    expect(() => flow.take()).toThrow('away');
    flow.take();
    await source.give(value(2));
    expect(flow.take()).toBe(2);
  });

  it('returns its source once, wakes who waits, and hands out nothing of what comes late', async () => {
    const source = new Given();
    const flow = flowOf(source);
    const wake = vi.fn();
    flow.take();
    flow.whenReady(wake);
    await flow.return();
    await flow.return();
    expect([source.returned, wake.mock.calls.length, flow.isOver]).toEqual([1, 1, true]);
    await source.give(value(3));
    expect(flow.take()).toBeUndefined();
    expect(source.asked).toBe(1);
  });

  it('survives a source that cannot be ended', async () => {
    const flow = flowOf({
      next: () => new Promise<never>(() => undefined),
      return: () => Promise.reject(new Error('no')),
    });
    expect(await flow.return()).toEqual({ value: undefined, done: true });
  });

  it('can be iterated over, and is itself its flow', async () => {
    const numbers = (async function* () {
      yield 1;
      yield 2;
    })();
    const flow = flowOf(numbers);
    expect(flowOf(flow)).toBe(flow);
    const seen: number[] = [];
    for await (const n of flow) seen.push(n);
    expect(seen).toEqual([1, 2]);
    expect(flow.isOver).toBe(true);
  });
});

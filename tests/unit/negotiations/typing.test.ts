import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus, BusMessage } from '../../../src/kernel/ports.js';
import { TYPING_MS, TypingFollower } from '../../../src/modules/negotiations/chat/typing.live.js';

/** One topic, delivered at once. */
class Room implements Bus {
  readonly listeners = new Set<(message: BusMessage) => void>();

  publish(_topic: string, message: BusMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  subscribe(_topic: string, listener: (message: BusMessage) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {}
}

describe('whoever follows typing', () => {
  const room = new Room();
  const sign = (party: string, typing: boolean) => room.publish('', { party, typing });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(room.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  /** Follows the buyer, and notes what is told as soon as it is. */
  function follow() {
    const follower = new TypingFollower(room, 'n', 'BUYER', TYPING_MS);
    const told: boolean[] = [];
    const over = (async () => {
      for await (const { typing, party, negotiationId } of follower) {
        expect([party, negotiationId]).toEqual(['BUYER', 'n']);
        told.push(typing);
      }
    })();
    return { told, end: () => follower.return().then(() => over) };
  }

  it('is told once that it began, and once, 6 seconds after its last sign, that it left off', async () => {
    const [one, two] = [follow(), follow()];
    for (let seconds = 0; seconds < 20; seconds += 5) {
      sign('BUYER', true);
      await vi.advanceTimersByTimeAsync(5_000);
      expect([one.told, two.told]).toEqual([[true], [true]]);
    }
    await vi.advanceTimersByTimeAsync(999);
    expect(one.told).toEqual([true]);
    await vi.advanceTimersByTimeAsync(1);
    expect([one.told, two.told]).toEqual([
      [true, false],
      [true, false],
    ]);
    await vi.advanceTimersByTimeAsync(60_000);
    sign('BUYER', false);
    await vi.advanceTimersByTimeAsync(0);
    expect(one.told).toEqual([true, false]);
    await Promise.all([one.end(), two.end()]);
  });

  it('hears nothing of what is its own, and loses nothing for it', async () => {
    const { told, end } = follow();
    sign('BUYER', true);
    await vi.advanceTimersByTimeAsync(0);
    sign('BUYER', false);
    sign('DEALER', true);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual([true, false]);
    await end();
  });

  it('is not told of what was over before it could be', async () => {
    const follower = new TypingFollower(room, 'n', 'BUYER', TYPING_MS);
    sign('BUYER', true);
    sign('BUYER', false);
    sign('BUYER', true);
    expect((await follower.next()).value).toMatchObject({ typing: true });
    const next = follower.next();
    await follower.return();
    expect(await next).toEqual({ value: undefined, done: true });
  });

  it('leaves no timer behind, whenever it ends', async () => {
    const { told, end } = follow();
    sign('BUYER', true);
    await vi.advanceTimersByTimeAsync(1_000);
    await end();
    expect(vi.getTimerCount()).toBe(0);
    sign('BUYER', true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([true]);
  });
});

import { describe, expect, it } from 'vitest';
import { type Leaving, sayGoodbye } from '../../../../src/app/sockets/farewell.js';

class Socket implements Leaving {
  closedAt: number | null = null;

  constructor(public isBusy = false) {}

  close(): void {
    this.closedAt = performance.now();
  }
}

const sockets = (count: number) => Array.from({ length: count }, () => new Socket());

describe('the farewell to sockets', () => {
  it('tells a few of them in one go', async () => {
    const few = sockets(50);
    const before = performance.now();
    await sayGoodbye(few, 7_000);
    expect(few.every(({ closedAt }) => closedAt !== null)).toBe(true);
    expect(performance.now() - before).toBeLessThan(500);
  });

  it('spreads many over a third of its time, and never all in one moment', async () => {
    const many = sockets(100_000);
    const before = performance.now();
    await sayGoodbye(many, 600);
    const moments = many.map(({ closedAt }) => (closedAt as number) - before);
    expect(new Set(moments.map((ms) => Math.floor(ms / 20))).size).toBeGreaterThan(3);
  });

  it('waits for the answers of busy ones, and no longer than its time', async () => {
    const [busy, stuck, idle] = [new Socket(true), new Socket(true), new Socket()];
    setTimeout(() => {
      busy.isBusy = false;
    }, 100);
    const before = performance.now();
    await sayGoodbye([busy, stuck, idle], 300);
    const toldAfter = (socket: Socket) => (socket.closedAt as number) - before;
    expect(toldAfter(idle)).toBeLessThan(95);
    expect(toldAfter(busy)).toBeGreaterThanOrEqual(95);
    expect(toldAfter(busy)).toBeLessThan(300);
    expect(toldAfter(stuck)).toBeGreaterThanOrEqual(300);
  });
});

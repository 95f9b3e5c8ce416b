import { expect, it } from 'vitest';
import { keepHeapSmall, letBuffersGo } from '../../../../src/modules/vehicles/bulk/heap.js';

/** 80 MB in pieces that V8 counts among the old ones by the time that all are there. */
function leaveGarbage(): WeakRef<number[][]> {
  return new WeakRef(Array.from({ length: 1_000 }, () => new Array<number>(10_000).fill(0.5)));
}

it('what a reader leaves behind is collected, each time that there is much of it', async () => {
  await keepHeapSmall();
  for (let round = 0; round < 2; round++) {
    const garbage = leaveGarbage();
    expect(garbage.deref() === undefined).toBe(false);
    await keepHeapSmall();
    expect(garbage.deref() === undefined).toBe(true);
  }
});

it('a little is left to V8', async () => {
  await keepHeapSmall();
  const little = new WeakRef({ left: 'behind' });
  await keepHeapSmall();
  expect(little.deref()).toBeDefined();
});

it('buffers that a file went through are let go, and those in use are kept', async () => {
  const MB = 1024 * 1024;
  const inBuffers = () => process.memoryUsage().arrayBuffers;
  const kept = Buffer.alloc(64 * 1024, 'x');
  await letBuffersGo();
  const before = inBuffers();
  for (let count = 0; count < 160; count++) Buffer.alloc(64 * 1024);
  expect(inBuffers() - before).toBeGreaterThan(9 * MB);
  await letBuffersGo();
  // Other threads give them back.
  await expect.poll(() => inBuffers() - before).toBeLessThan(MB);
  expect(kept.toString()).toBe('x'.repeat(64 * 1024));
});

import { describe, expect, it } from 'vitest';
import type { Ctx } from '../../../src/kernel/context.js';
import { currentDeadline, withDeadline } from '../../../src/kernel/deadline.js';
import { StreamHub } from '../../../src/kernel/stream-hub.js';
import { type StreamKind, streamTopic } from '../../../src/kernel/streams.js';
import { MemoryBus } from '../../../src/platform/bus/memory-bus.js';
import { testLog } from '../../support/app.js';

describe('what operations share', () => {
  it('is told on the bus without the deadline of whoever said it', async () => {
    const bus = new MemoryBus(testLog);
    const heard = new Promise((resolve) => bus.subscribe('topic', () => resolve(currentDeadline())));
    await withDeadline(60_000, () => bus.publish('topic', {}));
    expect(await heard).toBeNull();
  });

  it('is read of a stream without the deadline of whoever follows it first', async () => {
    const bus = new MemoryBus(testLog);
    const seen: unknown[] = [];
    let head = 1;
    const kind: StreamKind = {
      name: 'numbers',
      heads: async (_ctx, ids) => {
        seen.push(currentDeadline());
        return new Map(ids.map((id) => [id, head]));
      },
      read: async (_ctx, _id, after) => {
        seen.push(currentDeadline());
        return Array.from({ length: head - after }, (_, n) => ({ sequence: after + n + 1 }));
      },
    };
    const hub = new StreamHub({
      queueLimit: 10,
      pollMs: 60_000,
      log: testLog,
      bus,
      makeCtx: () => ({}) as Ctx,
    });
    await withDeadline(60_000, async () => {
      const follower = hub.follow(kind, 'a', 0, () => undefined);
      expect(await follower.next()).toEqual({ value: { sequence: 1 }, done: false });
      head = 2;
      bus.publish(streamTopic(kind, 'a'), { sequence: 2 });
      expect(await follower.next()).toEqual({ value: { sequence: 2 }, done: false });
      await follower.return?.();
    });
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.every((deadline) => deadline === null)).toBe(true);
    await hub.stop();
  });
});

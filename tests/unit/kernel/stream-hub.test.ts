import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import type { Ctx } from '../../../src/kernel/context.js';
import type { Bus, BusMessage, Logger } from '../../../src/kernel/ports.js';
import { StreamHub } from '../../../src/kernel/stream-hub.js';
import { type StreamKind, streamTopic } from '../../../src/kernel/streams.js';

interface Entry {
  readonly sequence: number;
  readonly text: string;
}

/** A bus that says what it is told to, when it is told to. */
class ToldBus implements Bus {
  private readonly listeners = new Map<string, Set<(message: BusMessage) => void>>();

  publish(topic: string, message: BusMessage): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener(message);
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  listening(topic: string): number {
    return this.listeners.get(topic)?.size ?? 0;
  }

  async close(): Promise<void> {}
}

/** Streams in memory that fail, dawdle and lag as a test wants it; every statement is counted. */
class Store implements StreamKind<Entry> {
  readonly name = 'test';
  readonly logs = new Map<string, Entry[]>();
  readonly reads: Array<{ id: string; after: number }> = [];
  headReads = 0;
  failing = 0;
  /** How many of the newest entries cannot be read yet, though the head counts them. */
  lag = 0;
  /** Called before each read answers. */
  onRead: () => Promise<void> = async () => undefined;
  onHeads: () => Promise<void> = async () => undefined;

  append(id: string, count = 1): number {
    const log = this.logs.get(id) ?? [];
    this.logs.set(id, log);
    for (let n = 0; n < count; n++) log.push({ sequence: log.length + 1, text: `${id} ${log.length + 1}` });
    return log.length;
  }

  readonly read = async (_ctx: Ctx, id: string, after: number, limit: number): Promise<Entry[]> => {
    this.reads.push({ id, after });
    if (this.failing > 0) {
      this.failing--;
      throw new Error('the database is away');
    }
    const log = this.logs.get(id) ?? [];
    const found = log.slice(0, log.length - this.lag).slice(after, after + limit);
    await this.onRead();
    return found;
  };

  readonly heads = async (_ctx: Ctx, ids: readonly string[]): Promise<Map<string, number>> => {
    this.headReads++;
    if (this.failing > 0) {
      this.failing--;
      throw new Error('the database is away');
    }
    const heads = new Map(
      ids.flatMap((id) => (this.logs.has(id) ? [[id, this.logs.get(id)?.length ?? 0]] : [])),
    );
    await this.onHeads();
    return heads;
  };
}

const QUEUE_LIMIT = 10;
const never = () => {
  throw new Error('cut off');
};
const upTo = (n: number, from = 1) => Array.from({ length: Math.max(0, n - from + 1) }, (_, i) => from + i);

/** Lets everything run that waits for nothing but its turn. */
const settle = async () => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve));
};

describe('StreamHub', () => {
  let bus: ToldBus;
  let store: Store;
  let hub: StreamHub;
  let log: { [level in keyof Logger]: Mock<Logger[level]> };

  const open = (pollMs = 1_000_000) => {
    bus = new ToldBus();
    store = new Store();
    log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    hub = new StreamHub({ bus, log, pollMs, queueLimit: QUEUE_LIMIT, makeCtx: () => ({}) as Ctx });
    hub.start();
  };
  beforeEach(() => open());
  afterEach(() => hub.stop());

  const follow = (after: number | null, onCutOff: () => void = never, id = 'a') =>
    hub.follow(store, id, after, onCutOff);
  const announce = (sequence: number, id = 'a') => bus.publish(streamTopic(store, id), { sequence });
  const write = (count = 1, id = 'a') => announce(store.append(id, count), id);

  /** Takes entries into a list until the stream ends. */
  const collect = (entries: AsyncIterableIterator<Entry>) => {
    const seen: number[] = [];
    const ended = (async () => {
      for await (const entry of entries) seen.push(entry.sequence);
    })();
    return { seen, ended };
  };
  const reaches = (seen: number[], n: number) =>
    vi.waitFor(() => expect(seen.at(-1)).toBe(n), { interval: 1, timeout: 2_000 });

  describe('order', () => {
    it('replays what is stored, then goes on live', async () => {
      store.append('a', 3);
      const { seen } = collect(follow(0));
      await reaches(seen, 3);
      write();
      write(2);
      await reaches(seen, 6);
      expect(seen).toEqual(upTo(6));
    });

    it('replays more than one page without a hole, whatever is written between the pages', async () => {
      store.append('a', 250);
      let reads = 0;
      store.onRead = async () => {
        if (++reads <= 5) write(7);
        await settle();
      };
      const { seen } = collect(follow(0));
      await reaches(seen, 285);
      expect(seen).toEqual(upTo(285));
    });

    it('begins with what comes next where no place is given', async () => {
      store.append('a', 5);
      const { seen } = collect(follow(null));
      await settle();
      write();
      await reaches(seen, 6);
      expect(seen).toEqual([6]);
    });

    it('counts "next" from the subscription, not from the first pull', async () => {
      store.append('a', 5);
      const entries = follow(null);
      await settle();
      write(2);
      expect(await entries.next()).toMatchObject({ value: { sequence: 6 } });
      expect(await entries.next()).toMatchObject({ value: { sequence: 7 } });
    });

    it('misses nothing that is written while the head is read', async () => {
      store.append('a', 2);
      let isWritten = false;
      store.onHeads = async () => {
        if (!isWritten) write();
        isWritten = true;
      };
      const { seen } = collect(follow(null));
      await reaches(seen, 3);
      expect(seen).toEqual([3]);
    });

    it('begins an unknown stream at 1', async () => {
      const { seen } = collect(follow(null));
      await settle();
      write();
      await reaches(seen, 1);
    });

    it('waits beyond the head for what comes after that place', async () => {
      store.append('a', 3);
      const { seen } = collect(follow(5));
      await settle();
      write(4);
      await reaches(seen, 7);
      expect(seen).toEqual([6, 7]);
    });
  });

  describe('a place that a client has seen', () => {
    const resume = (after: number) => hub.resume(store, 'a', after, never);
    const beyond = { extensions: { code: 'BAD_USER_INPUT', fields: { after: [expect.any(String)] } } };

    it('is taken up where it is the last one, or one before', async () => {
      store.append('a', 3);
      const [last, before] = [collect(await resume(3)), collect(await resume(1))];
      write();
      await reaches(last.seen, 4);
      await reaches(before.seen, 4);
      expect([last.seen, before.seen]).toEqual([[4], [2, 3, 4]]);
    });

    it('is refused beyond the end, and nothing is left of it', async () => {
      store.append('a', 3);
      await expect(resume(4)).rejects.toMatchObject(beyond);
      expect([hub.size, bus.listening('test:a')]).toEqual([0, 0]);
    });

    it('is refused in a stream without entries', async () => {
      await expect(resume(1)).rejects.toMatchObject(beyond);
    });

    it('is refused to one, and the others go on', async () => {
      const { seen } = collect(follow(0));
      write(2);
      await reaches(seen, 2);
      await expect(resume(3)).rejects.toMatchObject(beyond);
      expect(hub.followers).toBe(1);
      write();
      await reaches(seen, 3);
    });

    it('may be one that this node has not heard of: then all here hear of it', async () => {
      const level = collect(follow(0));
      write();
      await reaches(level.seen, 1);
      store.append('a', 2);
      const { seen } = collect(await resume(3));
      await reaches(level.seen, 3);
      write();
      await reaches(seen, 4);
      expect([level.seen, seen]).toEqual([upTo(4), [4]]);
    });

    it('is not judged by a head that was read before it was written', async () => {
      store.append('a', 2);
      let isWritten = false;
      store.onHeads = async () => {
        if (!isWritten) store.append('a');
        isWritten = true;
      };
      const { seen } = collect(await resume(3));
      write();
      await reaches(seen, 4);
      expect(seen).toEqual([4]);
    });

    it('is not refused because the database is away: who asks is told that, and nothing is left of it', async () => {
      store.append('a', 2);
      store.failing = 1;
      await expect(resume(2)).rejects.toThrow('away');
      expect(hub.size).toBe(0);
      const { seen } = collect(await resume(1));
      await reaches(seen, 2);
    });

    it('costs one head for all who come to a stream, and none where it is known', async () => {
      store.append('a', 3);
      await Promise.all([resume(3), resume(2), resume(1)]);
      await resume(3);
      expect(store.headReads).toBe(1);
    });
  });

  describe('a bus that keeps no promise', () => {
    it('is not believed: doubled, late and reordered announcements change nothing', async () => {
      const { seen } = collect(follow(0));
      await settle();
      store.append('a', 5);
      for (const sequence of [3, 5, 1, 5, 2, 5, 4]) announce(sequence);
      await reaches(seen, 5);
      announce(5);
      await settle();
      expect(seen).toEqual(upTo(5));
    });

    it('may say nonsense', async () => {
      const { seen } = collect(follow(0));
      await settle();
      store.append('a');
      for (const message of [{}, { sequence: 'x' }, { sequence: null }, { sequence: -1 }, { sequence: 1e9 }])
        bus.publish(streamTopic(store, 'a'), message as BusMessage);
      await reaches(seen, 1);
      await settle();
      // An entry that was announced and is not there is not asked for again until something new is said.
      expect(store.reads.length).toBeLessThan(6);
    });

    it('may lose everything: the poll heals it', async () => {
      open(10);
      const { seen } = collect(follow(0));
      await settle();
      store.append('a', 4);
      await reaches(seen, 4);
      store.append('a', 4);
      await reaches(seen, 8);
      expect(seen).toEqual(upTo(8));
    });

    it('is outrun by a poll of one statement for all streams of a kind', async () => {
      const ids = upTo(20).map(String);
      const followers = ids.map((id) => collect(follow(null, never, id)));
      await settle();
      store.headReads = 0;
      await (hub as unknown as { poll(): Promise<void> }).poll();
      expect(store.headReads).toBe(1);
      for (const id of ids) store.append(id);
      await (hub as unknown as { poll(): Promise<void> }).poll();
      for (const { seen } of followers) await reaches(seen, 1);
    });
  });

  describe('a database that fails or lags', () => {
    it('is asked again at the next announcement', async () => {
      const { seen } = collect(follow(0));
      await settle();
      store.failing = 1;
      write(2);
      await settle();
      expect(seen).toEqual([]);
      expect(log.warn).toHaveBeenCalledTimes(1);
      write();
      await reaches(seen, 3);
      expect(seen).toEqual(upTo(3));
    });

    it('is asked again by the poll, which survives its own failures', async () => {
      open(5);
      const { seen } = collect(follow(0));
      await settle();
      store.failing = 4;
      write(2);
      await reaches(seen, 2);
      expect(store.failing).toBe(0);
    });

    it('tells a failed replay to who asked for it, and to nobody else', async () => {
      store.append('a', 2);
      const level = collect(follow(0));
      await reaches(level.seen, 2);
      store.failing = 1;
      const late = follow(0);
      await expect(late.next()).rejects.toThrow('away');
      await late.return?.();
      write();
      await reaches(level.seen, 3);
      expect(hub.size).toBe(1);
    });

    it('tells a head that could not be read to who pulls, and reads it anew for the next', async () => {
      store.append('a', 2);
      store.failing = 1;
      await expect(follow(0).next()).rejects.toThrow('away');
      expect(await follow(0).next()).toMatchObject({ value: { sequence: 1 } });
    });

    it('may have a head that runs ahead of what can be read', async () => {
      open(10);
      store.append('a', 5);
      store.lag = 2;
      const { seen } = collect(follow(0));
      await reaches(seen, 3);
      store.lag = 0;
      await reaches(seen, 5);
      store.lag = 1;
      write();
      await settle();
      expect(seen.at(-1)).toBe(5);
      store.lag = 0;
      await reaches(seen, 6);
      expect(seen).toEqual(upTo(6));
    });
  });

  describe('what is shared', () => {
    it('reads a stream once for all who are level with it', async () => {
      const followers = upTo(50).map(() => collect(follow(null)));
      await settle();
      store.reads.length = 0;
      write();
      for (const { seen } of followers) await reaches(seen, 1);
      expect(store.reads).toEqual([{ id: 'a', after: 0 }]);
      expect(store.headReads).toBe(1);
    });

    it('reads once for announcements that come while it reads', async () => {
      const { seen } = collect(follow(null));
      await settle();
      store.reads.length = 0;
      for (let n = 0; n < 5; n++) write();
      await reaches(seen, 5);
      expect(store.reads.length).toBeLessThanOrEqual(2);
    });

    it('hands a level one nothing late because somebody else replays', async () => {
      store.append('a', 5);
      const level = collect(follow(null));
      await settle();
      store.onRead = () => new Promise((resolve) => setTimeout(resolve, 20));
      const late = collect(follow(0));
      await settle();
      write();
      await reaches(level.seen, 6);
      await reaches(late.seen, 6);
      expect(late.seen).toEqual(upTo(6));
      expect(level.seen).toEqual([6]);
    });

    it('keeps streams apart', async () => {
      const a = collect(follow(0, never, 'a'));
      const b = collect(follow(0, never, 'b'));
      await settle();
      write(2, 'a');
      write(1, 'b');
      await reaches(a.seen, 2);
      await reaches(b.seen, 1);
      expect(hub.size).toBe(2);
    });
  });

  describe('the end', () => {
    it('comes at once for who waits', async () => {
      const entries = follow(0);
      const waiting = entries.next();
      await settle();
      await entries.return?.();
      expect(await waiting).toEqual({ value: undefined, done: true });
      expect(await entries.next()).toEqual({ value: undefined, done: true });
    });

    it('comes for who waits for a head that cannot be read yet', async () => {
      store.append('a', 2);
      store.lag = 2;
      const entries = follow(0);
      const waiting = entries.next();
      await settle();
      await entries.return?.();
      expect(await waiting).toEqual({ value: undefined, done: true });
    });

    it('hands out nothing of what was read meanwhile', async () => {
      store.append('a', 3);
      const entries = follow(0);
      const waiting = entries.next();
      await entries.return?.();
      expect(await waiting).toEqual({ value: undefined, done: true });
    });

    it('lets go of a stream with its last follower, and takes it up anew', async () => {
      const [one, two] = [collect(follow(0)), follow(0)];
      await settle();
      expect([hub.size, hub.followers]).toEqual([1, 2]);
      await two.return?.();
      expect([hub.size, hub.followers]).toEqual([1, 1]);
      expect(bus.listening('test:a')).toBe(1);
      write();
      await reaches(one.seen, 1);
      const three = follow(0);
      await three.return?.();
      await three.return?.();
      expect(hub.size).toBe(1);
      await hub.stop();
      await one.ended;
      expect(hub.size).toBe(0);
      expect(bus.listening('test:a')).toBe(0);
      const four = follow(0);
      expect(await four.next()).toMatchObject({ value: { sequence: 1 } });
      await four.return?.();
      expect(hub.size).toBe(0);
    });

    it('passes on what is thrown into it, and lets go', async () => {
      const entries = follow(0);
      await expect(entries.throw?.(new Error('enough'))).rejects.toThrow('enough');
      expect(hub.size).toBe(0);
    });

    it('comes for all when the hub stops', async () => {
      const followers = upTo(5).map((n) => collect(follow(0, never, `${n}`)));
      await settle();
      await hub.stop();
      await Promise.all(followers.map(({ ended }) => ended));
    });
  });

  describe('a slow follower', () => {
    it('is cut off before more than the limit waits for it, and delays nobody', async () => {
      const onCutOff = vi.fn();
      const quick = collect(follow(0));
      const slow = follow(0, onCutOff);
      const first = slow.next();
      await settle();
      for (let n = 1; n <= QUEUE_LIMIT + 1; n++) {
        write();
        await reaches(quick.seen, n);
      }
      expect(await first).toMatchObject({ value: { sequence: 1 } });
      expect(onCutOff).not.toHaveBeenCalled();
      write();
      await reaches(quick.seen, QUEUE_LIMIT + 2);
      expect(onCutOff).toHaveBeenCalledTimes(1);
      expect(await slow.next()).toEqual({ value: undefined, done: true });
      write();
      await reaches(quick.seen, QUEUE_LIMIT + 3);
      expect(onCutOff).toHaveBeenCalledTimes(1);
      expect(quick.seen).toEqual(upTo(QUEUE_LIMIT + 3));
    });

    it('resumes after the last that it saw, and misses nothing', async () => {
      const onCutOff = vi.fn();
      const slow = follow(0, onCutOff);
      const first = slow.next();
      for (let n = 0; !onCutOff.mock.calls.length; n++) {
        await settle();
        write();
        expect(n).toBeLessThan(QUEUE_LIMIT * 2);
      }
      const last = (await first).value.sequence as number;
      const written = store.append('a', 5);
      const { seen } = collect(follow(last));
      await reaches(seen, written);
      expect(seen).toEqual(upTo(written, last + 1));
    });

    it('is not taken for slow because more came at once than may wait for it', async () => {
      const followers = upTo(3).map(() => follow(0));
      const seen = followers.map(() => [] as number[]);
      const taking = followers.map(async (entries, n) => {
        for await (const entry of entries) {
          seen[n]?.push(entry.sequence);
          // A client takes its time over each.
          await settle();
        }
      });
      await settle();
      write(QUEUE_LIMIT * 7 + 3);
      for (const one of seen) await reaches(one, QUEUE_LIMIT * 7 + 3);
      write();
      for (const one of seen) await reaches(one, QUEUE_LIMIT * 7 + 4);
      for (const one of seen) expect(one).toEqual(upTo(QUEUE_LIMIT * 7 + 4));
      await hub.stop();
      await Promise.all(taking);
    });

    it('is not taken for slow because a page comes at once behind a shorter one', async () => {
      const onCutOff = vi.fn();
      const { seen } = collect(follow(0, onCutOff));
      await settle();
      write(4);
      // Before the first page has been read: it holds 4 entries, the next one as many as may wait.
      store.append('a', 8);
      write(2);
      await reaches(seen, 14);
      expect(seen).toEqual(upTo(14));
      expect(onCutOff).not.toHaveBeenCalled();
    });

    it('may be as slow as it likes while it replays: that is read page by page, as it pulls', async () => {
      store.append('a', 350);
      const slow = follow(0);
      const seen: number[] = [];
      for (let n = 0; n < 360; n++) {
        if (n % 35 === 0 && store.logs.get('a')?.length !== 360) write();
        seen.push((await slow.next()).value.sequence as number);
      }
      expect(seen).toEqual(upTo(360));
      // Never more at a time than may wait for one that is level.
      const own = store.reads.map(({ after }) => after).filter((after) => after < 350);
      expect(own).toEqual(upTo(35).map((n) => (n - 1) * QUEUE_LIMIT));
    });
  });

  it('gives every follower 1 to n once and in order, whatever happens in whatever order', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('lose' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('say' as const), sequence: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ do: fc.constant('join' as const), after: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ do: fc.constant('leave' as const), which: fc.nat() }),
      fc.record({ do: fc.constant('lag' as const), by: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('fail' as const) }),
      fc.record({ do: fc.constant('wait' as const), turns: fc.integer({ min: 1, max: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        await hub.stop();
        open(2);
        store.append('a');
        const followers: Array<{ after: number; entries: AsyncIterableIterator<Entry>; seen: number[] }> = [];
        const join = (after: number) => {
          const entries = follow(after, () => undefined);
          const follower = { after, entries, seen: [] as number[] };
          followers.push(follower);
          void resume(follower);
        };
        // A replay that failed, or a cut, ends a subscription; its client resumes where it was.
        const resume = async (follower: (typeof followers)[number]) => {
          try {
            for await (const entry of follower.entries) follower.seen.push(entry.sequence);
          } catch {
            await follower.entries.return?.();
            follower.entries = follow(follower.seen.at(-1) ?? follower.after, () => undefined);
            void resume(follower);
          }
        };
        join(0);
        for (const one of steps) {
          if (one.do === 'write') write(one.count);
          if (one.do === 'lose') store.append('a', one.count);
          if (one.do === 'say') announce(one.sequence);
          if (one.do === 'join') join(one.after);
          if (one.do === 'leave' && followers.length > 1)
            await followers.splice(1 + (one.which % (followers.length - 1)), 1)[0]?.entries.return?.();
          if (one.do === 'lag') store.lag = Math.min(one.by, (store.logs.get('a')?.length ?? 0) - 1);
          if (one.do === 'fail') store.failing++;
          if (one.do === 'wait')
            for (let n = 0; n < one.turns; n++) await new Promise((r) => setImmediate(r));
        }
        store.lag = 0;
        const last = store.logs.get('a')?.length ?? 0;
        await vi.waitFor(
          () => {
            for (const { after, seen } of followers) expect(seen).toEqual(upTo(last, after + 1));
          },
          // A stall of the machine is no hole: only what never comes is one.
          { interval: 2, timeout: 8_000 },
        );
        await settle();
        for (const { after, seen } of followers) expect(seen).toEqual(upTo(last, after + 1));
        await hub.stop();
        expect(hub.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

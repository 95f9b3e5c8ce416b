import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import type { Job, JobWatcher, Logger } from '../../../src/kernel/ports.js';
import { BullJobs } from '../../../src/platform/jobs/bull-jobs.js';
import { hasRedis, type RedisOptions, RedisServer } from '../../support/redis.js';

/** Counts what a job of two or more nodes does, wherever it runs. */
class Counted {
  readonly startedAt: number[] = [];
  readonly signals: AbortSignal[] = [];
  runs = 0;
  now = 0;
  most = 0;

  constructor(
    readonly name: string,
    readonly everyMs: number,
    private readonly work: (run: number, stopping?: AbortSignal) => unknown = () => 0,
  ) {}

  get job(): Job<string> {
    return {
      name: this.name,
      everyMs: this.everyMs,
      run: async (_context, stopping) => {
        this.startedAt.push(Date.now());
        if (stopping) this.signals.push(stopping);
        this.most = Math.max(this.most, ++this.now);
        try {
          return (await this.work(++this.runs, stopping)) as number;
        } finally {
          this.now--;
        }
      },
    };
  }

  /** Resolves when it has run so many times more. */
  async more(runs: number, withinMs: number): Promise<void> {
    const goal = this.runs + runs;
    await vi.waitFor(() => expect(this.runs).toBeGreaterThanOrEqual(goal), {
      timeout: withinMs,
      interval: 20,
    });
  }
}

/** As the real ones, in less time. */
const quick = { everyMs: 200, withinMs: 600, lateMs: 2_000, longestRunMs: 2_500 };

const silent = () => undefined;
const log: Logger = { debug: silent, info: silent, warn: silent, error: silent };

class Watched implements JobWatcher {
  readonly plans: Array<[inMs: number, isShared: boolean | undefined]> = [];
  readonly failures: number[] = [];
  planned = (_job: unknown, inMs: number, isShared?: boolean) => void this.plans.push([inMs, isShared]);
  began = silent;
  succeeded = silent;
  failed = (_job: unknown, run: { failures: number }) => void this.failures.push(run.failures);
}

/** A Redis and its nodes, of one test alone: they run at once, for most of what they do is to wait. */
class Stage {
  readonly prefix = 'test';
  private readonly nodes: BullJobs<string>[] = [];

  private constructor(
    readonly redis: RedisServer,
    private readonly isCluster: boolean,
  ) {}

  static async set({ onTestFinished }: TestContext, options: RedisOptions = {}): Promise<Stage> {
    const stage = new Stage(await RedisServer.start(options), options.cluster === true);
    onTestFinished(() => stage.clear());
    return stage;
  }

  node(counted: readonly Counted[], watcher: JobWatcher = new Watched()): BullJobs<string> {
    const runner = { makeContext: () => 'a context', log, watcher };
    const jobs = counted.map(({ job }) => job);
    const settings = { url: this.redis.url, cluster: this.isCluster, prefix: this.prefix };
    const node = new BullJobs(jobs, runner, settings, quick);
    this.nodes.push(node);
    node.start();
    return node;
  }

  /** The key of something that BullMQ keeps. */
  key(type: string): string {
    return `{${this.prefix}}:jobs:${type}`;
  }

  command(...args: string[]): string {
    return this.redis.command(...args);
  }

  /** Milliseconds since 1970; NaN where the job does not wait for its time. */
  dueAt(name: string): number {
    return Number(this.command('ZSCORE', this.key('delayed'), name) || Number.NaN) / 0x1000;
  }

  /** But for the one that asks. */
  connections(): number {
    return this.command('CLIENT', 'LIST').split('\n').length - 1;
  }

  private async clear(): Promise<void> {
    this.redis.resume();
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.redis.remove();
  }
}

const becomes = (node: BullJobs<string>, mode: 'queue' | 'timers') =>
  vi.waitFor(() => expect(node.mode).toBe(mode), { timeout: 10_000, interval: 20 });

if (hasRedis) {
  describe('jobs on BullMQ', { concurrent: true, timeout: 30_000 }, () => {
    it('runs a job once in the cluster at its pace, never twice at once', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 200);
      stage.node([work]);
      stage.node([work]);
      await work.more(1, 5_000);
      const before = work.runs;
      await pause(3_000);
      expect(work.runs - before).toBeGreaterThanOrEqual(6);
      expect(work.runs - before).toBeLessThanOrEqual(15);
      expect(work.most).toBe(1);
    });

    it('lets no backlog build up of a job that takes longer than its pace', async (test) => {
      const stage = await Stage.set(test);
      const slow = new Counted('slow', 50, () => pause(400, 0));
      stage.node([slow]);
      stage.node([slow]);
      await slow.more(4, 8_000);
      expect(slow.most).toBe(1);
      expect(slow.startedAt.length).toBeLessThanOrEqual(slow.runs + 1);
      const gaps = slow.startedAt.slice(1).map((at, i) => at - (slow.startedAt[i] as number));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(440);
    });

    it('does different jobs at once, so that none waits for a long one', async (test) => {
      const stage = await Stage.set(test);
      const long = new Counted('long', 100, () => pause(1_500, 0));
      const short = new Counted('short', 100);
      stage.node([long, short]);
      await vi.waitFor(() => expect(long.now).toBe(1), { timeout: 5_000, interval: 10 });
      await short.more(3, 1_000);
      expect(long.now).toBe(1);
    });

    it('keeps from no other node what never ends on one', async (test) => {
      const stage = await Stage.set(test);
      const untilStopped = (_run: number, stopping?: AbortSignal) =>
        new Promise((resolve) => stopping?.addEventListener('abort', () => resolve(0)));
      const [stuck, well] = [new Counted('work', 200, untilStopped), new Counted('work', 200)];
      stage.node([stuck]);
      await stuck.more(1, 4_000);
      stage.node([well]);
      await well.more(3, 16_000);
      expect(stuck.runs).toBe(1);
    });

    it('goes on soon where more is due', async (test) => {
      const stage = await Stage.set(test);
      const batches = new Counted('batches', 1_000, (run) => (run < 6 ? { count: 1, more: true } : 0));
      stage.node([batches]);
      await batches.more(6, 4_000);
      const [first, last] = [batches.startedAt[0] as number, batches.startedAt[5] as number];
      expect(last - first).toBeLessThan(900);
    });

    it('tries what fails less and less often, whichever node does, and tells the watcher', async (test) => {
      const stage = await Stage.set(test);
      const failing = new Counted('failing', 100, () => Promise.reject(new Error('no')));
      const watcher = new Watched();
      stage.node([failing], watcher);
      stage.node([failing], watcher);
      await failing.more(4, 6_000);
      expect(watcher.failures.slice(0, 4)).toEqual([1, 2, 3, 4]);
      const [first, , , fourth] = failing.startedAt as [number, number, number, number];
      expect(fourth - first).toBeGreaterThanOrEqual(0.75 * (100 + 200 + 400));
    });

    it('keeps one small entry of each job in Redis, its keys in one slot of a cluster', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 20);
      const failing = new Counted('failing', 20, (run) => (run < 3 ? Promise.reject(new Error('no')) : 0));
      stage.node([work, failing]);
      await work.more(50, 10_000);
      const kept = stage
        .command('KEYS', `${stage.key('*')}`)
        .split('\n')
        .map((key) => key.slice(stage.key('').length));
      const passing = /:lock$|^(active|wait|marker|stalled|stalled-check|sign-of-life|delayed)$/;
      expect(kept.filter((key) => !passing.test(key)).sort()).toEqual([
        'events',
        'failing',
        'id',
        'meta',
        'work',
      ]);
      expect(Number(stage.command('XLEN', stage.key('events')))).toBeLessThan(500);
      expect(
        stage
          .command('KEYS', '*')
          .split('\n')
          .every((key) => key.startsWith(`{${stage.prefix}}:`)),
      ).toBe(true);
    });

    it('comes back by itself when the queue is lost, at the time that was planned', async (test) => {
      const stage = await Stage.set(test);
      const often = new Counted('often', 200);
      const seldom = new Counted('seldom', 3_600_000);
      const watcher = new Watched();
      const made = stage.node([often, seldom], watcher);
      await often.more(2, 4_000);
      // Its first run is at any time within half a minute: one that is due just now comes before the loss.
      const isFarOff = () => expect(stage.dueAt('seldom')).toBeGreaterThan(Date.now() + 6_000);
      await vi.waitFor(isFarOff, { timeout: 12_000, interval: 100 });
      const dueBefore = stage.dueAt('seldom');
      stage.command('FLUSHALL');
      await often.more(3, 5_000);
      expect(made.mode).toBe('queue');
      expect(Math.abs(stage.dueAt('seldom') - dueBefore)).toBeLessThan(1_000);
    });

    it('puts back an entry of which an eviction has left the half', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 500);
      stage.node([work]);
      await work.more(1, 4_000);
      stage.command('DEL', stage.key('delayed'));
      await work.more(2, 5_000);
      stage.command('DEL', stage.key('work'));
      await work.more(2, 12_000);
    });

    it('takes over what a node was doing that was killed', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 3_600_000);
      stage.node([work]);
      await vi.waitFor(() => expect(stage.command('ZCARD', stage.key('delayed'))).toBe('1'), {
        timeout: 4_000,
      });
      stage.command('ZREM', stage.key('delayed'), 'work');
      stage.command('SET', `${stage.key('work')}:lock`, 'of a node that was killed', 'PX', '1000');
      stage.command('LPUSH', stage.key('active'), 'work');
      await work.more(1, 9_000);
    });

    it('runs by timers where the queue stands still, whoever has stopped it', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 200);
      const made = stage.node([work]);
      await work.more(2, 4_000);
      stage.command('HSET', stage.key('meta'), 'paused', '1');
      await becomes(made, 'timers');
      stage.command('HDEL', stage.key('meta'), 'paused');
      await becomes(made, 'queue');
      await work.more(3, 4_000);
    });

    it('hastens what an older version has put too far off', async (test) => {
      const stage = await Stage.set(test);
      const old = new Counted('work', 6 * 3_600_000);
      const other = stage.node([old]);
      const isPlanned = () => expect(stage.command('ZCARD', stage.key('delayed'))).toBe('1');
      await vi.waitFor(isPlanned, { timeout: 4_000 });
      stage.command('ZADD', stage.key('delayed'), `${(Date.now() + 6 * 3_600_000) * 0x1000}`, 'work');
      const newer = new Counted('work', 300);
      stage.node([newer]);
      await newer.more(1, 8_000);
      await other.stop();
      await newer.more(3, 4_000);
    });

    it('drops what it does not know, and leaves it to nodes that do', async (test) => {
      const stage = await Stage.set(test);
      const known = new Counted('known', 200);
      const added = new Counted('added-by-the-next-version', 200);
      const old = stage.node([known]);
      stage.node([known, added]);
      await added.more(3, 15_000);
      await known.more(3, 3_000);
      expect(old.mode).toBe('queue');
    });

    it('forgets a job that no version has any more', async (test) => {
      const stage = await Stage.set(test);
      const [kept, removed] = [new Counted('kept', 200), new Counted('removed', 200)];
      const old = stage.node([kept, removed]);
      await removed.more(1, 4_000);
      await old.stop();
      stage.node([kept]);
      await kept.more(3, 5_000);
      expect(stage.command('EXISTS', stage.key('removed'))).toBe('0');
    });

    it('runs by timers of each node while Redis is away, and by the queue again when it is back', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 300);
      const [one, other] = [stage.node([work]), stage.node([work])];
      await work.more(2, 4_000);
      await stage.redis.stop();
      await Promise.all([becomes(one, 'timers'), becomes(other, 'timers')]);
      await work.more(6, 3_000);
      expect(await one.counts()).toBeNull();
      await stage.redis.start();
      await Promise.all([becomes(one, 'queue'), becomes(other, 'queue')]);
      await pause(500);
      work.most = 0;
      await work.more(4, 3_000);
      expect(work.most).toBe(1);
      const counts = await one.counts();
      expect((counts?.delayed ?? 0) + (counts?.active ?? 0) + (counts?.waiting ?? 0)).toBe(1);
      await vi.waitFor(() => expect(stage.connections()).toBe(6), { timeout: 4_000 });
    });

    it('runs by timers where Redis keeps silent, and survives that', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 300);
      const made = stage.node([work]);
      await work.more(2, 4_000);
      stage.redis.pause();
      await becomes(made, 'timers');
      await work.more(3, 3_000);
      stage.redis.resume();
      await becomes(made, 'queue');
      await work.more(3, 4_000);
      await vi.waitFor(() => expect(stage.connections()).toBe(3), { timeout: 4_000 });
    });

    it.for<[string, string[], string[]]>([
      ['is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
      ['is a replica', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
    ])('runs by timers where Redis answers, and %s', async ([_how, harm, heal], test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 300);
      const made = stage.node([work]);
      await work.more(2, 4_000);
      stage.command(...harm);
      // Sooner than it takes to see that the queue stands still.
      await vi.waitFor(() => expect(made.mode).toBe('timers'), { timeout: quick.lateMs - 100, interval: 20 });
      await work.more(3, 3_000);
      stage.command(...heal);
      await becomes(made, 'queue');
      await work.more(3, 4_000);
    });

    it('starts where Redis does not answer', async (test) => {
      const stage = await Stage.set(test);
      await stage.redis.stop();
      const work = new Counted('work', 300);
      const made = stage.node([work]);
      await work.more(2, 6_000);
      expect(made.mode).toBe('timers');
    });

    it('stops when the running one has ended, which hears of it, and leaves the rest to others', async (test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 200, async () => {
        await pause(600);
        return 1;
      });
      const made = stage.node([work]);
      await vi.waitFor(() => expect(work.now).toBe(1), { timeout: 4_000, interval: 10 });
      await made.stop();
      expect(work.now).toBe(0);
      expect(work.signals[0]?.aborted).toBe(true);
      const { runs } = work;
      await pause(700);
      expect(work.runs).toBe(runs);
      expect(stage.command('ZCARD', stage.key('delayed'))).toBe('1');
      stage.node([work]);
      await work.more(1, 3_000);
    });

    it.for<[string, (redis: RedisServer) => unknown]>([
      ['is away', (redis) => redis.stop()],
      ['keeps silent', (redis) => redis.pause()],
    ])('stops soon where Redis %s', async ([_how, harm], test) => {
      const stage = await Stage.set(test);
      const work = new Counted('work', 100);
      const made = stage.node([work]);
      await work.more(2, 4_000);
      await harm(stage.redis);
      const before = performance.now();
      await made.stop();
      expect(performance.now() - before).toBeLessThan(3_000);
    });

    it('tells the watcher that the next run outlives this process', async (test) => {
      const stage = await Stage.set(test);
      const watcher = new Watched();
      const work = new Counted('work', 300);
      stage.node([work], watcher);
      await work.more(1, 4_000);
      await vi.waitFor(() => expect(watcher.plans.at(-1)).toEqual([300, true]));
    });

    it('stops before it has started', async (test) => {
      const stage = await Stage.set(test);
      const runner = { makeContext: () => 'a context', log, watcher: new Watched() };
      await new BullJobs([new Counted('work', 100).job], runner, {
        url: stage.redis.url,
        cluster: false,
        prefix: stage.prefix,
      }).stop();
    });

    it('runs on a Redis Cluster', async (test) => {
      const stage = await Stage.set(test, { cluster: true });
      const work = new Counted('work', 200);
      const made = stage.node([work]);
      await work.more(4, 8_000);
      expect(made.mode).toBe('queue');
    });
  });
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job, JobWatcher, Logger } from '../../../src/kernel/ports.js';
import { InProcessJobs } from '../../../src/platform/jobs/in-process-jobs.js';
import { firstDelayMs, retryDelayMs } from '../../../src/platform/jobs/pace.js';

const MINUTE = 60_000;

class Recorded implements Logger, JobWatcher {
  readonly lines: Array<[level: string, details: object, message: string]> = [];
  readonly plans: number[] = [];
  readonly runs: object[] = [];
  info = (details: object, message: string) => void this.lines.push(['info', details, message]);
  warn = (details: object, message: string) => void this.lines.push(['warn', details, message]);
  error = (details: object, message: string) => void this.lines.push(['error', details, message]);
  debug = (details: object, message: string) => void this.lines.push(['debug', details, message]);
  planned = (_job: unknown, inMs: number) => void this.plans.push(inMs);
  began = () => void this.runs.push({ began: true });
  succeeded = (_job: unknown, run: object) => void this.runs.push(run);
  failed = (_job: unknown, run: object) => void this.runs.push(run);
}

describe('jobs in process', () => {
  let seen: Recorded;
  let jobs: InProcessJobs<string> | undefined;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    vi.spyOn(Math, 'random').mockReturnValue(0);
    seen = new Recorded();
  });

  afterEach(async () => {
    const stopped = jobs?.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function start(run: Job<string>['run'], everyMs = 1_000, makeContext = () => 'a context') {
    jobs = new InProcessJobs([{ name: 'work', everyMs, run }], { makeContext, log: seen, watcher: seen });
    jobs.start();
    return jobs;
  }

  it('runs a job at its pace, from soon after the start', async () => {
    const run = vi.fn(async () => 0);
    start(run, 60 * MINUTE);
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(run).toHaveBeenCalledWith('a context', expect.any(AbortSignal));
    await vi.advanceTimersByTimeAsync(60 * MINUTE - 2);
    expect(run).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('never runs a job twice at once, and counts its pace from its end', async () => {
    let running = 0;
    let most = 0;
    const run = vi.fn(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      running--;
      return 1;
    });
    start(run);
    await vi.advanceTimersByTimeAsync(12_500);
    expect({ most, runs: run.mock.calls.length }).toEqual({ most: 1, runs: 3 });
  });

  it('logs what was done with how long it took, and what did nothing only to who debugs', async () => {
    const results = [3, 0];
    start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return results.shift() as number;
    });
    await vi.advanceTimersByTimeAsync(1_050);
    expect(seen.lines).toEqual([
      ['info', { job: 'work', ms: 20, count: 3 }, 'job done'],
      ['debug', { job: 'work', ms: 20, count: 0 }, 'job done'],
    ]);
    expect(seen.runs).toEqual([{ began: true }, { ms: 20, count: 3 }, { began: true }, { ms: 20, count: 0 }]);
  });

  it('runs again at once where more is due, and gives way in between', async () => {
    const run = vi.fn(async () => (run.mock.calls.length < 4 ? { count: 10, more: true as const } : 2));
    start(run, 60 * MINUTE);
    await vi.advanceTimersByTimeAsync(500);
    expect(run).toHaveBeenCalledTimes(4);
    expect(seen.plans).toEqual([0, 50, 50, 50, 60 * MINUTE]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
    ['rejects with an object of no type', () => Promise.reject(Object.create(null))],
  ])('tries a job that %s again, less and less often', async (_how, run) => {
    start(run as Job<string>['run']);
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    const seconds = seen.plans.map((ms) => ms / 1_000);
    expect(seconds.slice(0, 12)).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(seen.lines[0]).toMatchObject(['error', { job: 'work', failures: 1 }, 'job failed']);
    expect(seen.lines[2]).toMatchObject(['error', { job: 'work', failures: 3 }, 'job failed']);
    expect(seen.runs[5]).toMatchObject({ failures: 3, ms: 0 });
  });

  it('is back at its pace after a run that went well', async () => {
    let runs = 0;
    start(() => (++runs <= 3 ? Promise.reject(new Error('no')) : Promise.resolve(0)));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen.plans.slice(0, 7)).toEqual([0, 1_000, 2_000, 4_000, 1_000, 1_000, 1_000]);
  });

  it('goes on where no context can be made, and with the other jobs', async () => {
    const run = vi.fn(async () => 0);
    start(run, 1_000, () => {
      throw new Error('no database');
    });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(run).not.toHaveBeenCalled();
    expect(seen.lines).toHaveLength(3);
  });

  it('stops when the running one has ended, which hears of it, and begins nothing any more', async () => {
    const heard: boolean[] = [];
    const run = vi.fn(async (_context: string, stopping?: AbortSignal) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      heard.push(stopping?.aborted === true);
      return { count: 1, more: true as const };
    });
    const running = start(run);
    await vi.advanceTimersByTimeAsync(100);
    let isStopped = false;
    const stop = running.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    await stop;
    expect(heard).toEqual([true]);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe('the pace of jobs', () => {
  it('begins within half a minute, or within its own pace', () => {
    expect(firstDelayMs(60 * MINUTE, 1)).toBe(30_000);
    expect(firstDelayMs(60 * MINUTE, 0.5)).toBe(15_000);
    expect(firstDelayMs(2_000, 0.5)).toBe(1_000);
  });

  it('tries a slow job again soon, then less and less often, and never waits longer than its own pace', () => {
    expect([1, 2, 3, 7, 8, 30, 2_000].map((failures) => retryDelayMs(60 * MINUTE, failures, 0))).toEqual([
      0.5 * MINUTE,
      1 * MINUTE,
      2 * MINUTE,
      32 * MINUTE,
      60 * MINUTE,
      60 * MINUTE,
      60 * MINUTE,
    ]);
  });

  it('tries a quick job at its own pace first, and every five minutes at last', () => {
    expect([1, 2, 3, 9, 10, 2_000].map((failures) => retryDelayMs(1_000, failures, 0))).toEqual([
      1_000, 2_000, 4_000, 256_000, 300_000, 300_000,
    ]);
  });

  it('spreads what several nodes would do in step', () => {
    expect(retryDelayMs(1_000, 3, 0)).toBe(4_000);
    expect(retryDelayMs(1_000, 3, 1)).toBe(3_000);
  });
});

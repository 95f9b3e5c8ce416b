import type { Job, JobQueueFigures, Jobs, JobWatcher } from '../../kernel/ports.js';
import { within } from '../../kernel/within.js';
import type { RedisSettings } from '../redis/connect.js';
import { BullQueue } from './bull-queue.js';
import { InProcessJobs } from './in-process-jobs.js';
import { JobRunner, type Runner } from './job-runner.js';
import { BUSY_AGAIN_MS, firstDelayMs, longestDelayMs } from './pace.js';
import { LOOKS, QueueReader, type QueueState } from './queue-reader.js';

/** Nodes that lose the queue at one moment do what is due within so long. */
const SPREAD_MS = 1_000;

/**
 * Runs each job once in a cluster, at its own pace, by a queue on Redis that all nodes share (docs/adr/0017). While the
 * queue does not answer each node runs all jobs by timers of its own, as if it were alone; what the queue has lost is put
 * back by whoever looks first.
 */
export class BullJobs<Context> implements Jobs, JobQueueFigures {
  private readonly reader: QueueReader;
  private readonly prefix: string;
  private readonly byName: ReadonlyMap<string, Job<Context>>;
  private readonly runner: JobRunner<Context>;
  private readonly stopping = new AbortController();
  /** When each job is due next, as far as this node knows. */
  private readonly plans = new Map<string, number>();
  private side: { readonly queue: BullQueue; readonly since: number } | undefined;
  private timers: InProcessJobs<Context> | undefined;
  private nextLook: NodeJS.Timeout | undefined;

  constructor(
    private readonly jobs: readonly Job<Context>[],
    runner: Runner<Context>,
    private readonly options: RedisSettings,
    private readonly looks = LOOKS,
  ) {
    this.byName = new Map(jobs.map((job) => [job.name, job]));
    this.runner = new JobRunner({ ...runner, watcher: this.alsoPlanning(runner.watcher) });
    this.prefix = `{${options.prefix}}`;
    this.reader = new QueueReader(options, this.prefix, looks.withinMs, runner.log);
  }

  get queue(): JobQueueFigures {
    return this;
  }

  get mode(): 'queue' | 'timers' {
    return this.timers ? 'timers' : 'queue';
  }

  async counts(): Promise<{ waiting: number; active: number; delayed: number } | null> {
    if (!this.side) return null;
    const state = await this.reader.read().catch(() => null);
    return (
      state && { waiting: state.waiting.length, active: state.active.length, delayed: state.delayed.size }
    );
  }

  start(): void {
    this.reader.connect();
    void this.look();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.nextLook);
    this.reader.close();
    await Promise.all([this.timers?.stop(), this.side?.queue.close(() => this.runner.settled())]);
    await this.runner.settled();
  }

  /** Looks after the queue, now and from now on. */
  private async look(): Promise<void> {
    try {
      const state = await this.reader.read();
      if (this.stopping.signal.aborted) return;
      if (this.isStuck(state)) throw new Error('jobs are due in the queue, and nobody takes them on');
      const { queue } = this.open();
      await within(this.looks.withinMs, this.mend(queue, state));
      this.endTimers();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.fallBack(error);
    }
    if (this.stopping.signal.aborted) return;
    this.nextLook = setTimeout(() => void this.look(), this.looks.everyMs).unref();
  }

  private isStuck(state: QueueState): boolean {
    if (!this.side) return false;
    const lateBefore = Date.now() - this.looks.lateMs;
    if (this.side.since > lateBefore) return false;
    return this.jobs.some(({ name }) => {
      const dueAt =
        state.delayed.get(name) ?? (state.waiting.includes(name) ? this.plans.get(name) : undefined);
      return dueAt !== undefined && dueAt < lateBefore;
    });
  }

  private open(): { readonly queue: BullQueue } {
    this.side ??= {
      queue: new BullQueue(
        { redis: this.options, prefix: this.prefix, concurrency: this.jobs.length, log: this.runner.log },
        (name, failures) => this.work(name, failures),
      ),
      since: Date.now(),
    };
    return this.side;
  }

  /** Puts back what the queue has lost, and hastens what another version, or another clock, has put too far off. */
  private async mend(queue: BullQueue, { waiting, active, delayed }: QueueState): Promise<void> {
    const present = new Set([...waiting, ...active, ...delayed.keys()]);
    for (const job of this.jobs) {
      const dueAt = delayed.get(job.name);
      if (!present.has(job.name)) {
        const inMs = this.dueInMs(job);
        await queue.restore(job.name, inMs);
        this.runner.watcher.planned(job, inMs, true);
      } else if (dueAt !== undefined && dueAt > Date.now() + longestDelayMs(job.everyMs)) {
        await queue.hasten(job.name, firstDelayMs(job.everyMs, Math.random()));
      } else if (dueAt !== undefined) {
        this.plans.set(job.name, dueAt);
      }
    }
  }

  private async work(name: string, failures: number) {
    const job = this.byName.get(name);
    if (!job) return null;
    if (this.stopping.signal.aborted) return { failures, nextInMs: 0 };
    if (this.runner.isRunning(job)) return { failures, nextInMs: BUSY_AGAIN_MS };
    const run = this.runner.run(job, failures, this.stopping.signal);
    const outcome = await within(this.looks.longestRunMs, run).catch(() => {
      this.runner.log.warn({ job: name }, 'a job runs for very long: others may take it on');
      return { failures, nextInMs: job.everyMs };
    });
    this.runner.watcher.planned(job, outcome.nextInMs, true);
    return outcome;
  }

  /** The queue does not answer: what it would have said, timers of this node say. */
  private fallBack(error: unknown): void {
    this.side?.queue.drop();
    this.side = undefined;
    this.reader.reconnect();
    if (this.timers) return;
    this.runner.log.warn(
      { err: error },
      'the queue of jobs does not answer: timers of this node run them all',
    );
    this.timers = new InProcessJobs(
      this.jobs,
      this.runner,
      (job) => this.dueInMs(job) + Math.round(Math.random() * Math.min(SPREAD_MS, job.everyMs)),
    );
    this.timers.start();
  }

  private endTimers(): void {
    if (!this.timers) return;
    this.runner.log.info({}, 'the queue of jobs is back');
    // What they are running ends by itself; `work` gives way to it, and `stop` waits for it.
    void this.timers.stop();
    this.timers = undefined;
  }

  private dueInMs(job: Job<Context>): number {
    const plannedFor = this.plans.get(job.name);
    if (plannedFor === undefined) return firstDelayMs(job.everyMs, Math.random());
    return Math.max(0, plannedFor - Date.now());
  }

  private alsoPlanning(watcher: JobWatcher): JobWatcher {
    return {
      planned: (job, inMs, isShared) => {
        this.plans.set(job.name, Date.now() + inMs);
        watcher.planned(job, inMs, isShared);
      },
      began: (job) => watcher.began(job),
      succeeded: (job, run) => watcher.succeeded(job, run),
      failed: (job, run) => watcher.failed(job, run),
    };
  }
}

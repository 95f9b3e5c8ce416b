import { countOf } from '../../kernel/jobs.js';
import type { Job, Jobs, JobWatcher, Logger } from '../../kernel/ports.js';
import { firstDelayMs, retryDelayMs } from './pace.js';

/** Where more is due the next run is soon; in between others have their turn. */
const MORE_AFTER_MS = 50;

export interface Runner<Context> {
  readonly makeContext: () => Context;
  readonly log: Logger;
  readonly watcher: JobWatcher;
}

/**
 * Runs each job in this process, never twice at once, at its own pace. One that fails is logged and tried again, less and
 * less often; after a run that went well the pace is the old one.
 */
export class InProcessJobs<Context> implements Jobs {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private readonly failures = new Map<Job<Context>, number>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly jobs: readonly Job<Context>[],
    private readonly runner: Runner<Context>,
  ) {}

  start(): void {
    for (const job of this.jobs) this.plan(job, firstDelayMs(job.everyMs, Math.random()));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private plan(job: Job<Context>, inMs: number): void {
    if (this.stopping.signal.aborted) return;
    this.runner.watcher.planned(job, inMs);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = this.runOnce(job).then((nextInMs) => {
        this.running.delete(run);
        this.plan(job, nextInMs);
      });
      this.running.add(run);
    }, inMs);
    timer.unref();
    this.timers.add(timer);
  }

  /** Returns how long after it the next run is. */
  private async runOnce(job: Job<Context>): Promise<number> {
    const { log, makeContext, watcher } = this.runner;
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    watcher.began(job);
    try {
      const result = await job.run(makeContext(), this.stopping.signal);
      const run = { ms: ms(), count: countOf(result) };
      const details = { job: job.name, ...run };
      if (run.count > 0) log.info(details, 'job done');
      else log.debug(details, 'job done');
      this.failures.delete(job);
      watcher.succeeded(job, run);
      return typeof result === 'number' ? job.everyMs : MORE_AFTER_MS;
    } catch (error) {
      const failures = (this.failures.get(job) ?? 0) + 1;
      this.failures.set(job, failures);
      log.error({ err: error, job: job.name, ms: ms(), failures }, 'job failed');
      watcher.failed(job, { ms: ms(), error, failures });
      return retryDelayMs(job.everyMs, failures, Math.random());
    }
  }
}

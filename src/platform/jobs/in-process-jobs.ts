import type { Job, Jobs } from '../../kernel/ports.js';
import { JobRunner, type Runner } from './job-runner.js';
import { BUSY_AGAIN_MS, firstDelayMs } from './pace.js';

export type { Runner };

/** How long after the start a job's first run is, in milliseconds. */
export type FirstDelay<Context> = (job: Job<Context>) => number;

/**
 * Runs each job in this process, never twice at once, at its own pace. One that fails is logged and tried again, less and
 * less often; after a run that went well the pace is the old one.
 */
export class InProcessJobs<Context> implements Jobs {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private readonly failures = new Map<Job<Context>, number>();
  private readonly stopping = new AbortController();
  private readonly runner: JobRunner<Context>;

  constructor(
    private readonly jobs: readonly Job<Context>[],
    runner: Runner<Context> | JobRunner<Context>,
    private readonly firstDelay: FirstDelay<Context> = (job) => firstDelayMs(job.everyMs, Math.random()),
  ) {
    this.runner = runner instanceof JobRunner ? runner : new JobRunner(runner);
  }

  start(): void {
    for (const job of this.jobs) this.plan(job, this.firstDelay(job));
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
    if (this.runner.isRunning(job)) return BUSY_AGAIN_MS;
    const failedBefore = this.failures.get(job) ?? 0;
    const { failures, nextInMs } = await this.runner.run(job, failedBefore, this.stopping.signal);
    this.failures.set(job, failures);
    return nextInMs;
  }
}

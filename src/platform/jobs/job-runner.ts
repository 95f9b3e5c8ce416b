import { countOf } from '../../kernel/jobs.js';
import type { Job, JobWatcher, Logger } from '../../kernel/ports.js';
import { levelOf } from '../../kernel/unavailable.js';
import { MORE_AFTER_MS, retryDelayMs } from './pace.js';

export interface Runner<Context> {
  readonly makeContext: () => Context;
  readonly log: Logger;
  readonly watcher: JobWatcher;
}

/** What a run came to. */
export interface Outcome {
  /** Runs in a row that failed, this one included. */
  readonly failures: number;
  readonly nextInMs: number;
}

/** Runs the jobs of this process, whoever says when: logs them and tells the watcher. Nothing that a job throws gets past it. */
export class JobRunner<Context> {
  private readonly running = new Map<string, Promise<Outcome>>();

  constructor(private readonly runner: Runner<Context>) {}

  get log(): Logger {
    return this.runner.log;
  }

  get watcher(): JobWatcher {
    return this.runner.watcher;
  }

  isRunning(job: Job<Context>): boolean {
    return this.running.has(job.name);
  }

  /** `failures`: those in a row before this run. */
  run(job: Job<Context>, failures: number, stopping: AbortSignal): Promise<Outcome> {
    const run = this.attempt(job, failures, stopping).finally(() => this.running.delete(job.name));
    this.running.set(job.name, run);
    return run;
  }

  /** Resolves when what is running now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async attempt(job: Job<Context>, failedBefore: number, stopping: AbortSignal): Promise<Outcome> {
    const { log, makeContext, watcher } = this.runner;
    const startedAt = performance.now();
    const ms = () => Math.round(performance.now() - startedAt);
    watcher.began(job);
    try {
      const result = await job.run(makeContext(), stopping);
      const run = { ms: ms(), count: countOf(result) };
      const details = { job: job.name, ...run };
      if (run.count > 0) log.info(details, 'job done');
      else log.debug(details, 'job done');
      watcher.succeeded(job, run);
      return { failures: 0, nextInMs: typeof result === 'number' ? job.everyMs : MORE_AFTER_MS };
    } catch (error) {
      const failures = failedBefore + 1;
      log[levelOf(error)]({ err: error, job: job.name, ms: ms(), failures }, 'job failed');
      watcher.failed(job, { ms: ms(), error, failures });
      return { failures, nextInMs: retryDelayMs(job.everyMs, failures, Math.random()) };
    }
  }
}

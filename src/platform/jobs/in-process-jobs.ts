import type { Job, Jobs, Logger } from '../../kernel/ports.js';

/** Runs each job in this process, never twice at once, at its own pace; a job that throws is logged and tried again. */
export class InProcessJobs<Context> implements Jobs {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly jobs: readonly Job<Context>[],
    private readonly makeContext: () => Context,
    private readonly log: Logger,
  ) {}

  start(): void {
    for (const job of this.jobs) this.schedule(job);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }

  private schedule(job: Job<Context>): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = this.runOnce(job).finally(() => {
        this.running.delete(run);
        this.schedule(job);
      });
      this.running.add(run);
    }, job.everyMs);
    timer.unref();
    this.timers.add(timer);
  }

  private async runOnce(job: Job<Context>): Promise<void> {
    const startedAt = performance.now();
    try {
      const count = await job.run(this.makeContext());
      if (count > 0)
        this.log.info({ job: job.name, count, ms: Math.round(performance.now() - startedAt) }, 'job done');
    } catch (error) {
      this.log.error({ err: error, job: job.name }, 'job failed');
    }
  }
}

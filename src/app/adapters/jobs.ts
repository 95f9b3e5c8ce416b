import type { Ctx } from '../../kernel/context.js';
import type { Job, Jobs } from '../../kernel/ports.js';
import { BullJobs } from '../../platform/jobs/bull-jobs.js';
import { InProcessJobs, type Runner } from '../../platform/jobs/in-process-jobs.js';
import type { Config } from '../config.js';

/**
 * What says when to look for work: timers of this process, where it is the only one; else a queue on Redis, but for what
 * every node has to do for itself.
 */
export function makeJobs({ redis }: Config, jobs: readonly Job<Ctx>[], runner: Runner<Ctx>): Jobs {
  if (!redis) return new InProcessJobs(jobs, runner);
  const ofEach = new InProcessJobs(
    jobs.filter((job) => job.everyNode),
    runner,
  );
  const ofAll = new BullJobs(
    jobs.filter((job) => !job.everyNode),
    runner,
    redis,
  );
  return {
    queue: ofAll.queue,
    start() {
      ofEach.start();
      ofAll.start();
    },
    async stop() {
      await Promise.all([ofEach.stop(), ofAll.stop()]);
    },
  };
}

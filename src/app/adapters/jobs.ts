import type { Ctx } from '../../kernel/context.js';
import type { Job, Jobs } from '../../kernel/ports.js';
import { InProcessJobs, type Runner } from '../../platform/jobs/in-process-jobs.js';
import type { Config } from '../config.js';

/**
 * What says when to look for work: timers of this process, where it is the only one; else a queue on Redis, but for what
 * every node has to do for itself.
 */
export async function makeJobs(
  { redis }: Config,
  jobs: readonly Job<Ctx>[],
  runner: Runner<Ctx>,
): Promise<Jobs> {
  if (!redis) return new InProcessJobs(jobs, runner);
  // The library is some megabytes of code: not for who does without a queue.
  const { BullJobs } = await import('../../platform/jobs/bull-jobs.js');
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

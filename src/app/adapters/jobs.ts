import type { Ctx } from '../../kernel/context.js';
import type { Job, Jobs } from '../../kernel/ports.js';
import { InProcessJobs, type Runner } from '../../platform/jobs/in-process-jobs.js';
import type { Config } from '../config.js';

/** What says when to look for work: timers of this process, where it is the only one. */
export function makeJobs(_config: Config, jobs: readonly Job<Ctx>[], runner: Runner<Ctx>): Jobs {
  return new InProcessJobs(jobs, runner);
}

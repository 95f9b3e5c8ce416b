import { parseArgs } from 'node:util';
import { type Composed, compose } from '../app/compose.js';
import { readConfig } from '../app/config.js';
import { JobRun } from '../app/jobs/job-run.entity.js';
import { countOf } from '../kernel/jobs.js';
import { reasonOf } from '../kernel/reasons.js';
import { tableOfJobs } from './jobs.table.js';
import type { Terminal } from './terminal.js';

const USAGE = `Usage: npm run jobs [-- NAME]
Lists the jobs of the server and what became of them of late. With NAME it runs that one once, here and now.`;

/**
 * Lists all jobs with their last and next runs, on the database that the settings name, whether a server runs or not;
 * with a name, runs that job once beside whatever runs. Exit code 0: done; 1: refused or failed; 2: called wrongly.
 */
export async function jobsCommand(at: Terminal): Promise<number> {
  const name = nameOf(at);
  if (name === null) {
    at.err(USAGE);
    return 2;
  }
  try {
    const composed = await compose({ ...readConfig(at.env), logLevel: 'warn' });
    try {
      await refuseOldSchema(composed);
      at.out(name === undefined ? await list(composed) : await runOnce(composed, name));
      return 0;
    } finally {
      await composed.close();
    }
  } catch (error) {
    at.err(error instanceof Error ? error.message : reasonOf(error));
    return 1;
  }
}

/** Looking at a database does not change it. */
async function refuseOldSchema({ orm }: Composed): Promise<void> {
  const missing = await orm.migrator.getPending();
  if (missing.length > 0) throw new Error('The database is not of the newest schema: npm run migrate.');
}

async function list({ jobs, orm, services }: Composed): Promise<string> {
  const runs = new Map((await orm.em.fork().find(JobRun, {})).map((run) => [run.name, run]));
  return tableOfJobs(
    jobs.map((job) => ({ job, run: runs.get(job.name) ?? null })),
    services.clock.now(),
  );
}

async function runOnce({ jobs, jobRuns, makeCtx }: Composed, name: string): Promise<string> {
  const job = jobs.find((one) => one.name === name);
  if (!job) throw new Error(`There is no job ${name}. npm run jobs lists them.`);
  if (job.everyNode) throw new Error(`Each server does ${name} for itself: nobody can do it from outside.`);
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  jobRuns.began(job);
  try {
    const result = await job.run(makeCtx());
    const count = countOf(result);
    jobRuns.succeeded(job, { ms: ms(), count });
    const more = typeof result === 'number' ? '' : ' There is more to do.';
    return `${name} did ${count} in ${ms()} ms.${more}`;
  } catch (error) {
    jobRuns.failed(job, { ms: ms(), error, failures: 1 });
    throw error;
  }
}

/** Undefined without a name, null where the call is wrong. */
function nameOf(at: Terminal): string | undefined | null {
  try {
    const { positionals } = parseArgs({ args: at.args, allowPositionals: true });
    return positionals.length > 1 ? null : positionals[0];
  } catch (error) {
    at.err(error instanceof Error ? error.message : reasonOf(error));
    return null;
  }
}

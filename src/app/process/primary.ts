import { pinoLogger } from '../../platform/logger/pino-logger.js';
import { compose } from '../compose.js';
import type { Config } from '../config.js';
import { openWorkersMetrics } from '../eyes/workers-metrics.js';
import { prepareDatabase } from '../prepare.js';
import { Crew } from './crew.js';
import { type End, endOfWork } from './end-of-work.js';

/** What workers may take beyond their own deadline, at the end of which they end by themselves. */
const GRACE_MS = 1_000;

/** Prepares the database once, has workers serve behind one port, and ends when they have. Resolves to the exit code. */
export async function superviseWorkers(config: Config): Promise<number> {
  const log = pinoLogger(config.logLevel);
  const end = endOfWork();
  const { greeting } = await prepared(config);
  const metrics = await openWorkersMetrics(config, log);
  const crew = new Crew(config.workers, log);
  // Whoever ends this process takes the workers with it.
  process.once('exit', () => crew.kill());
  const started = crew.start().then((url) => {
    log.info({ url, workers: config.workers }, 'all workers listen');
    process.stdout.write(`${greeting(url)}\n`);
  });
  started.catch(() => undefined);
  const { fault } = await Promise.race([end, crew.ended.then((): End => ({}))]);
  if (fault) log.error({ err: fault.error }, 'an error that nobody caught: all workers stop');
  const isClean = await crew.stop(config.drainMs + config.stopMs + GRACE_MS);
  await metrics?.close();
  return isClean && !fault ? 0 : 1;
}

/** The primary serves nothing: what it needs to prepare the database it gives up again. */
async function prepared(config: Config) {
  const composed = await compose(config);
  try {
    return await prepareDatabase(composed);
  } finally {
    await composed.close();
  }
}

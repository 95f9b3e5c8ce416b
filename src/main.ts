import 'reflect-metadata';
import cluster from 'node:cluster';
import { readConfig } from './app/config.js';
import { endOfWork } from './app/process/end-of-work.js';
import { superviseWorkers } from './app/process/primary.js';
import { serveAlone } from './app/process/serve.js';
import { serveAsWorker } from './app/process/worker.js';

try {
  const config = readConfig();
  process.exit(await run(config));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function run(config: ReturnType<typeof readConfig>): Promise<number> {
  if (cluster.worker) return serveAsWorker(config, cluster.worker);
  if (config.workers > 1) return superviseWorkers(config);
  // Heard from the beginning, heeded once the system stands: demo data half made would stay so.
  return serveAlone(config, endOfWork());
}

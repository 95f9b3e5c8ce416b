import 'reflect-metadata';
import { compose } from './app/compose.js';
import { readConfig } from './app/config.js';
import { prepareDatabase } from './app/prepare.js';
import { startServer } from './app/server.js';

const STOP_DEADLINE_MS = 10_000;

try {
  const config = readConfig();
  const composed = await compose(config);
  const signIns = await prepareDatabase(composed);
  const server = await startServer(composed);
  process.stdout.write(`${signIns.greeting(server.url)}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
      void server.close().then(() => process.exit(0));
    });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

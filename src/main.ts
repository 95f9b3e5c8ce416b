import 'reflect-metadata';
import { compose } from './app/compose.js';
import { readConfig } from './app/config.js';
import { prepareDatabase } from './app/prepare.js';
import { startServer } from './app/server.js';

const STOP_DEADLINE_MS = 10_000;

try {
  const config = readConfig();
  // Heard from the beginning, heeded once the system stands: demo data half made would stay so.
  const stopSignal = nextStopSignal();
  const composed = await compose(config);
  const { greeting } = await prepareDatabase(composed);
  const server = await startServer(composed);
  process.stdout.write(`${greeting(server.url)}\n`);

  await stopSignal;
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  await server.close();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** The first signal that asks for an orderly stop; a second one ends the process at once. */
function nextStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

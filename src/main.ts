import 'reflect-metadata';
import { compose } from './app/compose.js';
import { readConfig } from './app/config.js';
import { prepareDatabase } from './app/prepare.js';
import { startServer } from './app/server.js';

const STOP_DEADLINE_MS = 10_000;

try {
  const config = readConfig();
  // Heard from the beginning, heeded once the system stands: demo data half made would stay so.
  const end = endOfWork();
  const composed = await compose(config);
  const { greeting } = await prepareDatabase(composed);
  const server = await startServer(composed);
  process.stdout.write(`${greeting(server.url)}\n`);

  const { fault } = await end;
  // What nobody has caught has left nobody knows what: stopped in order, and for whoever watches over it to start again.
  if (fault)
    composed.services.log.error({ err: fault.error }, 'an error that nobody caught: the server stops');
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  await server.close();
  process.exit(fault ? 1 : 0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/**
 * The first signal that asks for an orderly stop, or the first error that nobody caught. A second signal ends the process
 * at once; further errors, which a stop may well bring, do not.
 */
function endOfWork(): Promise<{ fault?: { error: unknown } }> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve({}));
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error: unknown) => resolve({ fault: { error } }));
    }
  });
}

import { type Composed, compose } from '../compose.js';
import type { Config } from '../config.js';
import { prepareDatabase } from '../prepare.js';
import { startServer } from '../server.js';
import type { End } from './end-of-work.js';

/** Prepares the database, serves in this process, and ends in order when it is to. Resolves to the exit code. */
export async function serveAlone(config: Config, end: Promise<End>): Promise<number> {
  const composed = await compose(config);
  const { greeting } = await prepareDatabase(composed);
  return serve(composed, end, (url) => process.stdout.write(`${greeting(url)}\n`));
}

/** Serves in this process from a database that is prepared. `listening` is told where. Resolves to the exit code. */
export async function serve(
  composed: Composed,
  end: Promise<End>,
  listening: (url: string) => void,
): Promise<number> {
  const { config, services } = composed;
  const { log } = services;
  const server = await startServer(composed);
  listening(server.url);

  const { fault } = await end;
  if (fault) {
    // It has left nobody knows what: stopped at once, in order, and for whoever watches over it to start again.
    log.error({ err: fault.error }, 'an error that nobody caught: the server stops');
  } else {
    log.info({ drainMs: config.drainMs, stopMs: config.stopMs }, 'the server stops');
    await server.drain();
  }
  // It keeps the process alive for what never settles, and ends it then.
  setTimeout(() => {
    log.error(server.open, 'the stop took too long: what still runs is cut off');
    process.exit(1);
  }, config.stopMs);
  await server.close();
  return fault ? 1 : 0;
}

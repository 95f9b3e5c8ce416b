import type { Worker } from 'node:cluster';
import { compose } from '../compose.js';
import type { Config } from '../config.js';
import { endOfWorkAmongOthers } from './end-of-work.js';
import { isStop, type Listening } from './messages.js';
import { serve } from './serve.js';

/** One of several processes behind a port. It ends when the primary says so, or is gone. Resolves to the exit code. */
export async function serveAsWorker(config: Config, self: Worker): Promise<number> {
  const end = endOfWorkAmongOthers((stop) => {
    process.on('message', (message) => {
      if (isStop(message)) stop();
    });
    self.once('disconnect', () => {
      // Otherwise Node ends the process at this very moment, with all that it is about.
      self.exitedAfterDisconnect = true;
      stop();
    });
  });
  const composed = await compose(config);
  return serve(composed, end, (url) => {
    const message: Listening = { listening: url };
    // A primary that has gone meanwhile is told of by 'disconnect'.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  });
}

import type { IncomingMessage } from 'node:http';

/**
 * What may still come after the answer. Browsers look for one only when they have sent all: who is cut off before shows a
 * broken line in the place of "too large", and a photo is seldom too large by more.
 */
const BYTES = 16 * 1024 * 1024;
const MS = 10_000;

/**
 * Lets go of a request that is being answered, however much of it was read. What is left of it is thrown away; a client
 * that goes on sending is cut off. Otherwise the line is good for the next request.
 */
export function letGo(request: IncomingMessage): void {
  const { socket } = request;
  request.unpipe().on('error', () => undefined);
  if (!request.complete) {
    let left = BYTES;
    const cut = () => socket.destroy();
    const timer = setTimeout(cut, MS).unref();
    const done = () => clearTimeout(timer);
    request.once('end', done).once('close', done);
    request.on('data', (piece: Buffer) => {
      left -= piece.length;
      if (left < 0) cut();
    });
  }
  request.resume();
}

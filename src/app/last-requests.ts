import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as afterReading } from 'node:timers/promises';

/** How long a client may leave us waiting, for the rest of its request or for taking our answer, when the stop has begun. */
const SILENCE_MS = 1_000;
const LOOK_EVERY_MS = 50;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What has gone over a line, and since when nothing more. */
interface Pulse {
  readonly bytes: number;
  readonly since: number;
}

/** Sees the requests of an HTTP server to their end when it stops, and waits for nobody who keeps silent. */
export class LastRequests {
  private readonly pulses = new Map<Socket, Pulse>();
  private readonly exchanges = new Set<Exchange>();
  private closed: Promise<unknown> = Promise.resolve();

  constructor(private readonly http: Server) {
    http.on('connection', (line) => {
      this.pulses.set(line, { bytes: 0, since: 0 });
      line.once('close', () => this.pulses.delete(line));
    });
    // A WebSocket is taken leave of in another way.
    http.on('upgrade', (request) => this.pulses.delete(request.socket));
    http.on('request', (request, response) => {
      const exchange = { request, response };
      this.exchanges.add(exchange);
      response.once('close', () => this.exchanges.delete(exchange));
    });
  }

  /** Requests that are not answered yet. */
  get count(): number {
    return this.exchanges.size;
  }

  /**
   * Takes no new lines. What has come on a line, or waits to be taken, is a request of ours: closing first what nobody
   * has read from yet would answer it with a reset, and no proxy asks a second time for a POST that it has sent. So it is
   * done right after Node has read all that there was.
   */
  async takeNoMoreLines(): Promise<void> {
    await afterReading();
    this.closed = once(this.http, 'close');
    this.http.close();
  }

  /** Resolves when there is no line left; after `withinMs` those that are left are cut. */
  async seeOff(withinMs: number): Promise<void> {
    // Node looks for idle lines once, when it begins to close: one that answers just then would stay.
    const look = setInterval(() => void setImmediate(() => this.cutTheIdle()), LOOK_EVERY_MS);
    const deadline = setTimeout(() => this.http.closeAllConnections(), withinMs);
    try {
      await this.closed;
    } finally {
      clearInterval(look);
      clearTimeout(deadline);
    }
  }

  private cutTheIdle(): void {
    this.http.closeIdleConnections();
    this.cutTheSilent();
  }

  private cutTheSilent(): void {
    const now = performance.now();
    const atWork = new Set([...this.exchanges].filter(isOurTurn).map(({ request }) => request.socket));
    for (const [line, { bytes: before, since }] of this.pulses) {
      const bytes = line.bytesRead + line.bytesWritten;
      if (bytes !== before || atWork.has(line)) this.pulses.set(line, { bytes, since: now });
      else if (now - since > SILENCE_MS) line.destroy();
    }
  }
}

/** Whether it is for us to go on: the request is there, or what is there of it waits for us, and no client for our bytes. */
function isOurTurn({ request, response }: Exchange): boolean {
  if (response.writableEnded || response.writableNeedDrain) return false;
  return request.complete || request.readableLength > 0;
}

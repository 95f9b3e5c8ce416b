import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Socket, Server as TcpServer } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

/** How long a client may leave us waiting, for the rest of its request or for taking our answer, when the stop has begun. */
const SILENCE_MS = 1_000;
const LOOK_EVERY_MS = 50;

/** A turn of the event loop in which nobody came, and that took no longer, has left nothing unread. */
const IDLE_TURN_MS = 0.05;
/** Whoever has just been answered comes again sooner than this. */
const QUIET_MS = 1;
/** So long is waited for quiet; from then on for an idle turn, of which there is one on the busiest of machines. */
const QUIET_WITHIN_MS = 250;
const ALL_READ_WITHIN_MS = 1_000;

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
  /** Lines, and requests on them. */
  private arrivals = 0;
  private turnstile: Promise<void> | null = null;
  private closed: Promise<unknown> = Promise.resolve();

  constructor(private readonly http: Server) {
    http.on('connection', (line) => {
      this.arrivals += 1;
      this.pulses.set(line, { bytes: 0, since: 0 });
      line.once('close', () => this.pulses.delete(line));
    });
    // A WebSocket is taken leave of in another way.
    http.on('upgrade', (request) => this.pulses.delete(request.socket));
    http.on('request', (request, response) => {
      this.arrivals += 1;
      const exchange = { request, response };
      this.exchanges.add(exchange);
      response.once('close', () => this.exchanges.delete(exchange));
    });
  }

  /** Before a request is begun: what it has to wait for. */
  get mayBegin(): Promise<void> | null {
    return this.turnstile;
  }

  /** Requests that are not answered yet. */
  get count(): number {
    return this.exchanges.size;
  }

  /**
   * Takes no new lines. Who has sent a request that nobody has read yet is answered with a reset when the port or the
   * line is closed, and no proxy sends a POST twice. So it is done in a moment in which all has been read; for it to
   * come, under load too, requests that come just now are read and begun when it is over. Of `withinMs` it takes half at most.
   */
  async takeNoMoreLines(withinMs: number): Promise<void> {
    const { promise: closed, resolve: goOn } = Promise.withResolvers<void>();
    this.turnstile = closed;
    await this.allIsRead(Math.min(ALL_READ_WITHIN_MS, withinMs / 2));
    this.closed = once(this.http, 'close');
    // HTTP's own way to close cuts the idle lines first, one by one, and meanwhile others come to the port.
    TcpServer.prototype.close.call(this.http);
    this.http.closeIdleConnections();
    this.turnstile = null;
    goOn();
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

  /** Resolves after a turn of the event loop in which nothing was to be done, if it can be the last of many. */
  private async allIsRead(withinMs: number): Promise<void> {
    const begun = performance.now();
    let now = begun;
    let quietSince = begun;
    let isRead = false;
    while (!isRead && now - begun < withinMs) {
      const [before, arrivals] = [now, this.arrivals];
      await turnOfTheLoop();
      now = performance.now();
      const isIdle = now - before <= IDLE_TURN_MS && arrivals === this.arrivals;
      if (!isIdle) quietSince = now;
      isRead = isIdle && (now - quietSince >= QUIET_MS || now - begun >= QUIET_WITHIN_MS);
    }
  }

  /** Right after what has come was read. */
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

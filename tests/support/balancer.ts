import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How often nodes are asked whether they are ready, and how long each may take to say so. */
const ASK_EVERY_MS = 100;
const ANSWER_WITHIN_MS = 2_000;

interface Backend {
  readonly url: URL;
  isReady: boolean;
  readonly lines: Set<Socket>;
}

/**
 * Spreads connections over nodes in turn, as a load balancer of layer 4 does: over those whose `/readyz` is 200, and from
 * a node that takes no connection on to the next one. What a connection carries, WebSockets too, is none of its business.
 */
export class Balancer {
  private readonly backends = new Map<string, Backend>();
  private next = 0;
  private isClosed = false;

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => {
      client.on('error', () => client.destroy());
      this.join(client, this.inTurn());
    });
  }

  static async start(): Promise<Balancer> {
    const server = createServer({ noDelay: true });
    const balancer = new Balancer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return balancer;
  }

  get url(): string {
    const address = this.server.address() as { port: number };
    return `http://127.0.0.1:${address.port}`;
  }

  /** Takes a node in, once it is ready. */
  async add(url: string): Promise<void> {
    const backend: Backend = { url: new URL(url), isReady: false, lines: new Set() };
    this.backends.set(url, backend);
    await this.look(backend);
    const again = async () => {
      if (this.isClosed || this.backends.get(url) !== backend) return;
      await this.look(backend);
      setTimeout(() => void again(), ASK_EVERY_MS).unref();
    };
    void again();
  }

  /** Sends no more to a node; the connections that it has stay. */
  remove(url: string): void {
    this.backends.delete(url);
  }

  /** Connections through which a node is reached at the moment. */
  linesTo(url: string): number {
    return this.backends.get(url)?.lines.size ?? 0;
  }

  get ready(): string[] {
    return [...this.backends].filter(([, { isReady }]) => isReady).map(([url]) => url);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { lines } of this.backends.values()) for (const line of lines) line.destroy();
    await closed;
  }

  private async look(backend: Backend): Promise<void> {
    try {
      const answer = await fetch(new URL('/readyz', backend.url), {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await answer.arrayBuffer();
      backend.isReady = answer.status === 200;
    } catch {
      backend.isReady = false;
    }
  }

  /** The nodes that are ready, each time beginning with the next one. */
  private inTurn(): Backend[] {
    const ready = [...this.backends.values()].filter(({ isReady }) => isReady);
    this.next += 1;
    const first = this.next % Math.max(1, ready.length);
    return [...ready.slice(first), ...ready.slice(0, first)];
  }

  private join(client: Socket, [backend, ...others]: Backend[]): void {
    if (!backend) return void client.destroy();
    const line = connect({ port: Number(backend.url.port), host: backend.url.hostname, noDelay: true });
    const refused = () => this.join(client, others);
    line.once('error', refused);
    line.once('connect', () => {
      line.off('error', refused).on('error', () => line.destroy());
      if (client.destroyed) return void line.destroy();
      backend.lines.add(line);
      line.once('close', () => {
        backend.lines.delete(line);
        client.destroy();
      });
      client.once('close', () => line.destroy());
      client.pipe(line).pipe(client);
    });
  }
}

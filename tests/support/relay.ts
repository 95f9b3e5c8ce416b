import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Side = 'CLIENT' | 'SERVER';

/** Looks at what passes: `CUT` breaks the line before it is handed on, `SWALLOW` keeps it and the line open. */
export type Look = (from: Side, data: Buffer) => 'PASS' | 'CUT' | 'SWALLOW';

/** A line in between: to a server of TCP, which it can cut where a test wants it cut. */
export class Relay {
  look: Look = () => 'PASS';
  private readonly lines = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<Relay> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const relay = new Relay(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => relay.join(client, connect(port, '127.0.0.1')));
    return relay;
  }

  /** Cuts all lines; new ones can be had. */
  cut(): void {
    for (const line of this.lines) line.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    this.pass('CLIENT', client, server);
    this.pass('SERVER', server, client);
  }

  private pass(side: Side, from: Socket, to: Socket): void {
    this.lines.add(from);
    from.on('data', (data: Buffer) => {
      const verdict = this.look(side, data);
      if (verdict === 'PASS') to.write(data);
      else if (verdict === 'CUT') {
        from.resetAndDestroy();
        to.resetAndDestroy();
      }
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.lines.delete(from);
      to.destroy();
    });
  }
}

/** The same URL, over the relay. */
export function over(relay: Relay, url: string): string {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = `${relay.port}`;
  return through.href;
}

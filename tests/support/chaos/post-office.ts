import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { headersOf } from '../../api/mail/mail-server.js';
import { pause } from '../live.js';

/** A mail server takes its time: so there are mails on their way whenever something happens. */
const TAKES_MS = 100;

export interface Delivery {
  readonly messageId: string;
  readonly to: string;
  readonly at: number;
}

/** A mail server on loopback that takes everything, and notes what it has taken. */
export class PostOffice {
  readonly deliveries: Delivery[] = [];
  /** The names of those who have handed a mail over, and were not told yet that it is taken. */
  readonly underWay: string[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async open(): Promise<PostOffice> {
    const server = new SMTPServer({
      logger: false,
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 1,
      onData: (stream, { envelope, hostNameAppearsAs: sender }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const messageId = headersOf(Buffer.concat(chunks).toString('utf8'))['Message-ID'] ?? '';
          const to = envelope.rcptTo.map(({ address }) => address).join();
          // From here on it is delivered, whether or not anybody waits to be told.
          office.deliveries.push({ messageId, to, at: Date.now() });
          office.underWay.push(sender);
          void pause(TAKES_MS).then(() => {
            office.underWay.splice(office.underWay.indexOf(sender), 1);
            done();
          });
        });
      },
    });
    const office = new PostOffice(server);
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return office;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as { port: number }).port}`;
  }

  /** What was delivered, by the mail's own id, which its Message-ID begins with. */
  byMail(): Map<string, Delivery[]> {
    return Map.groupBy(this.deliveries, ({ messageId }) => /^<([^@]+)@/.exec(messageId)?.[1] ?? messageId);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}

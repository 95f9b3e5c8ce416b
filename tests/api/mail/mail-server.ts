import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** One mail as it arrived. */
export interface Arrived {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
  /** Whether the line was encrypted, and who had signed in. */
  readonly secure: boolean;
  readonly user: string | null;
}

export const CREDENTIALS = { user: 'mailer', password: 'p@ss:w/rd' };

/** What a server may do with a letter instead of taking it. */
type Refusal = { readonly at: 'RCPT' | 'DATA'; readonly code: number };

/** A real mail server on loopback, with the self-signed (and expired) certificate that smtp-server brings. */
export class MailServer {
  readonly arrived: Arrived[] = [];
  /** Passwords that were shown to it, right or wrong. */
  readonly passwords: string[] = [];
  /** Refusals to come, one for each letter; null takes it. */
  readonly refusals: Array<Refusal | null> = [];
  connections = 0;
  letters = 0;
  port = 0;
  private server: SMTPServer | null = null;

  constructor(private readonly options: SMTPServerOptions = {}) {}

  url(query = '', scheme = 'smtp'): string {
    const { user, password } = CREDENTIALS;
    return `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${this.port}${query}`;
  }

  /** Begins to listen, on the port that it had before if it had one. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      // Without it, it warns of its certificate.
      logger: false,
      closeTimeout: 1,
      onConnect: (_session, done) => {
        this.connections++;
        done();
      },
      onAuth: ({ username, password }, _session, done) => {
        this.passwords.push(String(password));
        const isRight = username === CREDENTIALS.user && password === CREDENTIALS.password;
        done(
          isRight ? null : new Error('Invalid username or password'),
          isRight ? { user: username } : undefined,
        );
      },
      onRcptTo: (_address, _session, done) => {
        this.letters++;
        const [next] = this.refusals;
        if (next?.at !== 'RCPT') return done();
        this.refusals.shift();
        done(refusal(next.code));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const next = this.refusals.shift();
          if (next) return done(refusal(next.code));
          const { mailFrom, rcptTo } = session.envelope;
          this.arrived.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString('utf8'),
            secure: session.secure,
            user: (session.user as string | undefined) ?? null,
          });
          done();
        });
      },
      ...this.options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as { port: number }).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server?.close(resolve) ?? resolve());
    this.server = null;
  }
}

function refusal(code: number): Error {
  return Object.assign(new Error(code < 500 ? 'Try again later' : 'No such user here'), {
    responseCode: code,
  });
}

/** A server that takes lines and does with them what it is told, which is not what a mail server does. */
export async function oddServer(
  onLine: (socket: Socket) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onLine(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The header lines of a mail, unfolded, by name. A name that comes twice has both values. */
export function headersOf(raw: string): Record<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/s);
    headers[name] = name in headers ? `${headers[name]} | ${value}` : value;
  }
  return headers;
}

/** The part of this type of a mail, decoded. */
export function partOf(raw: string, type: 'text/plain' | 'text/html'): string {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1];
  const part = raw.split(`--${boundary}`).find((each) => each.includes(`Content-Type: ${type}`)) ?? '';
  const [head = '', ...body] = part.split('\r\n\r\n');
  const content = body.join('\r\n\r\n').replace(/\r\n$/, '');
  if (/base64/i.test(head)) return Buffer.from(content, 'base64').toString('utf8').replaceAll('\r\n', '\n');
  if (!/quoted-printable/i.test(head)) return content.replaceAll('\r\n', '\n');
  const bytes = content
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

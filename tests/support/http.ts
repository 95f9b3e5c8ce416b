import { connect, type Socket } from 'node:net';
import { type DocumentNode, print } from 'graphql';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const HEAD_END = '\r\n\r\n';

/**
 * Posts JSON over connections that stay open, as a client's pool does. A run of the tests sends tens of thousands of
 * requests, and `fetch` takes more than half a millisecond of processor time for each; this takes a tenth of that, and
 * can do no more than is needed for it: an answer has to state its length.
 */
export class HttpLines {
  private readonly idle: Line[] = [];
  private readonly host: string;

  constructor(private readonly url: URL) {
    this.host = url.host;
  }

  async postJson(path: string, headers: Record<string, string>, value: object): Promise<HttpAnswer> {
    const body = Buffer.from(JSON.stringify(value));
    const all = {
      host: this.host,
      accept: '*/*',
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    const line = this.line();
    const answer = await line.ask(Buffer.concat([head, body]));
    this.idle.push(line);
    return answer;
  }

  private line(): Line {
    // The server may have closed what waited here.
    for (let line = this.idle.pop(); line; line = this.idle.pop()) if (line.isOpen) return line;
    return new Line(connect(Number(this.url.port), this.url.hostname));
  }

  close(): void {
    for (const line of this.idle.splice(0)) line.close();
  }
}

/** A connection that carries one request at a time. */
class Line {
  isOpen = true;
  private received: Buffer = Buffer.alloc(0);
  private asked: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | null = null;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.take(piece));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The server closed the connection')));
  }

  ask(request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.asked = { resolve, reject };
      if (this.isOpen) this.socket.write(request);
      else this.fail(new Error('The connection is closed'));
    });
  }

  close(): void {
    this.isOpen = false;
    this.socket.destroy();
  }

  private take(piece: Buffer): void {
    this.received = this.received.length === 0 ? piece : Buffer.concat([this.received, piece]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.fail(new Error(`An answer without a length: ${head}`));
      return;
    }
    const start = headEnd + HEAD_END.length;
    const end = start + Number(length);
    if (this.received.length < end) return;
    const answer = { status: Number(head.slice(9, 12)), text: this.received.toString('utf8', start, end) };
    this.received = this.received.subarray(end);
    if (/\r\nconnection: *close/i.test(head)) this.close();
    this.asked?.resolve(answer);
    this.asked = null;
  }

  private fail(error: Error): void {
    this.close();
    this.asked?.reject(error);
    this.asked = null;
  }
}

const texts = new WeakMap<DocumentNode, string>();

/** The text of an operation; that of a document is made once. */
export function textOf(document: DocumentNode | string): string {
  if (typeof document === 'string') return document;
  const text = texts.get(document) ?? print(document);
  texts.set(document, text);
  return text;
}

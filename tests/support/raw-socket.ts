import { request } from 'node:http';
import type { Socket } from 'node:net';
import { expect } from 'vitest';
import WebSocket from 'ws';
import type { ApiError, TestApp } from './app.js';
import { until } from './live.js';

export interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

interface Closed {
  code: number;
  reason: string;
}

/** A WebSocket without a GraphQL client around it: it sends whatever a test wants sent. */
export class RawSocket {
  readonly messages: Message[] = [];
  closed: Closed | null = null;
  private readonly ws: WebSocket;

  private constructor(url: string, protocols: string[]) {
    this.ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols);
    this.ws.on('message', (data) => this.messages.push(JSON.parse(String(data)) as Message));
    this.ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    this.ws.on('error', () => undefined);
  }

  static async open(app: Pick<TestApp, 'url'>, protocols = ['graphql-transport-ws']): Promise<RawSocket> {
    const socket = new RawSocket(app.url, protocols);
    await until('the socket to open', () => socket.ws.readyState !== WebSocket.CONNECTING);
    return socket;
  }

  /** Opened and past connection_init. */
  static async ready(app: Pick<TestApp, 'url'>, token?: string): Promise<RawSocket> {
    const socket = await RawSocket.open(app);
    socket.init(token);
    await socket.next('connection_ack');
    return socket;
  }

  init(token?: string): void {
    this.send({
      type: 'connection_init',
      ...(token ? { payload: { authorization: `Bearer ${token}` } } : {}),
    });
  }

  subscribe(id: string, query: unknown, variables?: unknown): void {
    this.send({
      type: 'subscribe',
      id,
      payload: { query, ...(variables === undefined ? {} : { variables }) },
    });
  }

  /** Objects go as JSON, text and bytes as they are. */
  send(message: object | string | Buffer): void {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  of(id: string): Message[] {
    return this.messages.filter((message) => message.id === id);
  }

  /** The first message of a type, of an operation where an id is given, once it is there. */
  async next(type: string, id?: string): Promise<Message> {
    const find = () => this.messages.find((m) => m.type === type && (id === undefined || m.id === id));
    await until(`a message ${type} ${id ?? ''}`, () => find() !== undefined || this.closed !== null);
    const message = find();
    if (!message) throw new Error(`Closed instead: ${JSON.stringify(this.closed)}`);
    return message;
  }

  /** The answer to an operation: its first `next` or `error`. */
  async answer(id: string): Promise<{ data: unknown; code: string | null }> {
    await until(`an answer to ${id}`, () => this.of(id).length > 0 || this.closed !== null);
    const [message] = this.of(id);
    if (!message) throw new Error(`Closed instead: ${JSON.stringify(this.closed)}`);
    const { data, errors } = (message.type === 'error' ? { errors: message.payload } : message.payload) as {
      data?: unknown;
      errors?: ApiError[];
    };
    return { data: data ?? null, code: errors?.[0]?.extensions.code ?? null };
  }

  /** Asks something else and sees it answered: the socket is open still. */
  async expectOpen(): Promise<void> {
    const id = `open-${this.messages.length}`;
    this.subscribe(id, '{ __typename }');
    expect(await this.answer(id)).toEqual({ data: { __typename: 'Query' }, code: null });
    await this.next('complete', id);
  }

  async closing(): Promise<Closed> {
    await until('the socket to be closed', () => this.closed !== null);
    return this.closed as Closed;
  }

  /** Stops reading, as a client does that hangs: what is sent to it piles up. */
  pause(): void {
    this.ws.pause();
    (this.ws as unknown as { _socket: Socket })._socket.pause();
  }

  resume(): void {
    (this.ws as unknown as { _socket: Socket })._socket.resume();
    this.ws.resume();
  }

  close(): void {
    this.ws.close(1000);
  }

  terminate(): void {
    this.ws.terminate();
  }
}

/** A TCP connection after the WebSocket handshake, for a client that does not keep to the protocol at all. */
export class BareSocket {
  received: Buffer = Buffer.alloc(0);
  isClosed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  static upgrade(
    app: TestApp,
    protocol = 'graphql-transport-ws',
    path = '/graphql',
  ): Promise<BareSocket | number> {
    return new Promise((resolve, reject) => {
      const asked = request(`${app.url}${path}`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.alloc(16).toString('base64'),
          'sec-websocket-protocol': protocol,
        },
      });
      asked.on('upgrade', (_response, socket, head) => {
        const bare = new BareSocket(socket as Socket);
        bare.received = head;
        resolve(bare);
      });
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** A text frame under 64 KB, masked with zeros. */
  static textFrame(message: object): Buffer {
    const payload = Buffer.from(JSON.stringify(message));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(payload.length);
    return Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), payload]);
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The code of the close frame, once it has come: the frame's first byte is 0x88, its length one byte. */
  async closeCode(): Promise<number> {
    await until('a close frame', () => this.received.includes(0x88));
    return this.received.readUInt16BE(this.received.indexOf(0x88) + 2);
  }

  /** False while what was written before waits to be taken. */
  get isWritable(): boolean {
    return !this.socket.writableNeedDrain && this.socket.writable;
  }

  /** Stops reading, as a client does that hangs. */
  pause(): void {
    this.socket.pause();
  }

  destroy(): void {
    this.socket.destroy();
  }
}

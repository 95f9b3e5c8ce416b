import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MessageType, parseMessage, type SubscribeMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import type { Caller } from '../context.js';
import { OperationLog } from '../operation-log.js';
import { admit, type Door, doorOf } from './admission.js';
import { closeCodes } from './close-codes.js';
import type { Leaving } from './farewell.js';
import { ACKNOWLEDGED, pong } from './frames.js';
import type { SocketHouse } from './house.js';
import { Line } from './line.js';
import { type OperationSocket, SocketOperation } from './socket-operation.js';

/**
 * One socket and its dialogue by graphql-transport-ws, whose messages the package graphql-ws checks. The package's own
 * server keeps a suspended function, an iterator, the message and the context of each subscription (docs/adr/0023).
 */
export class LiveSocket implements OperationSocket, Leaving {
  readonly line: Line;
  /** Names it in the log; its operations have ids of their own. */
  readonly requestId = randomUUID();
  /** Who it is, once connection_init has been acknowledged. */
  caller: Caller | null = null;
  isOver = false;
  /** What the handshake told, until connection_init. */
  private door: Door | null;
  private patience: NodeJS.Timeout | undefined;
  /** Those that may be sent something, by the ids that the client gave them. */
  private readonly operations = new Map<string, SocketOperation>();
  /** Asked for, and neither answered nor following a source yet, whether or not their client still wants them. */
  private starting = 0;
  private following = 0;

  constructor(
    readonly house: SocketHouse,
    socket: WebSocket,
    request: IncomingMessage,
  ) {
    const { config } = house.composed;
    this.line = new Line(socket, house.rules);
    this.door = doorOf(request, house.proxies);
    this.listenTo(socket);
    house.pulse.add(this.line);
    house.sockets.add(this);
    this.patience = setTimeout(() => this.runOutOfPatience(), config.socketInitTimeoutMs);
  }

  forget(operation: SocketOperation): void {
    if (this.operations.get(operation.id) === operation) this.operations.delete(operation.id);
  }

  follow(): void {
    this.following += 1;
  }

  letGo(): void {
    this.following -= 1;
  }

  /** It waits for the answer to something. */
  get isBusy(): boolean {
    return this.starting > 0;
  }

  close(): void {
    this.line.close(closeCodes.goingAway, 'Going away');
  }

  private get log(): OperationLog {
    return new OperationLog(this.house.composed.services.log, this.requestId);
  }

  private listenTo(socket: WebSocket): void {
    socket.on('message', (data: RawData) => void this.settle(() => this.receive(data)));
    socket.on('ping', (data: Buffer) => void (this.line.admits() && socket.pong(data)));
    socket.on('pong', () => {
      this.line.answered();
      this.line.admits();
    });
    // A frame that breaks the protocol or is too large: ws closes with the right code (1002, 1009).
    socket.on('error', (error) => this.log.debug({ err: error }, 'a socket broke the protocol'));
    socket.once('close', (code) => this.leave(code));
  }

  /** Not at once: where the process itself was late, what the client has sent in time is read first. */
  private runOutOfPatience(): void {
    setImmediate(() => {
      if (this.door) this.line.close(closeCodes.tooSlow, 'Connection initialisation timeout');
    });
  }

  /** Gives up the place of a socket that has closed, and ends what runs on it. */
  private leave(code: number): void {
    this.isOver = true;
    const { house, line, caller } = this;
    clearTimeout(this.patience);
    house.pulse.remove(line);
    if (caller?.viewer) {
      house.expiries.remove(line, caller.viewer.tokenExpiresAt);
      house.open.release(caller.viewer, line.socket);
    }
    for (const operation of [...this.operations.values()]) operation.end();
    house.gone(this, code);
    this.log.debug({ code }, 'socket closed');
  }

  private async receive(data: RawData): Promise<void> {
    if (!this.line.admits()) return;
    let message: ReturnType<typeof parseMessage>;
    try {
      message = parseMessage(String(data));
    } catch {
      return this.refuse();
    }
    if (message.type === MessageType.Subscribe) await this.subscribe(message);
    else if (message.type === MessageType.Complete) this.operations.get(message.id)?.end();
    else if (message.type === MessageType.Ping) this.pong(message.payload);
    else if (message.type === MessageType.ConnectionInit) await this.greet(message.payload);
    // The others are the server's to send.
    else if (message.type !== MessageType.Pong) this.refuse();
  }

  private pong(payload: unknown): void {
    let answer: string | null = null;
    try {
      answer = pong(payload);
    } catch {
      // Nested too deeply: it can be parsed, but not written again.
    }
    if (answer === null) this.refuse();
    else this.line.send(answer);
  }

  private refuse(): void {
    this.line.close(closeCodes.badRequest, 'Invalid message received');
  }

  private async greet(params: Record<string, unknown> | undefined | null): Promise<void> {
    const { door } = this;
    if (!door) {
      this.line.close(closeCodes.tooMany, 'Too many initialisation requests');
      return;
    }
    this.door = null;
    clearTimeout(this.patience);
    this.patience = undefined;
    this.caller = await admit(this, params ?? undefined, door);
    if (this.caller) this.line.send(ACKNOWLEDGED);
    else this.line.close(closeCodes.forbidden, 'Forbidden');
  }

  private async subscribe({ id, payload }: SubscribeMessage): Promise<void> {
    const { maxSubscriptionsPerSocket } = this.house.composed.config;
    if (!this.caller) return this.line.close(closeCodes.unauthorized, 'Unauthorized');
    if (this.operations.has(id)) return this.line.close(closeCodes.exists, existsAlready(id));
    if (this.starting + this.following >= maxSubscriptionsPerSocket)
      return this.line.close(closeCodes.tooMany, 'Too many operations');
    const operation = new SocketOperation(this, id, randomUUID());
    this.operations.set(id, operation);
    this.starting += 1;
    try {
      await operation.begin(payload);
    } finally {
      this.starting -= 1;
    }
  }

  private async settle(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.error({ err: error }, 'a message on a socket failed');
      this.line.close(closeCodes.internalError, 'Internal server error');
    }
  }
}

/** A close frame has room for 123 bytes. */
function existsAlready(id: string): string {
  return Buffer.byteLength(id) < 80 ? `Subscriber for ${id} already exists` : 'Subscriber already exists';
}

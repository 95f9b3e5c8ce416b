import type { Client } from 'graphql-ws';
import { afterEach, expect } from 'vitest';
import type WebSocket from 'ws';
import type { Bus, BusMessage } from '../../src/kernel/ports.js';
import { streamHubPart } from '../../src/kernel/stream-hub.js';
import { MemoryBus } from '../../src/platform/bus/memory-bus.js';
import { type ApiError, type TestApp, type TypedDocument, testLog } from './app.js';
import { textOf } from './http.js';

/** Waits until something is so; who waits in vain is told what for. */
export async function until(what: string, isSo: () => boolean, ms = 8_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Waited ${ms} ms in vain: ${what}`);
    await pause(2);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

/** One operation on a socket, and all that came of it. */
export class Following<Result> {
  readonly results: Result[] = [];
  /** The errors of an operation that was refused, or of an event. */
  errors: readonly ApiError[] | null = null;
  isComplete = false;
  /** Ends the operation, as a client does that has seen enough. */
  stop: () => void = () => undefined;

  get error(): { code: string; statusCode: number } | null {
    const first = this.errors?.[0];
    return first ? { code: first.extensions.code, statusCode: first.extensions.statusCode } : null;
  }

  /** The first n results, once they are there. */
  async take(n: number): Promise<Result[]> {
    await until(
      `${n} results, got ${this.results.length}`,
      () => this.errors !== null || this.results.length >= n,
    );
    if (this.errors) throw new Error(`Refused: ${JSON.stringify(this.errors)}`);
    return this.results.slice(0, n);
  }

  async refused(): Promise<{ code: string; statusCode: number }> {
    await until('a refusal', () => this.errors !== null);
    return this.error as { code: string; statusCode: number };
  }
}

/** A client on a socket of its own, which can be cut off as networks do it. */
export class LiveClient {
  closed: { code: number; reason: string } | null = null;
  private readonly client: Client;
  private socket: WebSocket | null = null;
  private isCut = false;

  constructor(app: TestApp, token?: string) {
    this.client = app.socket(token);
    this.client.on('opened', (socket) => {
      this.socket = socket as WebSocket;
      if (this.isCut) this.socket.terminate();
    });
    this.client.on('closed', (event) => {
      this.closed ??= event as { code: number; reason: string };
    });
  }

  get isOpen(): boolean {
    return this.socket !== null && this.closed === null;
  }

  follow<Result, Variables extends object>(
    document: TypedDocument<Result, Variables> | string,
    variables?: Variables,
    onResult: (result: Result) => void = () => undefined,
    onErrors: (errors: readonly ApiError[]) => void = () => undefined,
  ): Following<Result> {
    const following = new Following<Result>();
    const query = textOf(document);
    const refuse = (errors: readonly ApiError[]) => {
      following.errors = errors;
      onErrors(errors);
    };
    following.stop = this.client.subscribe<Result>(
      { query, variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (this.isCut) return;
          if (errors) refuse(errors as unknown as ApiError[]);
          if (!data) return;
          following.results.push(data);
          onResult(data);
        },
        error: (error) => {
          if (Array.isArray(error)) refuse(error as ApiError[]);
        },
        complete: () => {
          following.isComplete = true;
        },
      },
    );
    return following;
  }

  /** The line goes dead: no close frame, and what was under way is lost. */
  cut(): void {
    this.isCut = true;
    this.socket?.terminate();
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

/** Clients of one block of tests; after each test they are gone, and nothing on the server is left of them. */
export class Live {
  private readonly clients: LiveClient[] = [];

  constructor(private readonly app: TestApp) {}

  client(person?: { token?: string }): LiveClient {
    const client = new LiveClient(this.app, person?.token);
    this.clients.push(client);
    return client;
  }

  /** Follows a stream on a socket of its own, and goes on when all that was stored has come and it is live. */
  async follow<Result, Variables extends object>(
    person: { token?: string } | undefined,
    document: TypedDocument<Result, Variables> | string,
    variables?: Variables,
  ): Promise<Following<Result>> {
    const before = levelFollowers(this.app);
    const following = this.client(person).follow(document, variables);
    await until('it to be live', () => following.errors !== null || levelFollowers(this.app) > before);
    return following;
  }

  /** The same for what hangs on a topic of the bus alone. */
  async listen<Result, Variables extends object>(
    person: { token?: string } | undefined,
    topic: string,
    document: TypedDocument<Result, Variables> | string,
    variables?: Variables,
  ): Promise<Following<Result>> {
    const before = busListeners(this.app, topic);
    const following = this.client(person).follow(document, variables);
    await until('it to be live', () => following.errors !== null || busListeners(this.app, topic) > before);
    return following;
  }

  async end(): Promise<void> {
    for (const client of this.clients.splice(0)) await client.close();
    await until('nobody follows', () => followedStreams(this.app) === 0);
  }
}

export function useLive(app: TestApp): Live {
  const live = new Live(app);
  afterEach(() => live.end());
  return live;
}

/** What comes late, or twice, or should not come at all has had its chance. */
export async function expectNoMore(following: Following<unknown>, n: number): Promise<void> {
  await pause(60);
  expect(following.results).toHaveLength(n);
}

/**
 * How many followers are level with their stream. The protocol has no acknowledgement for a subscription, and a test
 * that acts before it is live proves nothing: so the private state is looked at, and only looked at.
 */
export function levelFollowers(app: TestApp): number {
  const hub = app.system.services.parts.get(streamHubPart) as unknown as {
    streams: Map<string, { level: Set<unknown> }>;
  };
  return [...hub.streams.values()].reduce((sum, stream) => sum + stream.level.size, 0);
}

export function followedStreams(app: TestApp): number {
  return app.system.services.parts.get(streamHubPart).size;
}

/** How many listen to a topic of the memory bus, which the one on Redis has inside; looked at for the same reason. */
export function busListeners(app: TestApp, topic: string): number {
  type Listened = { listeners: Map<string, Set<unknown>> };
  const bus = app.system.services.bus as unknown as Listened & { here?: Listened };
  return (bus.here ?? bus).listeners.get(topic)?.size ?? 0;
}

/** A bus that keeps no promise: it loses half of what is said, says other things twice, late and out of order. */
export class LossyBus implements Bus {
  published = 0;
  lost = 0;
  private readonly inner = new MemoryBus(testLog);

  publish(topic: string, message: BusMessage): void {
    this.published++;
    if (Math.random() < 0.5) {
      this.lost++;
      return;
    }
    this.inner.publish(topic, message);
    if (Math.random() < 0.5) setTimeout(() => this.inner.publish(topic, message), Math.random() * 30);
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): () => void {
    return this.inner.subscribe(topic, listener);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

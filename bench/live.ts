// What an event costs its subscribers, and a subscriber the server: `npm run bench -- --live`. Beside it, in the same run,
// a bare `ws` that broadcasts the same message to the same clients.
import 'reflect-metadata';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compose } from '../src/app/compose.js';
import { readConfig } from '../src/app/config.js';
import { Builders, type BuiltNegotiation, type Person } from '../tests/support/builders.js';
import { FakeClock } from '../tests/support/clock.js';
import { createDatabase } from '../tests/support/databases.js';
import { startPostgres } from '../tests/support/postgres.js';
import { hasRedis, RedisServer } from '../tests/support/redis.js';
import type { Order, Report } from './live-clients.js';
import type { Asked, Told } from './live-server.js';

const SUBSCRIBERS = process.env.LIVE_SUBSCRIBERS?.split(',').map(Number) ?? [1_000, 5_000];
const EVENTS = Number(process.env.LIVE_EVENTS ?? 40);
const WARM_UP = 10;
/** Between two events: who has just been served is quiet again. */
const EVERY_MS = 50;
/** Clients come and go once before memory is measured: what is made at the first use is there by then. */
const FIRST_CLIENTS = 100;

const SUBSCRIPTION = `subscription NegotiationEvents($negotiationId: ID!, $after: Int) {
  negotiationEvents(negotiationId: $negotiationId, after: $after) {
    id sequence kind party message createdAt
    offer { id amount party message status expiresAt createdAt }
    negotiation { id status agreedPrice lastSequence updatedAt currentOffer { id amount status expiresAt } }
  }
}`;
const INBOX = 'subscription { notificationReceived { id sequence kind title body createdAt } }';
const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }';

interface Node {
  readonly url: string;
  readonly process: ChildProcess;
}

interface Figures {
  readonly name: string;
  readonly subscribers: number;
  /** Milliseconds from the commit to the arrival, of every event at every client. */
  readonly delays: Float64Array;
  /** Bytes that one subscribed socket takes. */
  readonly heap: number;
  readonly rss: number;
}

/** What a child tells next that is so. */
async function told<T extends object>(child: ChildProcess, key: string): Promise<T> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [object];
    if (key in message) return message as T;
  }
}

async function startNode(kind: 'system' | 'bare', env: Record<string, string> = {}): Promise<Node> {
  const child = fork(new URL('./live-server.ts', import.meta.url), [kind], {
    env: { ...process.env, ...env },
    // As `npm start` has it.
    execArgv: ['--import', 'tsx', '--expose-gc', '--enable-source-maps', '--max-semi-space-size=4'],
  });
  const { url } = await told<{ url: string }>(child, 'url');
  return { url, process: child };
}

async function stopNode({ process: child }: Node): Promise<void> {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

async function memoryOf({ process: child }: Node): Promise<{ heap: number; rss: number }> {
  const answer = told<{ heap: number; rss: number }>(child, 'heap');
  child.send({ memory: true } satisfies Asked);
  return answer;
}

/** The clients of one measurement. */
class Crowd {
  private readonly child = fork(new URL('./live-clients.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });

  async enter(urls: readonly string[], count: number, hello: string[][]): Promise<void> {
    const ready = told(this.child, 'ready');
    this.order({ urls, count, hello });
    await ready;
  }

  async leave(): Promise<void> {
    const left = told(this.child, 'left');
    this.order({ leave: true });
    await left;
  }

  /** Resolves when all have it. */
  hear(sequence: number): Promise<Extract<Report, { sequence: number }>> {
    const heard = told<Extract<Report, { sequence: number }>>(this.child, 'sequence');
    this.order({ expect: sequence });
    return heard;
  }

  async end(): Promise<void> {
    this.child.kill();
    await once(this.child, 'exit');
  }

  private order(order: Order): void {
    this.child.send(order);
  }
}

/** Who makes events happen, and what was said of the last one. */
interface Source {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly hello: string[][];
  /** The number of the next event. */
  next: number;
  /** None: only what its subscribers weigh is asked. */
  readonly happen: (() => Promise<void>) | null;
}

/** One after the other: each memory by itself; then the events in turns, so that all have the same noise around them. */
async function measure(sources: readonly Source[], subscribers: number): Promise<Figures[]> {
  const measured = [];
  for (const source of sources) {
    const crowd = new Crowd();
    measured.push({
      source,
      crowd,
      ...(await enterAndWeigh(source, crowd, subscribers)),
      delays: [] as number[],
    });
  }
  for (let n = -WARM_UP; n < EVENTS; n++) {
    for (const { source, crowd, delays } of measured) {
      if (!source.happen) continue;
      const some = await event(source, crowd);
      if (n >= 0) for (const delay of some) delays.push(delay);
    }
  }
  for (const { crowd } of measured) await crowd.end();
  return measured.map(({ source, delays, heap, rss }) => {
    return { name: source.name, subscribers, delays: Float64Array.from(delays).sort(), heap, rss };
  });
}

async function enterAndWeigh(source: Source, crowd: Crowd, subscribers: number) {
  const urls = source.nodes.map(({ url }) => url);
  const [first] = source.nodes as [Node];
  await crowd.enter(urls, FIRST_CLIENTS, source.hello);
  await pause(1_000);
  for (let n = 0; n < WARM_UP && source.happen; n++) await event(source, crowd);
  await crowd.leave();
  await pause(500);
  const before = await memoryOf(first);
  await crowd.enter(urls, subscribers, source.hello);
  await pause(2_000);
  const idle = await memoryOf(first);
  const here = subscribers / source.nodes.length;
  return { heap: (idle.heap - before.heap) / here, rss: (idle.rss - before.rss) / here };
}

let sample = '';

async function event(source: Source, crowd: Crowd): Promise<Float64Array> {
  const [first] = source.nodes as [Node];
  const committed = told<Extract<Told, { at: number }>>(first.process, 'committed');
  const heard = crowd.hear(source.next);
  source.next += 1;
  await source.happen?.();
  const { at } = await committed;
  const report = await heard;
  sample = report.sample || sample;
  await pause(EVERY_MS);
  return report.arrivals.map((arrival) => (arrival - at) / 1e6);
}

/** Half of the clients are the buyer's, half the dealer's. */
function hellosOf({ id, buyer, dealer }: BuiltNegotiation): string[][] {
  const payload = {
    query: SUBSCRIPTION,
    variables: { negotiationId: id },
    operationName: 'NegotiationEvents',
  };
  return [buyer, dealer].map((person) => helloOf(person, payload));
}

function helloOf({ token }: Person, payload: object): string[] {
  return [
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    JSON.stringify({ id: 'ID', type: 'subscribe', payload }),
  ];
}

interface Scene {
  readonly negotiations: readonly BuiltNegotiation[];
  readonly people: readonly Person[];
}

/** A negotiation for each form: what happens in one is not to be heard in another. And a person for each subscriber. */
async function arrange(env: Record<string, string>): Promise<Scene> {
  const composed = await compose(readConfig(env), { backgroundJobs: false });
  await composed.orm.migrator.up();
  const ok = () => Promise.reject(new Error('There is no server yet'));
  const build = new Builders({ system: composed, clock: new FakeClock(), ok });
  const negotiations = [await build.negotiation(), await build.negotiation()];
  const people: Person[] = [];
  for (let n = 0; n < Math.max(...SUBSCRIBERS); n++) people.push(await build.buyer());
  await composed.close();
  return { negotiations, people };
}

async function system(
  name: string,
  negotiation: BuiltNegotiation,
  env: Record<string, string>,
  count: number,
): Promise<Source> {
  const nodes: Node[] = [];
  for (let n = 0; n < count; n++) nodes.push(await startNode('system', env));
  const say = (body: string) => send(nodes[0]?.url as string, negotiation, body);
  return {
    name,
    nodes,
    hello: hellosOf(negotiation),
    next: (await say('Hello.')) + 1,
    happen: async () => void (await say('Would you take a little less, paid at once? '.repeat(4))),
  };
}

/** Sends a message, and returns its number. */
async function send(url: string, { id, buyer }: BuiltNegotiation, body: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${buyer.token}` },
    body: JSON.stringify({ query: SEND, variables: { input: { negotiationId: id, body } } }),
  });
  const { data, errors } = (await response.json()) as {
    data: { sendMessage: { event: { sequence: number } } };
    errors?: unknown;
  };
  if (errors) throw new Error(JSON.stringify(errors));
  return data.sendMessage.event.sequence;
}

/** Everybody follows an inbox of their own: nothing of one subscriber is another's. */
async function inboxes(people: readonly Person[], env: Record<string, string>): Promise<Source> {
  const hello = people.map((person) => helloOf(person, { query: INBOX }));
  return {
    name: 'one node, an inbox each',
    nodes: [await startNode('system', env)],
    hello,
    next: 0,
    happen: null,
  };
}

async function bare(): Promise<Source> {
  const node = await startNode('bare');
  const source: Source = {
    name: 'a bare `ws`',
    nodes: [node],
    hello: [],
    next: 100_000,
    async happen() {
      const text = sample.replace(/"sequence":\d+/, `"sequence":${source.next - 1}`);
      node.process.send({ broadcast: text } satisfies Asked);
    },
  };
  return source;
}

const at = (sorted: Float64Array, share: number) => sorted[Math.floor(sorted.length * share)] as number;

function tellFigures(figures: readonly Figures[]): void {
  const baseOf = ({ subscribers }: Figures) =>
    figures.find((other) => other.subscribers === subscribers && other.name.includes('bare')) as Figures;
  console.log(`\nmessage: ${Buffer.byteLength(sample)} bytes; ${EVENTS} events each, one after the other\n`);
  console.log(
    '| server | subscribers | median: ms | p99: ms | p99 to bare | heap a socket: KB | over bare | RSS a socket: KB | over bare |',
  );
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: | --: |');
  for (const one of figures) {
    const base = baseOf(one);
    const kb = (bytes: number) => (bytes / 1_024).toFixed(1);
    const [median, p99] = one.delays.length > 0 ? [at(one.delays, 0.5), at(one.delays, 0.99)] : [null, null];
    const cells = [
      one.name,
      one.subscribers,
      median?.toFixed(1) ?? '–',
      p99?.toFixed(1) ?? '–',
      p99 === null ? '–' : (p99 / at(base.delays, 0.99)).toFixed(2),
      ...[one.heap, one.heap - base.heap, one.rss, one.rss - base.rss].map(kb),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-live-'));
const postgres = await startPostgres();
/** LIVE_NODES=1 leaves the two nodes out. */
const redis = hasRedis && process.env.LIVE_NODES !== '1' ? await RedisServer.start() : null;
const figures: Figures[] = [];

/** Each measurement has servers of its own. */
async function run(start: ReadonlyArray<() => Promise<Source>>, subscribers: number): Promise<void> {
  const sources: Source[] = [];
  for (const one of start) sources.push(await one());
  figures.push(...(await measure(sources, subscribers)));
  for (const node of sources.flatMap(({ nodes }) => nodes)) await stopNode(node);
}

try {
  const database = await createDatabase(postgres.url('postgres'), 'live');
  const env = {
    NODE_ENV: 'production',
    JWT_SECRETS: `bench:${'x'.repeat(32)}`,
    DATABASE_URL: database,
    STORAGE_URL: `disk:${join(directory, 'uploads')}`,
    TEMPORARY_DIRECTORY: join(directory, 'tmp'),
    MAIL_DIRECTORY: join(directory, 'mail'),
    PORT: '0',
    LOG_LEVEL: 'error',
    MESSAGES_PER_MINUTE: '10000',
    MAX_SOCKETS_PER_USER: '10000',
    MAX_SOCKETS_PER_IP: '100000',
  };
  const { negotiations, people } = await arrange(env);
  const [one, other] = negotiations as [BuiltNegotiation, BuiltNegotiation];
  const forms = [() => system('one node', one, env, 1), bare, () => inboxes(people, env)];
  if (redis) forms.push(() => system('two nodes', other, { ...env, REDIS_URL: redis.url }, 2));
  for (const count of SUBSCRIBERS) await run(forms, count);
  tellFigures(figures);
} finally {
  await redis?.remove();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

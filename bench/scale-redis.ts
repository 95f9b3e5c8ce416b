// Redis as the bus: many channels on one connection, and messages through it, by Pub/Sub and by sharded Pub/Sub.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisServer } from '../tests/support/redis.js';
import { count, ms, pick, printTable, quantile, timed } from './scale-table.js';

const CHANNELS = 100_000;
const RATES = [1_000, 5_000, 10_000];
const SECONDS = 5;
const TICK_MS = 10;
/** Of one SUBSCRIBE. */
const BATCH = 1_000;

/** As long as ours are: prefix, kind, UUID. */
const channels = Array.from({ length: CHANNELS }, (_, at) => {
  const id = `0199a000-0000-7000-8000-${String(at).padStart(12, '0')}`;
  return `carnegotiate:negotiation:${id}`;
});

interface Way {
  readonly name: string;
  readonly isCluster: boolean;
  readonly event: 'message' | 'smessage';
  readonly subscribe: (redis: Redis) => Promise<unknown>;
  readonly publish: (redis: Redis, channel: string, message: string) => Promise<unknown>;
}

const ways: readonly Way[] = [
  {
    name: 'Pub/Sub',
    isCluster: false,
    event: 'message',
    subscribe: (redis) =>
      Promise.all(
        Array.from({ length: CHANNELS / BATCH }, (_, at) =>
          redis.subscribe(...channels.slice(at * BATCH, (at + 1) * BATCH)),
        ),
      ),
    publish: (redis, channel, message) => redis.publish(channel, message),
  },
  {
    name: 'sharded',
    isCluster: true,
    event: 'smessage',
    // Channels of one command must be in one slot, so each has its own.
    subscribe: (redis) => Promise.all(channels.map((channel) => redis.ssubscribe(channel))),
    publish: (redis, channel, message) => redis.spublish(channel, message),
  },
];

export async function simulateRedis(): Promise<void> {
  const rows: string[][] = [];
  for (const way of ways) rows.push(...(await measure(way)));
  printTable(
    `${count(CHANNELS)} channels on one connection`,
    ['', 'messages/s', 'received', 'median: ms', 'p99: ms', 'most: ms', "Redis's CPU: µs a message"],
    rows,
  );
}

async function measure(way: Way): Promise<string[][]> {
  const server = await RedisServer.start({ cluster: way.isCluster });
  const [subscriber, publisher] = [new Redis(server.url), new Redis(server.url)];
  try {
    await Promise.all([once(subscriber, 'ready'), once(publisher, 'ready')]);
    const before = infoOf(server, 'used_memory');
    const took = await timed(() => way.subscribe(subscriber));
    const bytes = (infoOf(server, 'used_memory') - before) / CHANNELS;
    console.log(`\n${way.name}: subscribed in ${ms(took)} ms, ${bytes.toFixed(0)} bytes of Redis a channel`);
    const rows: string[][] = [];
    for (const rate of RATES)
      rows.push([way.name, ...(await flood(server, way, subscriber, publisher, rate))]);
    return rows;
  } finally {
    subscriber.disconnect();
    publisher.disconnect();
    await server.remove();
  }
}

/** Announces at a rate, on channels at random, and tells how long each announcement was under way. */
async function flood(server: RedisServer, way: Way, subscriber: Redis, publisher: Redis, rate: number) {
  const times: number[] = [];
  const hear = (_channel: string, message: string) => {
    times.push(performance.now() - (JSON.parse(message) as { at: number }).at);
  };
  subscriber.on(way.event, hear);
  const cpuBefore = cpuOf(server);
  const startedAt = performance.now();
  let sent = 0;
  while (sent < rate * SECONDS) {
    const due = Math.min(rate * SECONDS, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
    for (; sent < due; sent++) {
      const message = JSON.stringify({ sequence: sent, at: performance.now() });
      void way.publish(publisher, pick(channels), message);
    }
    await pause(TICK_MS);
  }
  await pause(500);
  subscriber.off(way.event, hear);
  const cpu = (cpuOf(server) - cpuBefore) / sent;
  return [
    count(rate),
    `${((times.length / sent) * 100).toFixed(1)} %`,
    ms(quantile(times, 0.5)),
    ms(quantile(times, 0.99)),
    ms(Math.max(...times)),
    (cpu * 1e6).toFixed(0),
  ];
}

function infoOf(server: RedisServer, name: string): number {
  return Number(new RegExp(`${name}:([\\d.]+)`).exec(server.command('INFO'))?.[1]);
}

/** Seconds that the server has spent. */
function cpuOf(server: RedisServer): number {
  return infoOf(server, 'used_cpu_user') + infoOf(server, 'used_cpu_sys');
}

import type { Bus, BusFigures, Jobs, RateLimits } from '../../kernel/ports.js';
import type { StreamFigures } from '../../kernel/stream-figures.js';
import type { StreamHub } from '../../kernel/stream-hub.js';
import { hashesAtWork } from '../../modules/accounts/module.js';
import { serversOf } from '../../platform/database/postgresql.js';
import type { ReplicaFigures, Replicas } from '../../platform/database/replicas.js';
import { one, type Pulled, type Samples } from '../../platform/metrics/pulled.js';
import type { Orm } from '../orm.js';

/** Those who follow streams on this node. */
export function streamMetrics(hub: StreamHub, figures: StreamFigures): Pulled[] {
  return [
    gauge('streams_followed', 'Streams that are followed on this node.', () => hub.size),
    gauge('stream_followers', 'Subscriptions that follow a stream.', () => hub.followers),
    counter(
      'stream_entries_delivered_total',
      'Entries of streams handed to who follows them.',
      () => figures.delivered,
    ),
    counter(
      'stream_followers_cut_off_total',
      'Subscriptions ended because they were too slow.',
      () => figures.cutOff,
    ),
    counter(
      'stream_entries_healed_total',
      'Entries of followed streams that only the poll of the heads has found: their announcement was lost.',
      () => figures.healed,
    ),
  ];
}

/** A bus that leaves the process; the memory of a single node has no figures. */
export function busMetrics(bus: Bus): Pulled[] {
  const of = (read: (figures: BusFigures) => number) => () => (hasFigures(bus) ? one(read(bus)) : []);
  return [
    {
      name: 'bus_up',
      help: '1 while the bus reaches other nodes, else 0; none where there is but one node.',
      aggregator: 'min',
      read: of(({ isUp }) => Number(isUp)),
    },
    {
      name: 'bus_channels',
      help: 'Channels that this node listens to.',
      read: of(({ channels }) => channels),
    },
    {
      name: 'bus_published_total',
      help: 'Messages sent to other nodes.',
      isCounter: true,
      read: of(({ published }) => published),
    },
    {
      name: 'bus_received_total',
      help: 'Messages that came from other nodes.',
      isCounter: true,
      read: of(({ received }) => received),
    },
    {
      name: 'bus_dropped_total',
      help: 'Messages that never left, because the bus was away or too slow.',
      isCounter: true,
      read: of(({ dropped }) => dropped),
    },
  ];
}

function hasFigures(bus: Bus): bus is Bus & BusFigures {
  return 'published' in bus && 'isUp' in bus;
}

/** Whether attempts are counted for all nodes together. */
export function rateLimitMetrics(limits: RateLimits): Pulled[] {
  return [
    {
      name: 'rate_limits_shared',
      help: '1 while attempts are counted for all nodes together, 0 while each counts for itself; none on one node.',
      aggregator: 'min',
      read: () => ('isUp' in limits ? one(Number(limits.isUp)) : []),
    },
  ];
}

/** The queue that nodes share. */
export function queueMetrics(jobs: Jobs): Pulled[] {
  return [
    {
      name: 'job_queue_jobs',
      help: 'Jobs of all nodes in the queue, by state; none where there is no queue, or it does not answer.',
      labelNames: ['state'],
      aggregator: 'max',
      read: async () => {
        const counts = (await jobs.queue?.counts()) ?? null;
        return counts ? Object.entries(counts).map(([state, value]) => ({ labels: { state }, value })) : [];
      },
    },
    {
      name: 'job_queue_up',
      help: '1 while the queue says when to look, 0 while timers of this node do; none where there is no queue.',
      aggregator: 'min',
      read: () => (jobs.queue ? one(Number(jobs.queue.mode === 'queue')) : []),
    },
  ];
}

/** Connections to PostgreSQL, by server; SQLite has one, and no pool. */
export function poolMetrics(orm: Orm): Pulled[] {
  const servers = serversOf(orm.em.getDriver());
  const all = servers
    ? [
        ['primary', servers.primary] as const,
        ...servers.replicas.map((r, at) => [`replica-${at + 1}`, r] as const),
      ]
    : [];
  return [
    {
      name: 'database_pool_connections',
      help: 'Connections to PostgreSQL, by server and state.',
      labelNames: ['server', 'state'],
      read: (): Samples =>
        all.flatMap(([server, { figures }]) => [
          { labels: { server, state: 'busy' }, value: figures.total - figures.idle },
          { labels: { server, state: 'idle' }, value: figures.idle },
        ]),
    },
    {
      name: 'database_pool_waiting',
      help: 'Operations that wait for a connection to PostgreSQL.',
      labelNames: ['server'],
      read: (): Samples =>
        all.map(([server, { figures }]) => ({ labels: { server }, value: figures.waiting })),
    },
    {
      name: 'database_pool_limit',
      help: 'Connections to PostgreSQL that there may be.',
      labelNames: ['server'],
      read: (): Samples => all.map(([server, { figures }]) => ({ labels: { server }, value: figures.max })),
    },
  ];
}

/** Copies of the database that guests read from. */
export function replicaMetrics(replicas: Replicas): Pulled[] {
  const of = (read: (figures: ReplicaFigures) => number | null) => (): Samples =>
    replicas.figures().flatMap((figures, at) => {
      const value = read(figures);
      return value === null ? [] : [{ labels: { server: `replica-${at + 1}` }, value }];
    });
  return [
    {
      name: 'database_replica_ready',
      help: '1 while a replica is asked, 0 while it is away or too far behind.',
      labelNames: ['server'],
      aggregator: 'min',
      read: of(({ state }) => Number(state === 'READY')),
    },
    {
      name: 'database_replica_lag_seconds',
      help: 'How far a replica is behind at most; none where it does not say.',
      labelNames: ['server'],
      aggregator: 'max',
      read: of(({ lagMs }) => (lagMs === null ? null : lagMs / 1_000)),
    },
    {
      name: 'database_replica_operations_total',
      help: 'Operations that were sent to a replica.',
      labelNames: ['server'],
      isCounter: true,
      read: of(({ asked }) => asked),
    },
  ];
}

/** Passwords that are being hashed, and that wait for their turn: two at once, whatever comes. */
export function passwordMetrics(): Pulled[] {
  return [
    gauge('password_hashes_running', 'Passwords that are being hashed.', () => hashesAtWork().running),
    gauge('password_hashes_waiting', 'Passwords that wait to be hashed.', () => hashesAtWork().waiting),
  ];
}

function gauge(name: string, help: string, read: () => number): Pulled {
  return { name, help, read: () => one(read()) };
}

function counter(name: string, help: string, read: () => number): Pulled {
  return { name, help, isCounter: true, read: () => one(read()) };
}

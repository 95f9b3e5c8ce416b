import { DelayedError, Queue, type Job as QueuedJob, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Logger } from '../../kernel/ports.js';
import { within } from '../../kernel/within.js';
import { connectRedis, type RedisSettings } from '../redis/connect.js';
import { QUEUE } from './queue-reader.js';

/** What lies in Redis of a job. */
export interface Entry {
  /** Runs in a row that failed, on whichever node. */
  readonly failures: number;
}

/** Runs a job by its name, and says when it is due again. Null: there is no such job here. */
export type Work = (
  name: string,
  failures: number,
) => Promise<{ readonly failures: number; readonly nextInMs: number } | null>;

export interface BullQueueOptions {
  readonly redis: RedisSettings;
  /** In braces, so that a Redis Cluster keeps all keys of the queue on one server. */
  readonly prefix: string;
  /** Jobs that this node does at once. */
  readonly concurrency: number;
  readonly log: Logger;
}

/** A node that was killed has its jobs taken over after its lock has run out and two looks for such: 11 s at most. */
const LOCK_MS = 6_000;
const STALLED_EVERY_MS = 2_500;

/** An entry is taken over as often as it takes: nobody would see it among the failed. */
const ANY_NUMBER = 1_000_000_000;

/** BullMQ tells its own events in a stream that nobody here reads. */
const EVENTS_KEPT = 100;

/** Of an orderly close, what Redis has to answer. */
const CLOSE_MS = 2_000;

/**
 * This node's side of the queue, for as long as Redis answers. Each job is one entry under the job's name, which is always
 * there: whoever has run it puts it back with the time of its next run. So it cannot run twice at once, and no backlog of it
 * can build up.
 */
export class BullQueue {
  private readonly redis: ReturnType<typeof connectRedis>;
  /** The connections that BullMQ makes of it. */
  private readonly copies: Array<Redis | Cluster> = [];
  private readonly queue: Queue<Entry>;
  private readonly worker: Worker<Entry>;

  constructor({ redis, prefix, concurrency, log }: BullQueueOptions, work: Work) {
    this.redis = connectRedis(redis, 'jobs', log, { maxRetriesPerRequest: null });
    this.keepCopies();
    const shared = { connection: this.redis, prefix };
    this.queue = new Queue<Entry>(QUEUE, { ...shared, streams: { events: { maxLen: EVENTS_KEPT } } });
    this.worker = new Worker<Entry>(QUEUE, (entry, token) => takeOn(entry, token, work), {
      ...shared,
      concurrency,
      lockDuration: LOCK_MS,
      lockRenewTime: LOCK_MS / 3,
      stalledInterval: STALLED_EVERY_MS,
      maxStalledCount: ANY_NUMBER,
      runRetryDelay: 1_000,
    });
    // Without a listener they would end the process. Outages are told by the connection and by who looks after the queue.
    const tell = (error: Error) => log.debug({ err: error }, 'the queue of jobs');
    this.queue.on('error', tell);
    this.worker.on('error', tell);
  }

  /** Puts a job that is in no state back, due in so long. Where somebody else has done so already, theirs stays. */
  async restore(name: string, inMs: number): Promise<void> {
    // What an eviction left of it would keep the new one out.
    await this.queue.remove(name).catch(() => 0);
    const options = { jobId: name, delay: inMs, removeOnComplete: true, removeOnFail: true };
    await this.queue.add(name, { failures: 0 }, options);
  }

  /** Has a job that waits for its time wait no longer than that. */
  async hasten(name: string, inMs: number): Promise<void> {
    const entry = await this.queue.getJob(name);
    // It may have been taken on meanwhile.
    await entry?.changeDelay(inMs).catch(() => undefined);
  }

  /** Takes on nothing more, waits for `runs` to have ended and told the queue; no longer where Redis keeps silent. */
  async close(runs: () => Promise<void>): Promise<void> {
    const closed = this.worker.close().catch(() => undefined);
    await runs();
    await within(CLOSE_MS, closed).catch(() => undefined);
    this.drop();
  }

  /** Lets go at once. What is running here goes on, and tells nobody. */
  drop(): void {
    void this.worker.close(true).catch(() => undefined);
    void this.queue.close().catch(() => undefined);
    for (const connection of [this.redis, ...this.copies]) {
      // A worker that is just about to reconnect does so even after it was closed, and for ever.
      connection.connect = () => Promise.reject(new Error('Connection is closed.'));
      connection.disconnect();
    }
  }

  /** Whoever made a connection may end it: BullMQ keeps its own to itself. */
  private keepCopies(): void {
    const { redis, copies } = this;
    const duplicate = redis.duplicate.bind(redis) as (...args: unknown[]) => Redis | Cluster;
    redis.duplicate = ((...args: unknown[]) => {
      const copy = duplicate(...args);
      // It tells of an outage as well, once the worker does not listen any more.
      copy.on('error', () => undefined);
      copies.push(copy);
      return copy;
    }) as typeof redis.duplicate;
  }
}

async function takeOn(entry: QueuedJob<Entry>, token: string | undefined, work: Work): Promise<void> {
  const failures = Number(entry.data?.failures) || 0;
  const outcome = await work(entry.id as string, failures);
  // Of another version: a node that knows it puts it back.
  if (!outcome) return;
  if (outcome.failures !== failures) await entry.updateData({ failures: outcome.failures });
  await entry.moveToDelayed(Date.now() + outcome.nextInMs, token);
  throw new DelayedError();
}

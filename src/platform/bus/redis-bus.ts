import { createHash, randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Bus, BusFigures, BusMessage, Logger } from '../../kernel/ports.js';
import { connectRedis, type RedisSettings } from '../redis/connect.js';
import { MemoryBus } from './memory-bus.js';

export interface RedisBusSettings extends RedisSettings {
  /** What all channels begin with. */
  readonly prefix: string;
}

/** What goes over Redis: who says it, of which topic, and what. */
interface Envelope {
  readonly from: string;
  readonly topic: string;
  readonly message: BusMessage;
}

/** Messages that may wait for Redis to take them; beyond, they are dropped. A paused Redis must not fill our memory. */
const MOST_ON_THE_WAY = 10_000;

/** How long Redis may take for one command before it counts as away. */
const PATIENCE_MS = 2_000;

/** Channels of one SUBSCRIBE: after an outage all are asked for again, and others have their turn in between. */
const CHANNELS_AT_ONCE = 500;

/** Channels of a cluster: enough to spread over any number of servers, and few enough to be looked after one by one. */
const BUCKETS = 1_024;

/**
 * The bus of several nodes, over Redis Pub/Sub; on a cluster, over sharded Pub/Sub. A node hears itself at once and without
 * Redis, and asks Redis only for what somebody here listens to. While Redis is away messages are dropped: those who follow
 * something look at the database now and then.
 */
export class RedisBus implements Bus, BusFigures {
  private readonly here: MemoryBus;
  private readonly name = randomUUID();
  private readonly speaking: Redis | Cluster;
  private readonly listening: Redis | Cluster;
  /** How many listen to a topic here, by topic, by channel. */
  private readonly wanted = new Map<string, Map<string, number>>();
  /** Channels whose subscription is to be begun or ended. */
  private readonly changed = new Set<string>();
  private readonly asked = new Set<string>();
  private changing: Promise<void> = Promise.resolve();
  private onTheWay = 0;
  private isClosed = false;
  published = 0;
  received = 0;
  dropped = 0;

  constructor(
    private readonly settings: RedisBusSettings,
    private readonly log: Logger,
  ) {
    this.here = new MemoryBus(log);
    this.speaking = connectRedis(settings, 'bus-publish', log, {
      // What cannot be said now is not said: the database tells it later.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: PATIENCE_MS,
    });
    this.listening = connectRedis(settings, 'bus-subscribe', log, {
      autoResubscribe: false,
      commandTimeout: PATIENCE_MS,
    });
    this.listening.on(settings.cluster ? 'smessage' : 'message', (_channel: string, text: string) =>
      this.hear(text),
    );
    this.listening.on('ready', () => this.askForAll());
  }

  get isUp(): boolean {
    return this.speaking.status === 'ready' && this.listening.status === 'ready';
  }

  /** Channels that this node listens to. */
  get channels(): number {
    return this.wanted.size;
  }

  publish(topic: string, message: BusMessage): void {
    this.here.publish(topic, message);
    if (this.speaking.status !== 'ready' || this.onTheWay >= MOST_ON_THE_WAY) {
      this.dropped += 1;
      return;
    }
    const envelope: Envelope = { from: this.name, topic, message };
    this.onTheWay += 1;
    this.say(this.channelOf(topic), JSON.stringify(envelope)).then(
      () => {
        this.onTheWay -= 1;
        this.published += 1;
      },
      (error: unknown) => {
        this.onTheWay -= 1;
        this.dropped += 1;
        this.log.debug({ err: error }, 'an announcement did not reach Redis');
      },
    );
  }

  subscribe(topic: string, listener: (message: BusMessage) => void): () => void {
    const forget = this.here.subscribe(topic, listener);
    this.count(topic, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      forget();
      this.count(topic, -1);
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.here.close();
    this.speaking.disconnect();
    this.listening.disconnect();
  }

  private hear(text: string): void {
    let envelope: Partial<Envelope> | null;
    try {
      envelope = JSON.parse(text) as Partial<Envelope> | null;
    } catch (error) {
      this.log.warn({ err: error }, 'somebody else speaks on our channels of Redis');
      return;
    }
    const { from, topic, message } = envelope ?? {};
    if (from === this.name || typeof topic !== 'string' || typeof message !== 'object' || message === null) return;
    this.received += 1;
    this.here.publish(topic, message);
  }

  private say(channel: string, text: string): Promise<unknown> {
    return this.settings.cluster
      ? this.speaking.spublish(channel, text)
      : this.speaking.publish(channel, text);
  }

  /** A topic has a channel of its own, but on a cluster, where each is looked after by itself. */
  private channelOf(topic: string): string {
    if (!this.settings.cluster) return `${this.settings.prefix}:bus:${topic}`;
    const bucket = createHash('sha1').update(topic).digest().readUInt16BE(0) % BUCKETS;
    return `${this.settings.prefix}:bus:${bucket}`;
  }

  private count(topic: string, by: 1 | -1): void {
    const channel = this.channelOf(topic);
    const topics = this.wanted.get(channel) ?? new Map<string, number>();
    const count = (topics.get(topic) ?? 0) + by;
    if (count > 0) topics.set(topic, count);
    else topics.delete(topic);
    const wasWanted = this.wanted.has(channel);
    if (topics.size > 0) this.wanted.set(channel, topics);
    else this.wanted.delete(channel);
    if (wasWanted === this.wanted.has(channel)) return;
    this.changed.add(channel);
    if (this.changed.size === 1) setImmediate(() => this.changeSome());
  }

  private askForAll(): void {
    this.asked.clear();
    for (const channel of this.wanted.keys()) this.changed.add(channel);
    this.changeSome();
  }

  /** One after the other: what is begun and ended again must reach Redis in this order. */
  private changeSome(): void {
    this.changing = this.changing.then(async () => {
      while (this.changed.size > 0 && this.listening.status === 'ready' && !this.isClosed) {
        const some = [...this.changed].slice(0, CHANNELS_AT_ONCE);
        for (const channel of some) this.changed.delete(channel);
        try {
          await this.change(some);
        } catch (error) {
          // The connection is gone or about to be: all are asked for when there is one again.
          this.log.debug({ err: error }, 'channels of Redis could not be changed');
          if (this.listening.status === 'ready') this.listening.disconnect(true);
          return;
        }
      }
    });
  }

  private async change(channels: readonly string[]): Promise<void> {
    const begin = channels.filter((channel) => this.wanted.has(channel) && !this.asked.has(channel));
    const end = channels.filter((channel) => !this.wanted.has(channel) && this.asked.has(channel));
    for (const channel of begin) this.asked.add(channel);
    for (const channel of end) this.asked.delete(channel);
    if (this.settings.cluster) {
      // The channels of one command have to be of one slot.
      await Promise.all(begin.map((channel) => this.listening.ssubscribe(channel)));
      await Promise.all(end.map((channel) => this.listening.sunsubscribe(channel)));
      return;
    }
    if (begin.length > 0) await this.listening.subscribe(...begin);
    if (end.length > 0) await this.listening.unsubscribe(...end);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Bus, BusFigures, BusMessage, Logger } from '../../kernel/ports.js';
import { connectRedis, type RedisSettings } from '../redis/connect.js';
import { MemoryBus } from './memory-bus.js';
import { RedisChannels } from './redis-channels.js';

export interface RedisBusSettings extends RedisSettings {
  /** For tests to shorten. */
  readonly pulseMs?: number;
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

/** How often it is tried whether what is said comes back. */
const PULSE_MS = 5_000;

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
  private readonly channelsHere: RedisChannels;
  private readonly pulse: NodeJS.Timeout;
  private onTheWay = 0;
  /** How often in a row nothing has come back of what was said to find out whether it does. */
  private unanswered = 0;
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
      socketTimeout: 2 * PATIENCE_MS,
    });
    this.listening = connectRedis(settings, 'bus-subscribe', log, {
      autoResubscribe: false,
      commandTimeout: PATIENCE_MS,
    });
    this.listening.on(settings.cluster ? 'smessage' : 'message', (_channel: string, text: string) =>
      this.hear(text),
    );
    this.channelsHere = new RedisChannels(this.listening, settings.cluster, log);
    this.pulse = setInterval(() => this.feelPulse(), settings.pulseMs ?? PULSE_MS).unref();
  }

  get isUp(): boolean {
    return this.speaking.status === 'ready' && this.listening.status === 'ready';
  }

  /** Channels that this node listens to. */
  get channels(): number {
    return this.channelsHere.size;
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
    const channel = this.channelOf(topic);
    this.channelsHere.want(channel);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      forget();
      this.channelsHere.leave(channel);
    };
  }

  async close(): Promise<void> {
    clearInterval(this.pulse);
    this.channelsHere.close();
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
    if (from === this.name) this.unanswered = 0;
    if (from === this.name || typeof topic !== 'string' || typeof message !== 'object' || message === null)
      return;
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

  /**
   * A line to a machine that is gone looks like one on which nobody says anything: it is made anew where of two things
   * said on a channel of ours neither has come back.
   */
  private feelPulse(): void {
    const channel = this.channelsHere.any();
    if (!this.isUp || channel === undefined) {
      this.unanswered = 0;
    } else if (this.unanswered >= 2) {
      this.unanswered = 0;
      this.log.warn({}, 'nothing comes back from the bus on Redis: connecting again');
      this.listening.disconnect(true);
    } else {
      this.unanswered += 1;
      this.say(channel, JSON.stringify({ from: this.name })).catch(() => (this.unanswered = 0));
    }
  }
}

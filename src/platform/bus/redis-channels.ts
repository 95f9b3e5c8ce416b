import type { Cluster, Redis } from 'ioredis';
import type { Logger } from '../../kernel/ports.js';

/** Channels of one SUBSCRIBE: after an outage all are asked for again, and others have their turn in between. */
const AT_ONCE = 500;

/** How many channels of a cluster one is drawn from, so that each of its servers is tried now and then. */
const DRAWN_FROM = 1_000;

/** Keeps a connection subscribed to the channels that are wanted, and to no other, whenever it is there. */
export class RedisChannels {
  /** How many want each. */
  private readonly wanted = new Map<string, number>();
  /** Those whose subscription is to be begun or ended. */
  private readonly changed = new Set<string>();
  private readonly asked = new Set<string>();
  private changing: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly connection: Redis | Cluster,
    private readonly isCluster: boolean,
    private readonly log: Logger,
  ) {
    connection.on('ready', () => this.askForAll());
  }

  get size(): number {
    return this.wanted.size;
  }

  want(channel: string): void {
    const count = this.wanted.get(channel) ?? 0;
    this.wanted.set(channel, count + 1);
    if (count === 0) this.change(channel);
  }

  leave(channel: string): void {
    const count = this.wanted.get(channel) ?? 0;
    if (count > 1) this.wanted.set(channel, count - 1);
    else if (this.wanted.delete(channel)) this.change(channel);
  }

  /** One that Redis was asked for. */
  any(): string | undefined {
    const some = firstOf(this.asked, DRAWN_FROM);
    return some[Math.floor(Math.random() * some.length)];
  }

  close(): void {
    this.isClosed = true;
  }

  private change(channel: string): void {
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
      while (this.changed.size > 0 && this.connection.status === 'ready' && !this.isClosed) {
        const some = firstOf(this.changed, AT_ONCE);
        for (const channel of some) this.changed.delete(channel);
        try {
          await this.tell(some);
        } catch (error) {
          // The connection is gone or about to be: all are asked for when there is one again.
          this.log.debug({ err: error }, 'channels of Redis could not be changed');
          if (this.connection.status === 'ready') this.connection.disconnect(true);
          return;
        }
      }
    });
  }

  private async tell(channels: readonly string[]): Promise<void> {
    const begin = channels.filter((channel) => this.wanted.has(channel) && !this.asked.has(channel));
    const end = channels.filter((channel) => !this.wanted.has(channel) && this.asked.has(channel));
    for (const channel of begin) this.asked.add(channel);
    for (const channel of end) this.asked.delete(channel);
    if (this.isCluster) {
      // The channels of one command have to be of one slot.
      await Promise.all(begin.map((channel) => this.connection.ssubscribe(channel)));
      await Promise.all(end.map((channel) => this.connection.sunsubscribe(channel)));
      return;
    }
    if (begin.length > 0) await this.connection.subscribe(...begin);
    if (end.length > 0) await this.connection.unsubscribe(...end);
  }
}

/** Fifty thousand are not copied to have five hundred. */
function firstOf(set: ReadonlySet<string>, count: number): string[] {
  const first: string[] = [];
  for (const one of set) {
    if (first.length === count) break;
    first.push(one);
  }
  return first;
}

import { once } from 'node:events';
import type { Logger } from '../../kernel/ports.js';
import { within } from '../../kernel/within.js';
import { connectRedis, type RedisSettings } from '../redis/connect.js';

/** BullMQ calls it so, and its keys begin with the prefix and this. */
export const QUEUE = 'jobs';

/** BullMQ keeps the time of a delayed job in the upper bits of its score, and an order in the lower twelve. */
const SCORES_PER_MS = 0x1000;

/** The sign of life is of no use to anybody: it says that Redis takes writes. */
const SIGN_TTL_MS = 60_000;

/** How the queue is looked after, in milliseconds. */
export interface Looks {
  readonly everyMs: number;
  /** A look that takes longer has met nobody. */
  readonly withinMs: number;
  /** A job that is due for so long, and that nobody takes on, says that the queue is stuck, whatever Redis answers. */
  readonly lateMs: number;
  /** A run that takes longer keeps the job from nobody: it may never end. */
  readonly longestRunMs: number;
}

/** What is due every 5 s is done within 15, whatever becomes of Redis: 2 + 3, a second to spread, and its pace. */
export const LOOKS: Looks = { everyMs: 2_000, withinMs: 3_000, lateMs: 10_000, longestRunMs: 300_000 };

/** What the queue holds at one moment, by the names of jobs. */
export interface QueueState {
  /** Those due that nobody has taken on yet. */
  readonly waiting: readonly string[];
  readonly active: readonly string[];
  /** Those whose time has not come, with that time. */
  readonly delayed: ReadonlyMap<string, number>;
}

/** Reads the queue over a connection of its own, which outlives those of a queue that has stopped answering. */
export class QueueReader {
  private readonly redis: ReturnType<typeof connectRedis>;

  constructor(
    settings: RedisSettings,
    private readonly prefix: string,
    private readonly withinMs: number,
    log: Logger,
  ) {
    this.redis = connectRedis(settings, 'jobs-look', log, { lazyConnect: true, maxRetriesPerRequest: 1 });
  }

  connect(): void {
    this.redis.connect().catch(() => undefined);
  }

  /**
   * One transaction, for a job between two states is in one of them. Rejects where Redis keeps silent, and where it does not
   * take writes (full, a replica, its disk broken): nothing would run there, however well it answers.
   */
  read(): Promise<QueueState> {
    return within(this.withinMs, this.readNow());
  }

  /** What has kept silent may be a connection that only seems to be one. */
  reconnect(): void {
    if (['connect', 'ready'].includes(this.redis.status)) this.redis.disconnect(true);
  }

  close(): void {
    this.redis.disconnect();
  }

  private async readNow(): Promise<QueueState> {
    // Commands that wait for a connection would pile up for as long as there is none.
    if (this.redis.status !== 'ready') {
      await once(this.redis, 'ready', { signal: AbortSignal.timeout(this.withinMs) });
    }
    const key = (type: string) => `${this.prefix}:${QUEUE}:${type}`;
    const answers = await this.redis
      .multi()
      .set(key('sign-of-life'), 1, 'PX', SIGN_TTL_MS)
      .lrange(key('wait'), 0, -1)
      .lrange(key('active'), 0, -1)
      .zrange(key('delayed'), 0, -1, 'WITHSCORES')
      .exec();
    const error = answers?.map(([fault]) => fault).find(Boolean);
    if (!answers || error) throw error ?? new Error('no answer');
    const [waiting = [], active = [], delayed = []] = answers.slice(1).map(([, list]) => list as string[]);
    return { waiting, active, delayed: timesOf(delayed) };
  }
}

/** From name, score, name, score, … */
function timesOf(pairs: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    times.set(pairs[i] as string, Math.floor(Number(pairs[i + 1]) / SCORES_PER_MS));
  }
  return times;
}

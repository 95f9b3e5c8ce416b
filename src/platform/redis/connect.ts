import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../../kernel/ports.js';

export interface RedisSettings {
  readonly url: string;
  /** The server is one of a Redis Cluster, which tells of the others. */
  readonly cluster: boolean;
  /** What all keys and channels begin with: several installations may share a Redis. */
  readonly prefix: string;
}

/** How long after so many failed attempts the next one is: speed is to return soon after Redis does. */
const RETRY_AT_MOST_MS = 1_000;

/** How long a line may be silent before it is tried whether anybody is at its other end. */
const KEEP_ALIVE_MS = 10_000;

/**
 * A connection that is made anew whenever it is lost, for as long as it is not closed. `purpose` names it in
 * `CLIENT LIST` and in the log, which tells of each outage once, and of its end.
 */
export function connectRedis(
  { url, cluster }: Omit<RedisSettings, 'prefix'>,
  purpose: string,
  log: Logger,
  options: RedisOptions = {},
): Redis | Cluster {
  const retry = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 10), RETRY_AT_MOST_MS);
  const shared: RedisOptions = {
    connectionName: `carnegotiate:${purpose}`,
    keepAlive: KEEP_ALIVE_MS,
    ...options,
  };
  const redis = cluster
    ? new Cluster([url], {
        redisOptions: { ...urlOptions(url), ...shared },
        enableOfflineQueue: options.enableOfflineQueue ?? true,
        clusterRetryStrategy: retry,
        shardedSubscribers: true,
      })
    : new Redis(url, { ...shared, retryStrategy: retry });
  let isAway = false;
  redis.on('error', (error: unknown) => {
    if (!isAway) log.warn({ err: error, purpose }, 'Redis is away');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) log.info({ purpose }, 'Redis is back');
    isAway = false;
  });
  return redis;
}

/** A cluster's other servers are reached as its first one is. */
function urlOptions(url: string): RedisOptions {
  const { username, password, protocol } = new URL(url);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

import type { Config } from '../../../src/app/config.js';
import { type TestApp, useApp } from '../../support/app.js';
import { until } from '../../support/live.js';
import { type RedisServer, useRedis } from '../../support/redis.js';

/** Two nodes on one PostgreSQL database and one Redis. */
export interface Nodes {
  readonly one: TestApp;
  readonly other: TestApp;
  readonly redis: { readonly server: RedisServer };
  /** Resolves when so many nodes have asked Redis for a topic of the bus. */
  asked(topic: string, count?: number): Promise<void>;
}

const prefix = 'nodes';

/** They live as long as the tests of a file's block. */
export function useNodes(more: Partial<Config> = {}): Nodes {
  const redis = useRedis();
  const config: Partial<Config> = {
    ...more,
    // It has its port when the nodes start.
    get redis() {
      return { url: redis.url, cluster: false, prefix };
    },
  };
  const one = useApp('postgresql', { config });
  const other = useApp('postgresql', { config, beside: one });
  const asked = (topic: string, count = 1) => {
    const channel = `${prefix}:bus:${topic}`;
    const said = `${channel}\n${count}`;
    return until(
      `${count} to listen to ${topic}`,
      () => redis.server.command('PUBSUB', 'NUMSUB', channel) === said,
    );
  };
  return { one, other, redis, asked };
}

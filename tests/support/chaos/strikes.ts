import { expect } from 'vitest';
import { pause } from '../live.js';
import type { Postgres } from '../postgres.js';
import type { RedisServer } from '../redis.js';
import type { ServerProcess } from '../server-process.js';
import type { Disturbance } from './disturbances.js';
import type { Site } from './site.js';

/** What is gone stays gone for so long, beside what it takes to come back. */
const AWAY_MS = 1_000;

interface Topology {
  readonly site: Site;
  readonly redis: RedisServer;
  readonly postgres: Postgres;
}

/** All that goes wrong, one after the other. Nodes end while they are sending mails. */
export function strikesAt({ site, redis, postgres }: Topology): Disturbance[] {
  let node: ServerProcess;
  const restart = async (how: 'SHUTDOWN' | 'CRASH') => {
    await postgres.end(how);
    await pause(AWAY_MS);
    await postgres.begin();
  };
  return [
    {
      name: 'a node is killed',
      isAbrupt: true,
      aim: async () => {
        node = await site.sending();
      },
      strike: async () => {
        await site.cluster.kill(node);
        await pause(AWAY_MS);
        await site.add();
      },
    },
    {
      name: 'Redis is restarted, empty',
      isAbrupt: false,
      strike: async () => {
        await redis.stop();
        await pause(AWAY_MS);
        await redis.start();
      },
    },
    { name: 'PostgreSQL is restarted', isAbrupt: true, strike: () => restart('SHUTDOWN') },
    { name: 'PostgreSQL crashes', isAbrupt: true, strike: () => restart('CRASH') },
    {
      name: 'a node is rolled',
      isAbrupt: false,
      aim: async () => {
        await site.add();
        node = await site.sending();
      },
      strike: async () => {
        expect(await site.cluster.stop(node)).toBe(0);
      },
    },
  ];
}

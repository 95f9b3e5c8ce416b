import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisRateLimits } from '../../../src/platform/rate-limits/redis-rate-limits.js';
import { testLog } from '../../support/app.js';
import { countsAsAgreed } from '../../support/rate-limits-contract.js';
import { hasRedis, useRedis } from '../../support/redis.js';
import { over, Relay } from '../../support/relay.js';

const limit = { name: 'tries', points: 3, durationMs: 60_000 };

for (const cluster of [false, true]) {
  if (!hasRedis) break;
  describe(`RedisRateLimits, ${cluster ? 'on a cluster' : 'on one server'}`, () => {
    const redis = useRedis({ cluster });
    const nodes: RedisRateLimits[] = [];

    beforeAll(async () => {
      for (let n = 0; n < 2; n++)
        nodes.push(new RedisRateLimits({ url: redis.url, cluster, prefix: 'test' }, testLog));
      await up();
    });
    afterAll(() => Promise.all(nodes.map((node) => node.close())));
    afterEach(() => up());

    const up = () =>
      vi.waitFor(() => expect(nodes.every((node) => node.isUp)).toBe(true), { timeout: 8_000, interval: 20 });
    const spentOn = async (node: number, key: string, times: number) => {
      const waits: Array<number | null> = [];
      for (let n = 0; n < times; n++) waits.push(await (nodes[node] as RedisRateLimits).spend(limit, key));
      return waits.filter((wait) => wait === null).length;
    };

    countsAsAgreed({ limits: () => nodes[0] as RedisRateLimits, durationMs: 1_200, pass: (ms) => pause(ms) });

    it('counts for all nodes together, also when they ask at the same time', async () => {
      const asked = Array.from({ length: 60 }, (_, n) =>
        (nodes[n % 2] as RedisRateLimits).spend(limit, 'ada'),
      );
      const waits = await Promise.all(asked);
      expect(waits.filter((wait) => wait === null)).toHaveLength(3);
    });

    it('keeps no address of anybody, and nothing for ever', async () => {
      await spentOn(0, 'ada@example.com|203.0.113.7', 1);
      const [server] = [redis.server];
      const keys = server.command('KEYS', 'test:limit:*').split('\n');
      expect(keys.filter((key) => /ada|203/.test(key))).toEqual([]);
      // -1 is for ever; what has expired since is -2.
      for (const key of keys) expect(Number(server.command('PTTL', key))).not.toBe(-1);
    });

    it.each(['stopped', 'silent'])(
      'locks nobody out and opens no door while Redis is %s: each node counts by itself',
      async (how) => {
        const key = `grace, ${how}`;
        if (how === 'stopped') await redis.server.stop();
        else redis.server.pause();
        try {
          const from = performance.now();
          expect(await spentOn(0, key, 10)).toBe(3);
          expect(await spentOn(1, key, 10)).toBe(3);
          expect(performance.now() - from).toBeLessThan(5_000);
        } finally {
          if (how === 'stopped') await redis.server.start();
          else redis.server.resume();
        }
        await up();
        // Together again.
        const fresh = `${key}, afterwards`;
        expect((await spentOn(0, fresh, 2)) + (await spentOn(1, fresh, 2))).toBe(3);
      },
    );
  });
}

if (hasRedis)
  describe('RedisRateLimits, on a line that has gone dead without a word', () => {
    const redis = useRedis();

    it('keeps few waiting for it, and counts for all again on a new one', async () => {
      const relay = await Relay.to(redis.server.port);
      const node = new RedisRateLimits(
        { url: over(relay, redis.url), cluster: false, prefix: 'test' },
        testLog,
      );
      const isUp = () => vi.waitFor(() => expect(node.isUp).toBe(true), { timeout: 8_000, interval: 20 });
      await isUp();
      relay.look = (from) => (from === 'SERVER' ? 'SWALLOW' : 'PASS');
      await node.spend(limit, 'ada');
      // By now the line is given up, and who comes waits for none.
      await pause(1_100);
      const times: number[] = [];
      for (let n = 0; n < 20; n++) {
        const from = performance.now();
        await node.spend(limit, 'ada');
        times.push(performance.now() - from);
        await pause(60);
      }
      expect(Math.max(...times)).toBeLessThan(200);
      relay.look = () => 'PASS';
      await isUp();
      await node.spend(limit, 'grace');
      expect(redis.server.command('KEYS', 'test:limit:*').split('\n').filter(Boolean)).toHaveLength(2);
      await node.close();
      await relay.close();
    });
  });

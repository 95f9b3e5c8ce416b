import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../support/app.js';
import { TestCluster } from '../support/cluster.js';
import { parseMetrics, sampleOf } from '../support/metrics.js';
import { hasRedis, useRedis } from '../support/redis.js';
import type { ServerProcess } from '../support/server-process.js';

const REQUESTS = 20;

if (hasRedis)
  describe('the metrics of several workers', () => {
    const app = useApp('postgresql');
    const redis = useRedis();
    let cluster: TestCluster;
    let server: ServerProcess;
    const told = async () => {
      const [line] = server.logged('metrics of all workers');
      const startedAt = performance.now();
      const response = await fetch(String(line?.url));
      const metrics = parseMetrics(await response.text());
      const value = (name: string, labels?: Record<string, string>) =>
        sampleOf(metrics, `carnegotiate_${name}`, labels);
      return { status: response.status, value, ms: performance.now() - startedAt };
    };

    beforeAll(async () => {
      cluster = await TestCluster.start(1, {
        databaseUrl: app.system.config.databaseUrl,
        redisUrl: redis.url,
        ready: 'all workers listen',
        env: { WEB_CONCURRENCY: '2', DATABASE_POOL_SIZE: '5', METRICS_PORT: '0' },
      });
      server = cluster.nodes[0] as ServerProcess;
    });
    afterAll(() => cluster?.end());

    it('are told by the one port of the process that watches over them', async () => {
      for (let n = 0; n < REQUESTS; n++) {
        // Each over a line of its own: lines are given out in turn.
        await fetch(`${server.url}/livez`, { headers: { connection: 'close' } });
      }
      const { status, value } = await told();
      expect(status).toBe(200);
      expect(value('workers', { state: 'running' })).toBe(2);
      expect(value('workers', { state: 'answering' })).toBe(2);
      expect(value('http_requests_total', { route: '/livez', status: '200' })).toBe(REQUESTS);
      expect(value('database_pool_limit', { server: 'primary' })).toBe(10);
      expect(value('database_up')).toBe(1);
      expect(value('bus_up')).toBe(1);
      expect(value('job_queue_up')).toBe(1);
      expect(value('rate_limits_shared')).toBe(1);
    });

    it('are those of the others while one of them hangs, and are told in time', async () => {
      const [hanging] = server.logged('listening').map(({ pid }) => Number(pid));
      process.kill(hanging as number, 'SIGSTOP');
      try {
        const { value, ms } = await told();
        expect(value('workers', { state: 'running' })).toBe(2);
        expect(value('workers', { state: 'answering' })).toBe(1);
        expect(value('database_pool_limit', { server: 'primary' })).toBe(5);
        expect(ms).toBeLessThan(5_000);
      } finally {
        process.kill(hanging as number, 'SIGCONT');
      }
      expect((await told()).value('workers', { state: 'answering' })).toBe(2);
    });
  });

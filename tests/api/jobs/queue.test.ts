import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeJobs } from '../../../src/app/adapters/jobs.js';
import type { Jobs } from '../../../src/kernel/ports.js';
import { testLog, useApp } from '../../support/app.js';
import { hasRedis, useRedis } from '../../support/redis.js';

/** What lapses is written down within so long, whatever becomes of the queue. */
const PROMISED_MS = 15_000;

/** Both nodes run all jobs of the system, at the paces that an installation has. */
if (hasRedis) {
  describe('what is due, on two nodes that share a queue', () => {
    const redis = useRedis();
    const app = useApp('postgresql');
    let nodes: Jobs[] = [];

    beforeAll(async () => {
      const config = { ...app.system.config, redis: { url: redis.url, cluster: false, prefix: 'test' } };
      const runner = { makeContext: app.system.makeCtx, log: testLog, watcher: app.system.jobRuns };
      nodes = await Promise.all([1, 2].map(() => makeJobs(config, app.system.jobs, runner)));
      for (const node of nodes) node.start();
    });
    afterAll(() => Promise.all(nodes.map((node) => node.stop())));

    async function lapse(): Promise<string> {
      const { id } = await app.build.negotiation();
      await sql`update negotiations set expires_at = 1 where id = ${id}`.execute(
        app.orm.em.fork().getKysely(),
      );
      return id;
    }

    async function count(table: string, negotiation: string, kind: string): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*) as count from ${sql.table(table)}
        where negotiation_id = ${negotiation} and kind = ${kind}`.execute(app.orm.em.fork().getKysely());
      return Number(rows[0]?.count);
    }

    /** Resolves when it has lapsed, in so many milliseconds. */
    async function settled(negotiation: string): Promise<number> {
      const from = performance.now();
      await vi.waitFor(
        async () => expect(await count('negotiation_events', negotiation, 'NEGOTIATION_EXPIRED')).toBe(1),
        { timeout: PROMISED_MS, interval: 100 },
      );
      return performance.now() - from;
    }

    const modes = () => nodes.map((node) => node.queue?.mode);
    const become = (mode: string) =>
      vi.waitFor(() => expect(modes()).toEqual([mode, mode]), { timeout: PROMISED_MS, interval: 50 });

    it('is done by one of them', { timeout: 20_000 }, async () => {
      await settled(await lapse());
      expect(modes()).toEqual(['queue', 'queue']);
      const named = app.system.jobs.filter((job) => !job.everyNode).map(({ name }) => name);
      const kept = redis.server.command('KEYS', '{test}:jobs:*');
      expect(named.filter((name) => !kept.includes(`{test}:jobs:${name}`))).toEqual([]);
      for (const { name } of app.system.jobs.filter((job) => job.everyNode))
        expect(kept).not.toContain(`{test}:jobs:${name}`);
    });

    it('is done where Redis has lost all it held', { timeout: 20_000 }, async () => {
      const id = await lapse();
      redis.server.command('FLUSHALL');
      await settled(id);
      expect(modes()).toEqual(['queue', 'queue']);
    });

    it('is done where Redis is away, and once, though both do it', { timeout: 40_000 }, async () => {
      await redis.server.stop();
      const id = await lapse();
      await settled(id);
      await become('timers');
      expect(await nodes[0]?.queue?.counts()).toBeNull();
      await redis.server.start();
      await become('queue');
      const later = await lapse();
      await settled(later);
      for (const each of [id, later]) {
        expect(await count('negotiation_events', each, 'NEGOTIATION_EXPIRED')).toBe(1);
        expect(await count('notifications', each, 'NEGOTIATION_EXPIRED')).toBe(2);
      }
    });
  });
}

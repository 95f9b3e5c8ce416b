import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { useApp } from '../support/app.js';
import type { BuiltNegotiation } from '../support/builders.js';
import { TestCluster } from '../support/cluster.js';
import { pause, until } from '../support/live.js';
import { sendUntilAnswered } from '../support/persistent.js';
import { hasRedis, useRedis } from '../support/redis.js';
import { negotiationEvents, ResumingFollower } from '../support/resuming.js';
import { ServerProcess } from '../support/server-process.js';

const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }';
const FOLLOWERS = 20;
const MESSAGES = 120;

/** In workers alone, before they do anything. */
const inWorkers = (code: string) => `import cluster from 'node:cluster'; if (cluster.isWorker) { ${code} }`;

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

if (hasRedis)
  describe('several workers behind one port', () => {
    const app = useApp('postgresql');
    const redis = useRedis();
    const followers: ResumingFollower[] = [];
    let cluster: TestCluster;
    let server: ServerProcess;
    let negotiation: BuiltNegotiation;

    const workers = () => server.logged('listening').map(({ pid }) => pid);

    beforeAll(async () => {
      negotiation = await app.build.negotiation();
      cluster = await TestCluster.start(1, {
        databaseUrl: app.system.config.databaseUrl,
        redisUrl: redis.url,
        ready: 'all workers listen',
        env: { WEB_CONCURRENCY: '2', DATABASE_POOL_SIZE: '5', LOG_LEVEL: 'debug', HEAD_POLL_MS: '500' },
      });
      server = cluster.nodes[0] as ServerProcess;
    });

    afterAll(async () => {
      await cluster?.end();
      for (const follower of followers) await follower.close();
    });

    it('share it, and say once that they are there', async () => {
      expect(new Set(workers()).size).toBe(2);
      expect(new Set(server.logged('listening').map(({ url }) => url))).toEqual(new Set([server.url]));
      await until('the greeting', () => server.said.some((line) => line.includes(`${server.url}/graphql`)));
      expect(server.said.filter((line) => line === 'CarNegotiate is running.')).toHaveLength(1);
      expect(server.logged('database migrated').length).toBeLessThan(2);
      // Each of these comes over a line of its own, and lines are given out in turn.
      for (let i = 0; i < 8; i++) {
        const answer = await fetch(`${server.url}/readyz`, { headers: { connection: 'close' } });
        expect(await answer.json()).toEqual({
          status: 'ready',
          database: 'connected',
          redis: 'connected',
          draining: false,
        });
      }
      const asked = () => server.logged('request').filter(({ path }) => path === '/readyz');
      await until('both to have answered', () => new Set(asked().map(({ pid }) => pid)).size === 2);
    });

    it('lose nothing of a stream when one of them is killed, and another one takes its place', async () => {
      const { id, buyer, dealer } = negotiation;
      for (let i = 0; i < FOLLOWERS; i++) {
        const { token } = i % 2 === 0 ? buyer : dealer;
        followers.push(new ResumingFollower(server.url, token, negotiationEvents(id)));
      }
      await until('all to follow', () => followers.every(({ seen }) => seen.length > 0));
      const [first] = workers();
      let last = 0;
      for (let n = 1; n <= MESSAGES; n++) {
        const { token } = n % 2 === 0 ? buyer : dealer;
        const input = { negotiationId: id, body: `Message ${n}` };
        const sent = await sendUntilAnswered<{ sendMessage: { event: { sequence: number } } }>(
          server.url,
          token,
          SEND,
          input,
        );
        if (!('data' in sent)) throw new Error(sent.refused);
        last = sent.data.sendMessage.event.sequence;
        if (n === MESSAGES / 2) process.kill(first as number, 'SIGKILL');
      }
      // The offer that began it, and the messages: one of each, however often it was sent.
      expect(last).toBe(MESSAGES + 1);
      await until('all to have all', () => followers.every((follower) => follower.hasAll(last)), 20_000);
      expect(followers.some(({ closes }) => closes.includes(1006))).toBe(true);
      expect(followers.every(({ refusal }) => refusal === null)).toBe(true);
      await until('another worker', () => new Set(workers()).size === 3, 20_000);
      const [ended] = server.logged('a worker has ended: another one takes its place');
      expect(ended).toMatchObject({ pid: first, signal: 'SIGKILL', inMs: 0 });
    });

    it('stop together, with 1001 for each socket, and with code 0', async () => {
      for (const follower of followers) follower.closes.length = 0;
      const alive = workers().filter(isRunning);
      expect(alive).toHaveLength(2);
      expect(await server.end('SIGTERM')).toBe(0);
      expect(alive.filter(isRunning)).toEqual([]);
      await until('the closes', () => followers.every(({ closes }) => closes.length > 0));
      expect(new Set(followers.map(({ closes }) => closes[0]))).toEqual(new Set([1001]));
      expect(
        server.lines.filter(({ level, msg }) => level > 30 && !msg.startsWith('a worker has ended')),
      ).toEqual([]);
    });

    it('end when the one that watches over them is killed', async () => {
      const orphaned = await cluster.add();
      const pids = orphaned.logged('listening').map(({ pid }) => pid);
      expect(pids.filter(isRunning)).toHaveLength(2);
      await orphaned.end('SIGKILL');
      await until('them to end', () => !pids.some(isRunning), 10_000);
    });

    it('are given up where none of them comes to listen, with code 1', async () => {
      const start = ServerProcess.start(
        { ...cluster.env(), LOG_LEVEL: 'silent' },
        { main: inject('serverMain'), prelude: inWorkers('process.exit(3)') },
      );
      await expect(start).rejects.toThrow('The server ended with 1 before it listened');
    });

    it('hear of a wish to stop that reaches all processes at once as of one', async () => {
      const started = await cluster.add();
      const pids = [started.pid, ...started.logged('listening').map(({ pid }) => pid)];
      const ended = started.end('SIGINT');
      for (const pid of pids) process.kill(pid, 'SIGINT');
      await pause(10);
      expect(await ended).toBe(0);
    });
  });

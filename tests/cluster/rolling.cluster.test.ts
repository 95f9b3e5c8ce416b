import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { HEADER, rowOf } from '../api/vehicles/bulk/files.js';
import { UpdateVehicleDocument } from '../generated/operations.js';
import { useApp } from '../support/app.js';
import type { BuiltNegotiation } from '../support/builders.js';
import { TestCluster } from '../support/cluster.js';
import { textOf } from '../support/http.js';
import { pause, until } from '../support/live.js';
import { END, fileHead, form, multipart, oneFile, UploadLine } from '../support/multipart.js';
import { sendUntilAnswered } from '../support/persistent.js';
import { photo } from '../support/pictures.js';
import { RawSocket } from '../support/raw-socket.js';
import { hasRedis, useRedis } from '../support/redis.js';
import { negotiationEvents, ResumingFollower } from '../support/resuming.js';
import { ServerProcess } from '../support/server-process.js';
import { formOf } from '../support/uploads.js';

const SEND = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }';
const BULK = `mutation ($input: BulkUploadVehiclesInput!) {
  bulkUploadVehicles(input: $input) { created bulkUpload { id finishedAt } }
}`;
const SOCKETS = 50;
const REQUESTS = 20;
const DRAIN_SECONDS = 1;
const ROWS = 3_000;

if (hasRedis)
  describe('a node that is told to stop', () => {
    const app = useApp('postgresql');
    const redis = useRedis();
    const started: ServerProcess[] = [];
    let cluster: TestCluster;
    let negotiation: BuiltNegotiation;

    const db = () => app.orm.em.fork().getKysely();

    /** A node by itself, with nobody in front of it. */
    async function node(env: Record<string, string> = {}): Promise<ServerProcess> {
      const server = await ServerProcess.start({ ...cluster.env(), ...env }, { main: inject('serverMain') });
      started.push(server);
      return server;
    }

    const post = async (url: string, token: string, query: string, variables: object) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const told = (await response.json()) as { errors?: unknown };
      return { status: response.status, errors: told.errors, connection: response.headers.get('connection') };
    };

    /** Requests that wait for a row which somebody holds until the returned function is called. */
    async function waiting(url: string, count: number) {
      const { vehicle, dealer } = negotiation;
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const holding = app.orm.em.fork().transactional(async (em) => {
        await sql`select id from vehicles where id = ${vehicle.id} for update`.execute(em.getKysely());
        held.resolve();
        await released;
      });
      await held.promise;
      const answers = Array.from({ length: count }, (_, n) =>
        post(url, dealer.token, textOf(UpdateVehicleDocument), {
          input: { id: vehicle.id, mileage: 40_000 + n },
        }),
      );
      // Some wait for the row, and the others for a connection behind them.
      const isWaiting = async () => {
        const { rows } = await sql<{ n: string }>`select count(*) as n from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`.execute(db());
        return Number(rows[0]?.n) >= Math.min(count, 5);
      };
      while (!(await isWaiting())) await pause(20);
      const letGo = async () => {
        release();
        await holding;
      };
      onTestFinished(letGo);
      return { answers, letGo };
    }

    const mileage = async () => {
      const { rows } = await sql<{ mileage: number }>`
        select mileage from vehicles where id = ${negotiation.vehicle.id}`.execute(db());
      return Number(rows[0]?.mileage);
    };

    beforeAll(async () => {
      negotiation = await app.build.negotiation();
      cluster = await TestCluster.start(2, {
        databaseUrl: app.system.config.databaseUrl,
        redisUrl: redis.url,
        env: { DATABASE_POOL_SIZE: '5', HEAD_POLL_MS: '500', DRAIN_SECONDS: String(DRAIN_SECONDS) },
      });
    });

    afterEach(async () => {
      await Promise.all(started.splice(0).map((server) => server.end('SIGKILL')));
    });

    afterAll(() => cluster?.end());

    it('says so at once, serves on while it drains, answers what it has taken, and closes each socket with 1001', async () => {
      const server = await node();
      const sockets = await Promise.all(
        Array.from({ length: SOCKETS }, () => RawSocket.ready(server, negotiation.buyer.token)),
      );
      const { answers, letGo } = await waiting(server.url, REQUESTS);
      const before = performance.now();
      const ended = server.end('SIGTERM');
      const readiness = () => fetch(`${server.url}/readyz`);
      let ready = await readiness();
      while (ready.status === 200 && performance.now() - before < 500) ready = await readiness();
      expect(ready.status).toBe(503);
      expect(ready.headers.get('connection')).toBe('close');
      expect(await ready.json()).toEqual({ status: 'draining', draining: true });
      expect((await fetch(`${server.url}/livez`)).status).toBe(200);
      const late = await RawSocket.ready(server, negotiation.dealer.token);
      await late.expectOpen();
      const asked = await post(server.url, negotiation.buyer.token, '{ __typename }', {});
      expect(asked).toEqual({ status: 200, errors: undefined, connection: 'close' });
      expect(sockets.filter(({ closed }) => closed !== null)).toEqual([]);

      await until('the drain to be over', () => late.closed !== null);
      expect(performance.now() - before).toBeGreaterThan(DRAIN_SECONDS * 1_000 - 50);
      await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
      await letGo();
      const told = await Promise.all(answers);
      expect(told.map(({ status, errors }) => ({ status, errors }))).toEqual(
        told.map(() => ({ status: 200, errors: undefined })),
      );
      for (const socket of [...sockets, late]) {
        expect(await socket.closing()).toEqual({ code: 1001, reason: 'Going away' });
      }
      expect(await ended).toBe(0);
    });

    it('lets a mutation on a socket have its answer before it closes it', async () => {
      const server = await node({ DRAIN_SECONDS: '0' });
      const { dealer, vehicle } = negotiation;
      const busy = await RawSocket.ready(server, dealer.token);
      const { answers, letGo } = await waiting(server.url, 1);
      busy.subscribe('m', textOf(UpdateVehicleDocument), { input: { id: vehicle.id, mileage: 77_777 } });
      const ended = server.end('SIGTERM');
      await until('the stop', () => server.logged('the server stops').length === 1);
      await pause(300);
      expect(busy.closed).toBeNull();
      await letGo();
      await Promise.all(answers);
      expect(await busy.answer('m')).toMatchObject({ code: null });
      expect((await busy.closing()).code).toBe(1001);
      expect(await ended).toBe(0);
    });

    it('ends at its deadline with code 1 where a request hangs, and nothing of that request stays', async () => {
      const server = await node({ DRAIN_SECONDS: '0', STOP_SECONDS: '2' });
      const { answers, letGo } = await waiting(server.url, 1);
      const hanging = expect(Promise.all(answers)).rejects.toThrow();
      const mileageBefore = await mileage();
      const before = performance.now();
      expect(await server.end('SIGTERM')).toBe(1);
      const ms = performance.now() - before;
      expect(ms).toBeGreaterThan(1_900);
      expect(ms).toBeLessThan(4_000);
      await hanging;
      expect(server.logged('the stop took too long: what still runs is cut off')).toHaveLength(1);
      await letGo();
      await pause(200);
      expect(await mileage()).toBe(mileageBefore);
    });

    it('ends at once when it is told a second time', async () => {
      const server = await node({ DRAIN_SECONDS: '30' });
      const ended = server.end('SIGTERM');
      await until('the stop', () => server.logged('the server stops').length === 1);
      await pause(300);
      expect(server.hasEnded).toBe(false);
      const before = performance.now();
      server.signal('SIGINT');
      expect(await ended).toBe(1);
      expect(performance.now() - before).toBeLessThan(1_000);
    });

    it('waits for an upload that is on its way', async () => {
      const server = await node({ DRAIN_SECONDS: '0' });
      const picture = await photo().png().toBuffer();
      const body = form(oneFile, fileHead('0'), picture, Buffer.from('\r\n'), END);
      const line = await UploadLine.open(server);
      line.head(body.length, multipart(negotiation.buyer.token));
      const half = Math.floor(body.length / 2);
      line.send(body.subarray(0, half));
      await pause(200);
      const ended = server.end('SIGTERM');
      await until('the stop', () => server.logged('the server stops').length === 1);
      // A slow line, but never a silent one.
      for (let at = half; at < body.length; at += Math.ceil(half / 3)) {
        await pause(500);
        line.send(body.subarray(at, Math.min(at + Math.ceil(half / 3), body.length)));
      }
      expect(await line.status()).toBe(200);
      expect(line.received).toContain('"uploadAvatar":{"user"');
      expect(await ended).toBe(0);
    });

    it('tells who waits for a file of vehicles how far it is, and another node reads it to its end', async () => {
      const [leaving] = cluster.nodes as [ServerProcess];
      const { dealer } = negotiation;
      const rows = Array.from({ length: ROWS }, () => rowOf(app.build.vin()));
      const file = new File([[HEADER, ...rows].join('\n')], 'vehicles.csv', { type: 'text/csv' });
      const answer = fetch(`${leaving.url}/graphql`, {
        method: 'POST',
        headers: { 'apollo-require-preflight': 'true', authorization: `Bearer ${dealer.token}` },
        body: formOf({ query: BULK, variables: { input: { file } } }) as FormData,
      });
      const done = async () => {
        const { rows: found } = await sql<{ created: number; finished_at: string | null }>`
          select created, finished_at from bulk_uploads where dealer_id = ${dealer.dealerId}`.execute(db());
        return found[0];
      };
      const beginsBy = Date.now() + 20_000;
      while (!((await done())?.created ?? 0) && Date.now() < beginsBy) await pause(20);
      const replacement = cluster.add();
      expect(await cluster.stop(leaving)).toBe(0);
      const { data } = (await (await answer).json()) as {
        data: { bulkUploadVehicles: { created: number; bulkUpload: { finishedAt: string | null } } };
      };
      expect(data.bulkUploadVehicles.bulkUpload.finishedAt).toBeNull();
      expect(data.bulkUploadVehicles.created).toBeGreaterThan(0);
      expect(data.bulkUploadVehicles.created).toBeLessThan(ROWS);
      await replacement;
      const endsAt = Date.now() + 60_000;
      while (!(await done())?.finished_at && Date.now() < endsAt) await pause(100);
      expect(await done()).toMatchObject({ created: ROWS, finished_at: expect.anything() });
    });

    it('loses nothing while clients write and follow', async () => {
      const { id, buyer, dealer } = await app.build.negotiation();
      const followers = Array.from(
        { length: 20 },
        (_, n) =>
          new ResumingFollower(cluster.url, n % 2 === 0 ? buyer.token : dealer.token, negotiationEvents(id)),
      );
      await until('all to follow', () => followers.every(({ seen }) => seen.length > 0), 20_000);
      const [leaving] = cluster.nodes as [ServerProcess];
      expect(cluster.balancer.linesTo(leaving.url)).toBeGreaterThan(0);
      let isOver = false;
      const acknowledged: number[] = [];
      const write = async (token: string) => {
        while (!isOver) {
          const sent = await sendUntilAnswered<{ sendMessage: { event: { sequence: number } } }>(
            cluster.url,
            token,
            SEND,
            { negotiationId: id, body: 'Still there?' },
          );
          if (!('data' in sent)) throw new Error(sent.refused);
          acknowledged.push(sent.data.sendMessage.event.sequence);
        }
      };
      const writers = [buyer.token, dealer.token, buyer.token].map(write);
      await pause(300);
      expect(await cluster.roll(leaving)).toBe(0);
      await pause(300);
      isOver = true;
      await Promise.all(writers);
      const last = Math.max(...acknowledged);
      expect([...acknowledged].sort((a, b) => a - b)).toEqual(acknowledged.map((_, n) => n + 2));
      await until('all to have all', () => followers.every((follower) => follower.hasAll(last)), 20_000);
      expect(followers.filter(({ closes }) => closes.includes(1001)).length).toBeGreaterThan(0);
      expect(followers.filter(({ closes }) => closes.some((code) => code !== 1001))).toEqual([]);
      for (const follower of followers) await follower.close();
    });
  });

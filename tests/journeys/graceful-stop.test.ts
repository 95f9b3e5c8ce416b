import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { NotificationReceivedDocument, UpdateVehicleDocument } from '../generated/operations.js';
import { databaseKinds, TestApp } from '../support/app.js';
import { followedStreams, LiveClient, levelFollowers, pause, until } from '../support/live.js';
import { BareSocket, RawSocket } from '../support/raw-socket.js';

/** What an operator waits for, with everything open that can be open. */
const STOPS_WITHIN_MS = 2_000;

async function stopped(app: TestApp): Promise<number> {
  const before = performance.now();
  await app.stop();
  return performance.now() - before;
}

async function plainConnection(app: TestApp, sent = ''): Promise<Socket> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).resume();
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  if (sent) socket.write(sent);
  return socket;
}

async function takesLines(app: TestApp): Promise<boolean> {
  const { hostname, port } = new URL(app.url);
  const line = connect(Number(port), hostname);
  return new Promise((resolve) => {
    line.once('connect', () => resolve(line.destroy().destroyed));
    line.once('error', () => resolve(false));
  });
}

/** The status of an answer, or why there was none. */
function outcomeOnNewLine(app: TestApp): Promise<number | string> {
  const body = JSON.stringify({ query: '{ makes { make } }' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request(`${app.url}/graphql`, { method: 'POST', agent: false, headers });
  return new Promise((resolve) => {
    sent.once('response', (response) =>
      response.resume().once('close', () => resolve(response.statusCode as number)),
    );
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    sent.end(body);
  });
}

describe.each(databaseKinds)('a graceful stop on %s', (kind) => {
  it('tells followers to come back, and leaves nothing behind', async () => {
    const app = new TestApp(kind, {});
    await app.start();
    const { buyer, dealer } = await app.build.negotiation();
    const clients = [buyer, dealer, dealer].map((person) => new LiveClient(app, person.token));
    const followings = clients.map((client) => client.follow(NotificationReceivedDocument, { after: 0 }));
    await until('all to follow', () => levelFollowers(app) === 3);
    const idle = await RawSocket.ready(app);
    expect(await stopped(app)).toBeLessThan(STOPS_WITHIN_MS);
    for (const client of clients) await until('the close', () => client.closed !== null);
    for (const { closed } of clients) expect(closed).toMatchObject({ code: 1001, reason: 'Going away' });
    expect((await idle.closing()).code).toBe(1001);
    for (const following of followings) expect(following.isComplete).toBe(false);
    expect(followedStreams(app)).toBe(0);
  });

  it('answers the requests that run, and takes no new ones', async () => {
    const app = new TestApp(kind, {});
    await app.start();
    const { vehicle, dealer } = await app.build.negotiation();
    const setMileage = (mileage: number) =>
      app.request(UpdateVehicleDocument, { input: { id: vehicle.id, mileage } }, dealer);

    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Somebody holds the vehicle's row, so that the requests run for as long as the test wants.
    const holding = app.orm.em.fork().transactional(async (em) => {
      await sql`update vehicles set mileage = 0 where id = ${vehicle.id}`.execute(em.getKysely());
      await released;
    });
    // Each of them asks for the time twice: for its token, and for its input.
    const asked = vi.spyOn(app.clock, 'now');
    const running = Promise.all([1, 2, 3].map(setMileage));
    await until('the requests to arrive', () => asked.mock.calls.length >= 6);

    const stopping = stopped(app);
    await pause(100);
    release();
    await holding;
    for (const { status, errors } of await running) expect({ status, errors }).toEqual({ status: 200 });
    expect(await stopping).toBeLessThan(STOPS_WITHIN_MS);
    await expect(setMileage(4)).rejects.toThrow();
  });

  it('answers who had begun to ask before it, and lets the line end with the answer', async () => {
    const app = new TestApp(kind, {});
    await app.start();
    const line = await plainConnection(app);
    let answer = '';
    line.on('data', (piece) => {
      answer += String(piece);
    });
    const body = JSON.stringify({ query: '{ __typename }' });
    line.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n');
    await pause(50);
    const stopping = stopped(app);
    while (await takesLines(app)) await pause(2);
    line.write(`content-length: ${body.length}\r\n\r\n${body}`);
    await until('the line to end', () => line.closed);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(answer).toContain('{"data":{"__typename":"Query"}}');
    expect(await stopping).toBeLessThan(STOPS_WITHIN_MS);
  });

  it('answers each request that it has let come, however many do, and refuses the others the line', async () => {
    const app = new TestApp(kind, {});
    await app.start();
    const outcomes = new Set<number | string>();
    const client = async () => {
      let outcome: number | string;
      do {
        outcome = await outcomeOnNewLine(app);
        outcomes.add(outcome);
      } while (outcome === 200);
    };
    const clients = Array.from({ length: 12 }, client);
    await pause(200);
    await stopped(app);
    await Promise.all(clients);
    expect(outcomes).toEqual(new Set([200, 'ECONNREFUSED']));
  });

  it('waits for no client that keeps silent or does not play along', async () => {
    const app = new TestApp(kind, {});
    await app.start();
    const { dealer } = await app.build.negotiation();
    const silent = await plainConnection(app);
    const halfway = await plainConnection(
      app,
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{',
    );
    const deaf = (await BareSocket.upgrade(app)) as BareSocket;
    const payload = { authorization: `Bearer ${dealer.token}` };
    deaf.write(BareSocket.textFrame({ type: 'connection_init', payload }));
    await until('the acknowledgement', () => deaf.received.includes('connection_ack'));
    const paused = await RawSocket.ready(app, dealer.token);
    paused.pause();
    expect(await stopped(app)).toBeLessThan(STOPS_WITHIN_MS);
    await until('all lines to be cut', () => silent.closed && halfway.closed && deaf.isClosed);
    paused.terminate();
  });
});

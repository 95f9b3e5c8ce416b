import { print } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { LogoutDocument, NotificationReceivedDocument } from '../../generated/operations.js';
import { type TestApp, useApp } from '../../support/app.js';
import { followedStreams, pause, until, upTo } from '../../support/live.js';
import { BareSocket, RawSocket } from '../../support/raw-socket.js';

const INBOX = print(NotificationReceivedDocument);
const READ_ALL = 'mutation { markAllNotificationsRead { count } }';
const TOO_MANY = { code: 4429, reason: 'Too many messages' };

const pingFrame = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
const pongFrame = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

describe('messages of a socket in a second', () => {
  const app = useApp('sqlite', { config: { maxSocketMessagesPerSecond: 20 } });

  const ping = (socket: RawSocket, times: number) => {
    for (let n = 0; n < times; n++) socket.send({ type: 'ping' });
  };

  it('may be as many as the limit, connection_init not counted, and one more closes it with 4429', async () => {
    const [within, beyond] = [await RawSocket.ready(app), await RawSocket.ready(app)];
    ping(within, 20);
    ping(beyond, 21);
    expect(await beyond.closing()).toEqual(TOO_MANY);
    await until('all pongs', () => within.messages.length === 21);
    expect(within.closed).toBeNull();
    within.terminate();
  });

  it('are counted before connection_init, too', async () => {
    const [within, beyond] = [await RawSocket.open(app), await RawSocket.open(app)];
    ping(within, 21);
    ping(beyond, 22);
    expect(await beyond.closing()).toEqual(TOO_MANY);
    await until('all pongs', () => within.messages.length === 21);
    expect(within.closed).toBeNull();
    within.terminate();
  });

  it.each([
    ['ping', pingFrame],
    ['pong', pongFrame],
  ])('count %s frames of WebSocket', async (_name, frame) => {
    const bare = (await BareSocket.upgrade(app)) as BareSocket;
    const within = (await BareSocket.upgrade(app)) as BareSocket;
    within.write(Buffer.concat(upTo(21).map(() => frame)));
    bare.write(Buffer.concat(upTo(22).map(() => frame)));
    expect(await bare.closeCode()).toBe(4429);
    expect(within.received.includes(0x88)).toBe(false);
    for (const socket of [bare, within]) socket.destroy();
  });

  it('past the limit do nothing, and the line is cut though the client never lets go of it', async () => {
    const buyer = await app.build.buyer();
    const bare = await admitted(app, buyer.token);
    const frames = upTo(20).map(() => pingFrame);
    const statements = await app.statements(async () => {
      const subscribe = BareSocket.textFrame({ type: 'subscribe', id: '1', payload: { query: READ_ALL } });
      bare.write(Buffer.concat([...frames, subscribe, subscribe]));
      await until('the line to be cut', () => bare.isClosed, 2_000);
    });
    expect(statements).toEqual([]);
    expect(bare.received.includes('"next"')).toBe(false);
  });

  it('without end keep nobody waiting', async () => {
    const flood = Buffer.concat(upTo(10_000).map(() => pingFrame));
    const floods = await Promise.all(upTo(5).map(() => admitted(app)));
    const writing = setInterval(() => {
      for (const bare of floods) if (bare.isWritable) bare.write(flood);
    }, 10);
    const waits: number[] = [];
    while (floods.some((bare) => !bare.isClosed)) {
      const startedAt = performance.now();
      await app.ok('{ __typename }');
      waits.push(performance.now() - startedAt);
      expect(waits.length).toBeLessThan(10_000);
    }
    clearInterval(writing);
    expect(waits.length).toBeGreaterThan(1);
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });
});

describe('operations of a socket at once', () => {
  const app = useApp('sqlite', { config: { maxSubscriptionsPerSocket: 3 } });

  afterEach(() => until('nobody follows', () => followedStreams(app) === 0));

  it('may be as many as the limit, and one more closes it with 4429 and begins nothing', async () => {
    const buyer = await app.build.buyer();
    const socket = await RawSocket.ready(app, buyer.token);
    for (const id of ['a', 'b', 'c']) socket.subscribe(id, INBOX);
    await until('all to be followed', () => followedStreams(app) === 1);
    await pause(20);
    expect(socket.closed).toBeNull();
    const statements = await app.statements(async () => {
      socket.subscribe('d', READ_ALL);
      expect(await socket.closing()).toEqual({ code: 4429, reason: 'Too many operations' });
    });
    expect(statements).toEqual([]);
  });

  it('make room when one is ended, answered or refused', async () => {
    const buyer = await app.build.buyer();
    const socket = await RawSocket.ready(app, buyer.token);
    socket.subscribe('a', INBOX);
    socket.subscribe('b', INBOX);
    for (const id of upTo(5)) {
      socket.subscribe(`answered-${id}`, '{ __typename }');
      await socket.next('complete', `answered-${id}`);
      socket.subscribe(`refused-${id}`, '{ nothingOfTheKind }');
      await socket.next('error', `refused-${id}`);
      socket.subscribe(`nameless-${id}`, 'query A { __typename } query B { __typename }');
      await socket.next('error', `nameless-${id}`);
    }
    socket.send({ type: 'complete', id: 'a' });
    await pause(20);
    socket.subscribe('c', INBOX);
    socket.subscribe('d', INBOX);
    await pause(20);
    await until('them to be followed', () => followedStreams(app) === 1);
    expect(socket.closed).toBeNull();
    socket.terminate();
  });

  it('count until nothing of them runs, though the client has ended them at once', async () => {
    const buyer = await app.build.buyer();
    const bare = await admitted(app, buyer.token);
    const pairs = upTo(4).flatMap((n) => [
      BareSocket.textFrame({ type: 'subscribe', id: `${n}`, payload: { query: INBOX } }),
      BareSocket.textFrame({ type: 'complete', id: `${n}` }),
    ]);
    bare.write(Buffer.concat(pairs));
    expect(await bare.closeCode()).toBe(4429);
    bare.destroy();
  });
});

describe('sockets of a user', () => {
  const app = useApp('sqlite', { config: { maxSocketsPerUser: 3 } });
  const refusal = { code: 4429, reason: 'Too many sockets' };

  async function refused(token: string): Promise<void> {
    const socket = await RawSocket.open(app);
    socket.init(token);
    expect(await socket.closing()).toEqual(refusal);
    expect(socket.messages).toEqual([]);
  }

  it('may be as many as the limit, in whatever sessions, and others have their own', async () => {
    const buyer = await app.build.buyer();
    const elsewhere = await app.build.login(buyer);
    const tokens = [buyer.token, buyer.token, elsewhere.token];
    const sockets = await Promise.all(tokens.map((token) => RawSocket.ready(app, token)));
    await refused(buyer.token);
    await refused(elsewhere.token);
    for (const socket of sockets) await socket.expectOpen();

    const other = await app.build.buyer();
    const guests = await Promise.all(upTo(5).map(() => RawSocket.ready(app)));
    for (const socket of [await RawSocket.ready(app, other.token), ...guests, ...sockets]) socket.terminate();
  });

  it('are counted however many come at the same moment', async () => {
    const buyer = await app.build.buyer();
    const sockets = await Promise.all(upTo(12).map(() => RawSocket.open(app)));
    for (const socket of sockets) socket.init(buyer.token);
    await until('all to be answered', () =>
      sockets.every((socket) => socket.closed !== null || socket.messages.length > 0),
    );
    expect(sockets.filter((socket) => socket.closed === null)).toHaveLength(3);
    expect(sockets.flatMap(({ closed }) => closed ?? [])).toEqual(Array(9).fill(refusal));
    for (const socket of sockets) socket.terminate();
  });

  it.each<[string, (socket: RawSocket, person: { token: string; refreshToken: string }) => unknown]>([
    ['was closed', (socket) => socket.close()],
    ['was cut off', (socket) => socket.terminate()],
    ['was closed for what it sent', (socket) => socket.send('no JSON')],
  ])('make room when one %s', async (_how, end) => {
    const buyer = await app.build.buyer();
    const sockets = await Promise.all(upTo(3).map(() => RawSocket.ready(app, buyer.token)));
    end(sockets[0] as RawSocket, buyer);
    await sockets[0]?.closing();
    const next = await RawSocket.ready(app, buyer.token);
    await refused(buyer.token);
    for (const socket of [next, ...sockets]) socket.terminate();
  });

  it('make room as soon as one is being closed, though its client does not let go of it', async () => {
    const buyer = await app.build.buyer();
    const bare = await admitted(app, buyer.token);
    const sockets = await Promise.all(upTo(2).map(() => RawSocket.ready(app, buyer.token)));
    await refused(buyer.token);
    bare.write(BareSocket.textFrame({ type: 'nothing' }));
    expect(await bare.closeCode()).toBe(4400);
    const next = await RawSocket.ready(app, buyer.token);
    expect(bare.isClosed).toBe(false);
    for (const socket of [next, ...sockets]) socket.terminate();
    bare.destroy();
  });

  it('make room when a session is revoked', async () => {
    const buyer = await app.build.buyer();
    const elsewhere = await app.build.login(buyer);
    const sockets = await Promise.all(upTo(3).map(() => RawSocket.ready(app, buyer.token)));
    await app.ok(LogoutDocument, { input: { refreshToken: buyer.refreshToken } }, buyer);
    await Promise.all(sockets.map((socket) => socket.closing()));
    const next = await Promise.all(upTo(3).map(() => RawSocket.ready(app, elsewhere.token)));
    await refused(elsewhere.token);
    for (const socket of next) socket.terminate();
  });
});

describe('sockets of an address', () => {
  const app = useApp('sqlite', { config: { maxSocketsPerIp: 3 } });

  it('may be as many as the limit, guests and all, and one more is refused with 429 until one goes', async () => {
    const { token } = await app.build.buyer();
    const [first, ...others] = await Promise.all([
      RawSocket.ready(app),
      RawSocket.ready(app),
      RawSocket.ready(app, token),
    ]);
    expect(await BareSocket.upgrade(app)).toBe(429);
    expect(await BareSocket.upgrade(app, 'graphql-transport-ws', '/nowhere')).toBe(404);
    first.terminate();
    let next = await BareSocket.upgrade(app);
    while (typeof next === 'number') next = await BareSocket.upgrade(app);
    next.destroy();
    for (const socket of others) await socket.expectOpen();
    for (const socket of others) socket.terminate();
  });
});

describe('a socket that is not heard from', () => {
  const app = useApp('sqlite', { config: { socketPingMs: 120 } });

  it('is asked, and cut where it does not answer', async () => {
    const buyer = await app.build.buyer();
    const bare = await admitted(app, buyer.token);
    bare.write(BareSocket.textFrame({ type: 'subscribe', id: '1', payload: { query: INBOX } }));
    await until('it to be followed', () => followedStreams(app) === 1);
    await until('a ping', () => bare.received.includes(Buffer.from([0x89, 0x00])));
    await until('the line to be cut', () => bare.isClosed, 1_000);
    expect(bare.received.includes(0x88)).toBe(false);
    await until('nobody follows', () => followedStreams(app) === 0);
  });

  it('is left alone where it answers', async () => {
    const socket = await RawSocket.ready(app);
    await pause(500);
    await socket.expectOpen();
    socket.terminate();
  });
});

describe('a socket whose client does not read', () => {
  const app = useApp('sqlite', { config: { maxUnsentBytes: 50_000, maxSocketMessagesPerSecond: 10_000 } });

  it('is cut off when too much waits for it, though it follows nothing', async () => {
    const bare = await admitted(app);
    bare.pause();
    const ping = BareSocket.textFrame({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
    const writing = setInterval(() => bare.isWritable && bare.write(ping), 2);
    // Once the server reads no more, and has closed the line, writing says so.
    await until('the line to be cut', () => bare.isClosed);
    clearInterval(writing);
  });
});

async function admitted(app: TestApp, token?: string): Promise<BareSocket> {
  const bare = (await BareSocket.upgrade(app)) as BareSocket;
  const payload = token ? { payload: { authorization: `Bearer ${token}` } } : {};
  bare.write(BareSocket.textFrame({ type: 'connection_init', ...payload }));
  await until('the acknowledgement', () => bare.received.includes('connection_ack'));
  return bare;
}

import { randomBytes } from 'node:crypto';
import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { LogoutDocument, NotificationReceivedDocument } from '../../generated/operations.js';
import { databaseKinds, type TestApp, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';
import { followedStreams, levelFollowers, until } from '../../support/live.js';
import { BareSocket, RawSocket } from '../../support/raw-socket.js';

const TYPENAME = '{ __typename }';
const INBOX = print(NotificationReceivedDocument);

// Tests subscribe and end as fast as they can write; limits have a file of their own.
const config = { socketInitTimeoutMs: 400, maxSocketMessageBytes: 4_096, maxSubscriptionsPerSocket: 1_000 };

describe.each(databaseKinds)('the socket protocol on %s', (kind) => {
  const app = useApp(kind, { config });

  describe('at the door', () => {
    it('refuses a socket without the subprotocol with 4406', async () => {
      const socket = await RawSocket.open(app, []);
      expect((await socket.closing()).code).toBe(4406);
    });

    it('refuses the deprecated subprotocol with 4406', async () => {
      const bare = (await BareSocket.upgrade(app, 'graphql-ws')) as BareSocket;
      expect(await bare.closeCode()).toBe(4406);
      bare.destroy();
    });

    it.each(['/', '/graphiql', '/api/v1/health/', '/graphql/more', '/nowhere'])(
      'knows no socket at %s',
      async (path) => {
        expect(await BareSocket.upgrade(app, 'graphql-transport-ws', path)).toBe(404);
      },
    );

    it('waits for connection_init only so long', async () => {
      const socket = await RawSocket.open(app);
      expect(await socket.closing()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
    });

    it('takes one connection_init and no second one', async () => {
      const socket = await RawSocket.ready(app);
      socket.init();
      expect((await socket.closing()).code).toBe(4429);
    });

    it('takes no second one before it has answered the first', async () => {
      const socket = await RawSocket.open(app);
      socket.init();
      socket.init();
      expect(await socket.closing()).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
    });

    it('takes no operation before connection_init', async () => {
      const socket = await RawSocket.open(app);
      socket.subscribe('1', TYPENAME);
      expect((await socket.closing()).code).toBe(4401);
    });

    it('takes no operation before connection_init is acknowledged', async () => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.open(app);
      socket.init(buyer.token);
      socket.subscribe('1', 'mutation { markAllNotificationsRead { count } }');
      expect((await socket.closing()).code).toBe(4401);
      expect(socket.of('1')).toEqual([]);
    });

    it('takes a word that it does not know for no connection_init', async () => {
      const socket = await RawSocket.open(app);
      socket.send({ type: 'CONNECTION_INIT' });
      expect((await socket.closing()).code).toBe(4400);
    });

    it('lets a guest in', async () => {
      const socket = await RawSocket.ready(app);
      await socket.expectOpen();
      socket.terminate();
    });
  });

  describe('a token at the door', () => {
    it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('is found as %s', async (name) => {
      const buyer = await app.build.buyer();
      for (const payload of [
        { [name]: `Bearer ${buyer.token}` },
        { headers: { [name]: `Bearer ${buyer.token}` } },
      ]) {
        const socket = await RawSocket.open(app);
        socket.send({ type: 'connection_init', payload });
        await socket.next('connection_ack');
        socket.subscribe('me', '{ me { id } }');
        expect((await socket.next('next', 'me')).payload).toEqual({ data: { me: { id: buyer.id } } });
        socket.terminate();
      }
    });

    it.each<[string, (token: string, refreshToken: string) => string]>([
      ['malformed', () => 'nonsense'],
      ['empty', () => 'Bearer '],
      ['tampered with', (token) => `Bearer ${token.slice(0, -4)}AAAA`],
      ['unsigned', (token) => `Bearer ${unsigned(token)}`],
      ['a refresh token', (_token, refreshToken) => `Bearer ${refreshToken}`],
      ['over 4 KB', (token) => `Bearer ${token}${'a'.repeat(3_500)}`],
    ])('that is %s is answered with 4403', async (_which, authorizationOf) => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.open(app);
      const authorization = authorizationOf(buyer.token, buyer.refreshToken);
      socket.send({ type: 'connection_init', payload: { authorization } });
      expect(await socket.closing()).toEqual({ code: 4403, reason: 'Forbidden' });
      expect(socket.messages).toEqual([]);
    });

    it('that has expired is answered with 4403', async () => {
      const buyer = await app.build.buyer();
      app.clock.advance(61 * MINUTE);
      const socket = await RawSocket.open(app);
      socket.init(buyer.token);
      expect((await socket.closing()).code).toBe(4403);
    });

    it('whose session was revoked is answered with 4403', async () => {
      const buyer = await app.build.buyer();
      await logout(app, buyer);
      const socket = await RawSocket.open(app);
      socket.init(buyer.token);
      expect((await socket.closing()).code).toBe(4403);
    });
  });

  describe('a token while connected', () => {
    it('closes its socket with 4403 when it expires', async () => {
      const buyer = await app.build.buyer();
      app.clock.advance(60 * MINUTE - 1_500);
      const socket = await RawSocket.ready(app, buyer.token);
      await socket.expectOpen();
      expect(await socket.closing()).toEqual({ code: 4403, reason: 'Token expired' });
    });

    it('closes all sockets of its session with 4403 when that is revoked, and no other', async () => {
      const buyer = await app.build.buyer();
      const elsewhere = await app.build.login(buyer);
      const [one, two, other] = await Promise.all(
        [buyer, buyer, elsewhere].map(({ token }) => RawSocket.ready(app, token)),
      );
      await logout(app, buyer);
      expect(await one?.closing()).toEqual({ code: 4403, reason: 'Session revoked' });
      expect(await two?.closing()).toEqual({ code: 4403, reason: 'Session revoked' });
      await other?.expectOpen();
      other?.terminate();
    });

    it('does nothing more for a client that will not hear that it is over', async () => {
      const buyer = await app.build.buyer();
      const bare = (await BareSocket.upgrade(app)) as BareSocket;
      bare.write(
        BareSocket.textFrame({
          type: 'connection_init',
          payload: { authorization: `Bearer ${buyer.token}` },
        }),
      );
      await until('the acknowledgement', () => bare.received.includes('connection_ack'));
      await logout(app, buyer);
      expect(await bare.closeCode()).toBe(4403);
      const query = 'mutation { markAllNotificationsRead { count } }';
      const statements = await app.statements(async () => {
        bare.write(BareSocket.textFrame({ type: 'subscribe', id: '1', payload: { query } }));
        await until('the line to be cut', () => bare.isClosed);
      });
      expect(statements.filter((statement) => /\bupdate\b/i.test(statement))).toEqual([]);
    });
  });

  describe('ping and pong', () => {
    it('answers a ping before and after connection_init, with its payload', async () => {
      const socket = await RawSocket.open(app);
      socket.send({ type: 'ping', payload: { at: 1 } });
      expect(await socket.next('pong')).toEqual({ type: 'pong', payload: { at: 1 } });
      socket.init();
      await socket.next('connection_ack');
      socket.send({ type: 'ping' });
      await until('the second pong', () => socket.messages.at(-1)?.type === 'pong');
      expect(socket.messages.at(-1)).toEqual({ type: 'pong' });
      socket.terminate();
    });

    it('takes a pong that nobody asked for', async () => {
      const socket = await RawSocket.ready(app);
      socket.send({ type: 'pong', payload: { any: 1 } });
      await socket.expectOpen();
      socket.terminate();
    });

    it('answers the ping frame of WebSocket with its bytes', async () => {
      const bare = (await BareSocket.upgrade(app)) as BareSocket;
      bare.write(Buffer.concat([Buffer.from([0x89, 0x84, 0, 0, 0, 0]), Buffer.from('beat')]));
      await until('the pong', () => bare.received.includes('beat'));
      expect(bare.received.subarray(0, 6)).toEqual(Buffer.from([0x8a, 0x04, ...Buffer.from('beat')]));
      bare.destroy();
    });
  });

  describe('a message', () => {
    it.each<[string, object | string | Buffer]>([
      ['no JSON', 'hello'],
      ['empty', ''],
      ['binary garbage', randomBytes(200)],
      ['no object', '[1, 2, 3]'],
      ['null', 'null'],
      ['deeply nested', '['.repeat(2_000)],
      ['without a type', { id: '1' }],
      ['of an unknown type', { type: 'start', id: '1', payload: { query: TYPENAME } }],
      ['of a type that is inherited', { type: 'toString' }],
      ['connection_ack, which is the server’s', { type: 'connection_ack' }],
      ['next, which is the server’s', { type: 'next', id: '1', payload: { data: null } }],
      ['error, which is the server’s', { type: 'error', id: '1', payload: [{ message: 'x' }] }],
      ['a complete without an id', { type: 'complete' }],
      ['a ping with a text for a payload', { type: 'ping', payload: 'text' }],
      ['a connection_init with a list for a payload', { type: 'connection_init', payload: [] }],
      ['a subscribe without an id', { type: 'subscribe', payload: { query: TYPENAME } }],
      ['a subscribe with an empty id', { type: 'subscribe', id: '', payload: { query: TYPENAME } }],
      ['a subscribe without a payload', { type: 'subscribe', id: '1' }],
      ['a subscribe whose query is no text', { type: 'subscribe', id: '1', payload: { query: 1 } }],
      [
        'a subscribe whose variables are a list',
        { type: 'subscribe', id: '1', payload: { query: TYPENAME, variables: [] } },
      ],
    ])('that is %s closes the socket with 4400', async (_what, message) => {
      const socket = await RawSocket.ready(app);
      socket.send(message);
      expect((await socket.closing()).code).toBe(4400);
    });

    it('over the limit closes the socket with 1009', async () => {
      const socket = await RawSocket.ready(app);
      socket.subscribe('1', `{ __typename ${' '.repeat(config.maxSocketMessageBytes)} }`);
      expect((await socket.closing()).code).toBe(1009);
    });

    it.each([
      ['text that is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), 1007],
      ['a frame that is not masked', Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
      ['a frame of an unknown kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ])('of %s closes the socket by the book', async (_what, bytes, code) => {
      const bare = (await BareSocket.upgrade(app)) as BareSocket;
      bare.write(bytes);
      expect(await bare.closeCode()).toBe(code);
      bare.destroy();
    });

    it('of a frame that breaks off harms nobody', async () => {
      const bare = (await BareSocket.upgrade(app)) as BareSocket;
      bare.write(Buffer.from([0x81, 0xfe, 0xff]));
      bare.destroy();
      const socket = await RawSocket.ready(app);
      await socket.expectOpen();
      socket.terminate();
    });
  });

  describe('an operation', () => {
    it.each([
      ['1', 'Subscriber for 1 already exists'],
      // A close frame has room for 123 bytes.
      ['ü'.repeat(100), 'Subscriber already exists'],
    ])('with the id of one that runs closes the socket with 4409', async (id, reason) => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.ready(app, buyer.token);
      socket.subscribe(id, INBOX);
      socket.subscribe(id, INBOX);
      expect(await socket.closing()).toEqual({ code: 4409, reason });
      await until('nobody follows', () => followedStreams(app) === 0);
    });

    it.each<[string, string, object?]>([
      ['a syntax error', 'subscription {'],
      ['nothing in it', ''],
      ['an unknown field', '{ nothingOfTheKind }'],
      ['a missing variable', 'subscription ($id: ID!) { vehicleUpdated(vehicleId: $id) { id } }'],
      [
        'a variable of a wrong type',
        'subscription ($after: Int) { notificationReceived(after: $after) { id } }',
        { after: 'x' },
      ],
      ['two subscriptions at once', 'subscription { offerReceived { id } notificationReceived { id } }'],
      ['no operation', 'fragment F on Query { __typename }'],
      ['too many tokens', `{ ${'a '.repeat(2_000)} }`],
    ])('with %s is refused as BAD_USER_INPUT, and the socket stays open', async (_what, query, variables) => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.ready(app, buyer.token);
      socket.subscribe('1', query, variables);
      expect(await socket.answer('1')).toEqual({ data: null, code: 'BAD_USER_INPUT' });
      await socket.expectOpen();
      socket.terminate();
    });

    it('takes any name for an id', async () => {
      const socket = await RawSocket.ready(app);
      for (const id of ['__proto__', 'constructor', 'toString', 'ü'.repeat(50)]) {
        socket.subscribe(id, TYPENAME);
        expect((await socket.next('next', id)).payload).toEqual({ data: { __typename: 'Query' } });
      }
      socket.terminate();
    });

    it('follows another 300 times, and none of them is left behind', async () => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.ready(app, buyer.token);
      for (let n = 0; n < 300; n++) {
        socket.subscribe(`${n}`, INBOX);
        socket.send({ type: 'complete', id: `${n}` });
      }
      await socket.expectOpen();
      await until('nobody follows', () => followedStreams(app) === 0);
      socket.terminate();
    });

    it('ends with its socket, even where one id was used again and again', async () => {
      const buyer = await app.build.buyer();
      const socket = await RawSocket.ready(app, buyer.token);
      for (let n = 0; n < 30; n++) {
        socket.subscribe('same', INBOX);
        socket.send({ type: 'complete', id: 'same' });
      }
      socket.subscribe('same', INBOX);
      await until('it is followed', () => levelFollowers(app) > 0);
      await socket.expectOpen();
      socket.terminate();
      await until('nobody follows', () => followedStreams(app) === 0);
    });

    it('that is asked for by a client that leaves at once is not left behind', async () => {
      const { id, buyer } = await app.build.negotiation();
      const query = `subscription { negotiationEvents(negotiationId: "${id}") { sequence } }`;
      for (let n = 0; n < 20; n++) {
        const socket = await RawSocket.ready(app, buyer.token);
        for (const operation of ['a', 'b', 'c']) socket.subscribe(operation, query);
        await new Promise((resolve) => setTimeout(resolve, n % 5));
        socket.terminate();
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      await until('nobody follows', () => followedStreams(app) === 0);
    });
  });
});

function logout(app: TestApp, person: { token: string; refreshToken: string }) {
  return app.ok(LogoutDocument, { input: { refreshToken: person.refreshToken } }, person);
}

/** The same claims, with the algorithm "none" and no signature. */
function unsigned(token: string): string {
  const [header, claims] = token.split('.') as [string, string];
  const said = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return `${Buffer.from(JSON.stringify({ ...said, alg: 'none' })).toString('base64url')}.${claims}.`;
}

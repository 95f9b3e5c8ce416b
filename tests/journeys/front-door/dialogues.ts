import { request } from 'node:http';
import { until } from '../../support/live.js';
import { BareSocket, RawSocket } from '../../support/raw-socket.js';
import { type Arena, type Attack, answered, closing, dialogue, slowly } from './attack.js';

const FOLLOW = 'subscription { offerReceived { id } }';

/** A socket that has not said who it is. */
function stranger(
  name: string,
  outcome: string,
  talk: (socket: RawSocket) => void,
  protocols?: string[],
): Attack {
  return {
    name,
    outcome,
    launch: async ({ app }) => {
      const socket = await RawSocket.open(app, protocols);
      talk(socket);
      return closing(socket);
    },
  };
}

/** Frames written by hand, after the handshake. */
function frames(name: string, outcome: string, bytes: Buffer): Attack {
  return {
    name,
    outcome,
    launch: async ({ app }) => {
      const socket = await BareSocket.upgrade(app);
      if (typeof socket === 'number') return `refused ${socket}`;
      socket.write(bytes);
      const code = await socket.closeCode();
      socket.destroy();
      return `closed ${code}`;
    },
  };
}

function handshake(name: string, outcome: string, headers: Record<string, string>): Attack {
  return {
    name,
    outcome,
    launch: ({ app }) =>
      new Promise((resolve, reject) => {
        const asked = request(`${app.url}/graphql`, {
          headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': Buffer.alloc(16).toString('base64'),
            'sec-websocket-protocol': 'graphql-transport-ws',
            ...headers,
          },
        });
        asked.on('upgrade', (_response, socket) => {
          socket.destroy();
          resolve('let in');
        });
        asked.on('response', (response) => {
          response.resume();
          resolve(`refused ${response.statusCode}`);
        });
        asked.on('error', reject);
        asked.end();
      }),
  };
}

/** A thousand times as fast as it goes; a client that floods does not wait for the end of the closing handshake. */
function flood(name: string, outcome: string, messages: (i: number) => readonly object[]): Attack {
  return {
    name,
    outcome,
    launch: async ({ app, person }) => {
      const socket = await BareSocket.upgrade(app);
      if (typeof socket === 'number') return `refused ${socket}`;
      const payload = { authorization: `Bearer ${person.token}` };
      socket.write(BareSocket.textFrame({ type: 'connection_init', payload }));
      await until('the ack', () => socket.received.includes('connection_ack'));
      const all = Array.from({ length: 1_000 }, (_, i) => messages(i)).flat();
      socket.write(Buffer.concat(all.map((message) => BareSocket.textFrame(message))));
      const code = await socket.closeCode();
      socket.destroy();
      return `closed ${code}`;
    },
  };
}

async function crowd({ app, person }: Arena): Promise<string> {
  const sockets = await Promise.all(Array.from({ length: 10 }, () => RawSocket.ready(app, person.token)));
  const oneMore = await RawSocket.open(app);
  oneMore.init(person.token);
  const outcome = await closing(oneMore);
  for (const socket of sockets) await socket.expectOpen();
  for (const socket of sockets) socket.terminate();
  return outcome;
}

const masked = (...bytes: number[]) => Buffer.from([...bytes, 0, 0, 0, 0]);

export const dialogues: readonly Attack[] = [
  handshake('a socket of a foreign page', 'refused 403', { origin: 'https://evil.example' }),
  handshake('a socket of a page that has no origin', 'refused 403', { origin: 'null' }),
  handshake('a key that is none', 'refused 400', { 'sec-websocket-key': 'x' }),
  stranger('no subprotocol', 'closed 4406', () => undefined, []),
  stranger('silence', 'closed 4408', () => undefined),
  stranger('an operation before connection_init', 'closed 4401', (socket) => socket.subscribe('1', FOLLOW)),
  stranger('connection_init twice', 'closed 4429', (socket) => {
    socket.init();
    socket.init();
  }),
  stranger('a token that is none', 'closed 4403', (socket) => socket.init('a.b.c')),
  stranger('rubbish before connection_init', 'closed 4400', (socket) => socket.send('rubbish')),
  dialogue('no JSON', 'closed 4400', (socket) => socket.send('{')),
  dialogue('a message of no known type', 'closed 4400', (socket) =>
    socket.send({ type: 'start', id: '1', payload: {} }),
  ),
  dialogue('an operation without an id', 'closed 4400', (socket) =>
    socket.send({ type: 'subscribe', payload: { query: FOLLOW } }),
  ),
  dialogue('bytes', 'closed 4400', (socket) => socket.send(Buffer.from([0, 1, 2]))),
  dialogue('an id twice', 'closed 4409', (socket) => {
    socket.subscribe('1', FOLLOW);
    socket.subscribe('1', FOLLOW);
  }),
  dialogue('a message over 64 KB', 'closed 1009', (socket) =>
    socket.send({ type: 'ping', payload: { a: 'x'.repeat(66_000) } }),
  ),
  slowly('one subscription too many', 'closed 4429', async (socket) => {
    for (let i = 0; i < 45; i++) socket.subscribe(String(i), FOLLOW);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (let i = 45; i < 51; i++) socket.subscribe(String(i), FOLLOW);
  }),
  flood('messages without end', 'closed 4429', () => [{ type: 'ping' }]),
  flood('operations begun and ended without end', 'closed 4429', (i) => [
    { type: 'subscribe', id: String(i), payload: { query: FOLLOW } },
    { type: 'complete', id: String(i) },
  ]),
  { name: 'one socket too many of one user', outcome: 'closed 4429', launch: crowd },
  dialogue('a document too deep', 'BAD_USER_INPUT, open', (socket) => {
    socket.subscribe(
      '1',
      `{ dealers { nodes { ${'vehicles { nodes { dealer { '.repeat(5)} id ${'} } } '.repeat(5)} } } }`,
    );
    return answered(socket, '1');
  }),
  dialogue('a document that costs too much', 'QUERY_TOO_COMPLEX, open', (socket) => {
    const query = 'query ($n: Int) { dealers(first: $n) { nodes { vehicles(first: $n) { nodes { id } } } } }';
    socket.subscribe('1', query, { n: 100 });
    return answered(socket, '1');
  }),
  dialogue('guesses at a password in one operation', 'BAD_USER_INPUT, open', (socket) => {
    const guess = 'login(input: { email: "a@b.cd", password: "12345678" }) { user { id } }';
    socket.subscribe('1', `mutation { a: ${guess} b: ${guess} }`);
    return answered(socket, '1');
  }),
  dialogue('more aliases than allowed', 'BAD_USER_INPUT, open', (socket) => {
    socket.subscribe('1', `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: __typename`).join(' ')} }`);
    return answered(socket, '1');
  }),
  dialogue('a subscription to two things at once', 'BAD_USER_INPUT, open', (socket) => {
    socket.subscribe('1', 'subscription { offerReceived { id } notificationReceived { id } }');
    return answered(socket, '1');
  }),
  frames('a frame that is not masked', 'closed 1002', Buffer.from([0x81, 0x01, 0x7b])),
  frames('a frame that says it is compressed', 'closed 1002', masked(0xc1, 0x80)),
  frames('the middle of a message that has no beginning', 'closed 1002', masked(0x80, 0x80)),
  frames('an opcode that is none', 'closed 1002', masked(0x83, 0x80)),
  frames('a text that is not UTF-8', 'closed 1007', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])),
  frames('a ping of two hundred bytes', 'closed 1002', masked(0x89, 0xfe, 0, 200)),
];

import { connect } from 'node:net';
import { graphql, refusalIn } from '../../api/hostile/wire.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { pause } from '../../support/live.js';
import { type Message, RawSocket } from '../../support/raw-socket.js';

/** The server under attack, and somebody who has an account there. */
export interface Arena {
  readonly app: TestApp;
  readonly person: Person;
}

/** One way to harm the server, and what has to come of it: `400 BAD_USER_INPUT`, `closed 4429`. */
export interface Attack {
  readonly name: string;
  readonly outcome: string;
  readonly launch: (arena: Arena) => Promise<string>;
  /** Where it is meant to wait for something. */
  readonly within?: number;
}

/** A document sent over HTTP. */
export function document(
  name: string,
  outcome: string,
  query: string | (() => string),
  variables?: object,
): Attack {
  const body = () => ({ query: typeof query === 'string' ? query : query(), variables });
  return { name, outcome, launch: ({ app }) => posted(app, body()) };
}

/** A body sent to /graphql: its status and the codes of its errors, each once. */
export async function posted(
  app: TestApp,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const [status, ...codes] = refusalIn(await graphql(app, body, headers));
  return [status, ...new Set(codes.map(String))].join(' ');
}

/** Bytes sent on a line of their own: the status of the answer, or `cut` where the line went without one. */
export function spoken(app: TestApp, bytes: string | Buffer, patienceMs = 900): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let heard = '';
    const done = () => {
      clearTimeout(patience);
      socket.destroy();
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? (heard === '' ? 'cut' : heard.slice(0, 40)));
    };
    const patience = setTimeout(done, patienceMs);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (heard.includes('\r\n\r\n')) done();
    });
    socket.once('close', done).on('error', () => undefined);
    socket.write(bytes);
  });
}

/** A dialogue on a socket that is past connection_init. What came of it is how the socket is closed, unless `talk` says. */
export function dialogue(
  name: string,
  outcome: string,
  talk: (socket: RawSocket, arena: Arena) => unknown,
): Attack {
  return {
    name,
    outcome,
    launch: async (arena) => {
      const socket = await RawSocket.ready(arena.app, arena.person.token);
      try {
        const outcome = await talk(socket, arena);
        return typeof outcome === 'string' ? outcome : await closing(socket);
      } finally {
        socket.terminate();
      }
    },
  };
}

/**
 * A dialogue that has to take its time, so as not to be stopped for its haste: three seconds are for its own waiting. The
 * server's part of them is bounded as ever, by how long others wait meanwhile.
 */
export function slowly(...told: Parameters<typeof dialogue>): Attack {
  return { ...dialogue(...told), within: 3_000 };
}

export async function closing(socket: RawSocket): Promise<string> {
  return `closed ${(await socket.closing()).code}`;
}

/** What an operation is answered with on a socket that stays open after it. */
export async function answered(socket: RawSocket, id: string): Promise<string> {
  const { code } = await socket.answer(id);
  await socket.expectOpen();
  return `${code ?? 'done'}, open`;
}

/** How many messages of a type came in a while. */
export async function heard(socket: RawSocket, type: Message['type'], ms: number): Promise<number> {
  await pause(ms);
  return socket.messages.filter((message) => message.type === type).length;
}

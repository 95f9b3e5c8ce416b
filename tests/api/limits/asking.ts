import type { ApiError, TestApp } from '../../support/app.js';
import { until } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';

export const transports = ['HTTP', 'WebSocket'] as const;
export type Transport = (typeof transports)[number];

export interface Asked {
  readonly query: string;
  readonly variables?: object;
  readonly operationName?: string;
}

export interface Answer {
  /** Of the HTTP response; null where the answer came over WebSocket. */
  readonly status: number | null;
  readonly data: unknown;
  readonly errors: ApiError[] | null;
}

/** Asks the same over either transport, as a guest or with a token. */
export function ask(app: TestApp, over: Transport, asked: Asked, token?: string): Promise<Answer> {
  return over === 'HTTP' ? askOverHttp(app, asked, token) : askOverWebSocket(app, asked, token);
}

async function askOverHttp(app: TestApp, asked: Asked, token?: string): Promise<Answer> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(asked),
  });
  const { data = null, errors = null } = (await response.json()) as Partial<Answer>;
  return { status: response.status, data, errors };
}

async function askOverWebSocket(app: TestApp, asked: Asked, token?: string): Promise<Answer> {
  const socket = await RawSocket.ready(app, token);
  try {
    socket.send({ type: 'subscribe', id: 'asked', payload: asked });
    await until('an answer', () => socket.of('asked').length > 0 || socket.closed !== null);
    const [message] = socket.of('asked');
    if (!message) throw new Error(`Closed instead: ${JSON.stringify(socket.closed)}`);
    // A refusal must leave the socket open for others.
    await socket.expectOpen();
    const payload = message.type === 'error' ? { errors: message.payload } : message.payload;
    const { data = null, errors = null } = payload as Partial<Answer>;
    return { status: null, data, errors };
  } finally {
    socket.terminate();
  }
}

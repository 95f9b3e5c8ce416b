import { type IncomingHttpHeaders, request } from 'node:http';
import type { TestApp } from '../../support/app.js';

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Without a length beforehand, in pieces. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The JSON of the body; the text where it is none. */
  readonly body: unknown;
}

/** Sends what `fetch` would refuse to send. An answer that comes before all was sent counts. */
export function send(app: TestApp, path: string, sent: Sent = {}): Promise<Answer> {
  const { method = 'POST', headers = {}, body, chunked } = sent;
  const { hostname, port } = new URL(app.url);
  const length = body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const outgoing = request(
      { hostname, port, path, method, agent: false, headers: { ...length, ...headers } },
      (response) => {
        isAnswered = true;
        let text = '';
        const done = () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: jsonOf(text) });
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('end', done).once('error', done);
      },
    );
    outgoing.once('error', (error) => !isAnswered && reject(error));
    if (chunked) outgoing.flushHeaders();
    outgoing.end(body);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const json = { 'content-type': 'application/json' };

/** A GraphQL request's body, or whatever else is sent in its place. */
export function graphql(app: TestApp, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(app, '/graphql', { headers: { ...json, ...headers }, body: text });
}

/** Status and code of a refusal in GraphQL's shape; whatever else came, where it has another one. */
export function refusalIn({ status, body }: Answer): [status: number, ...codes: unknown[]] {
  const errors = (body as { errors?: Array<{ message: unknown; extensions: Record<string, unknown> }> })
    .errors;
  if (!Array.isArray(errors)) return [status, body];
  return [
    status,
    ...errors.map(({ message, extensions }) =>
      typeof message === 'string' && typeof extensions.statusCode === 'number' ? extensions.code : 'unclear',
    ),
  ];
}

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { type Refusal, refusalBody } from './http-errors.js';
import { REQUEST_ID } from './request-id.js';
import { bareHeaders } from './security-headers.js';

/** A refusal as bytes for the line, for what never becomes a request that fastify could answer. It ends the line. */
export function rawRefusal(
  url: string,
  status: number,
  refusal: Refusal,
  more: Readonly<Record<string, string>> = {},
): string {
  const requestId = randomUUID();
  const body = JSON.stringify(refusalBody(url, status, refusal, requestId));
  const headers = {
    ...bareHeaders,
    ...more,
    [REQUEST_ID]: requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}

/** What Node's parser finds wrong: everything else is a request that it cannot make sense of. */
const faults: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The header fields are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};

/** Answers bytes that are no request, and ends the line: nobody knows where the next request would begin. */
export function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = faults[error.code] ?? [400, 'The request could not be read.'];
  // In the middle of another answer it would be taken for a part of that one. Node itself looks there, too.
  const underWay = (socket as { _httpMessage?: { _headerSent: boolean } })._httpMessage;
  if (socket.writable && !underWay?._headerSent) {
    socket.write(rawRefusal('', status, { code: 'BAD_USER_INPUT', message }));
  }
  socket.destroy(error);
}

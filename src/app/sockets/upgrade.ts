import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathOf } from '../http-errors.js';
import type { Origins } from '../origins.js';
import { rawRefusal } from '../raw-answers.js';

/** Only a WebSocket is anything to upgrade to; who offers HTTP/2 besides, as some clients do, is answered in HTTP/1.1. */
export function wantsSocket({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** Refuses an upgrade before the handshake, if there is a reason to. */
export function isRefused(request: IncomingMessage, line: Duplex, origins: Origins): boolean {
  const { url = '', headers } = request;
  if (pathOf(url) !== '/graphql') {
    end(line, rawRefusal(url, 404, { code: 'NOT_FOUND', message: 'Not found.' }));
    return true;
  }
  const { origin, host } = headers;
  if (origin === undefined || origins.mayConnect(origin, host)) return false;
  const message = 'Pages of this origin may not connect.';
  end(line, rawRefusal(url, 403, { code: 'FORBIDDEN', message }));
  return true;
}

/** There are too many sockets from where this one would come: like the close code 4429, but before the handshake. */
export function refuseCrowd({ url = '' }: IncomingMessage, line: Duplex): void {
  const refusal = { code: 'RATE_LIMITED', message: 'Too many sockets come from your address.' } as const;
  end(line, rawRefusal(url, 429, refusal, { 'retry-after': '60' }));
}

/** What ws finds wrong with a handshake, in the form of all other refusals. The header is RFC 6455's (4.4). */
export function refuseHandshake(error: Error, line: Duplex, { url = '' }: IncomingMessage): void {
  const refusal = { code: 'BAD_USER_INPUT', message: `${error.message}.` } as const;
  end(line, rawRefusal(url, 400, refusal, { 'sec-websocket-version': '13' }));
}

function end(line: Duplex, answer: string): void {
  // Who does not close on its side would keep the line for ever.
  line.once('finish', () => line.destroy());
  line.end(answer);
}

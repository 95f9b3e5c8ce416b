import { afterEach, describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { exchange, lines, statusesIn } from './raw-line.js';

/** A request that must never be answered: it only lies in the body of another one. */
const SMUGGLED = lines('GET /smuggled HTTP/1.1', 'Host: x', '');

/** The last request of a line that the server keeps open. */
const LAST = lines('GET / HTTP/1.1', 'Host: x', 'Connection: close', '');

const QUERY = '{"query":"{ __typename }"}';

const post = (...headers: string[]) =>
  lines('POST /graphql HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '');

describe('a request that proxies and servers may read differently', () => {
  const app = useApp('sqlite');

  afterEach(async () => {
    expect(await app.ok('{ __typename }')).toEqual({ __typename: 'Query' });
  });

  it.each<[string, string]>([
    ['two lengths of its body', post('Content-Length: 26', 'Content-Length: 5') + QUERY],
    ['the same length twice', post('Content-Length: 26', 'Content-Length: 26') + QUERY],
    ['a list of lengths', post('Content-Length: 26, 26') + QUERY],
    [
      'a length and pieces',
      `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}1a\r\n${QUERY}\r\n0\r\n\r\n`,
    ],
    [
      'pieces and a length',
      `${post('Transfer-Encoding: chunked', 'Content-Length: 26')}1a\r\n${QUERY}\r\n0\r\n\r\n`,
    ],
    [
      'a coding behind the pieces',
      `${post('Transfer-Encoding: chunked, identity')}1a\r\n${QUERY}\r\n0\r\n\r\n`,
    ],
    ['a coding that is none', post('Transfer-Encoding: xchunked') + QUERY],
    ['pieces of a negative length', `${post('Transfer-Encoding: chunked')}-1\r\n${QUERY}\r\n0\r\n\r\n`],
    ['pieces of a length that is none', `${post('Transfer-Encoding: chunked')}0x1a\r\n${QUERY}\r\n0\r\n\r\n`],
    ['pieces of a length without end', `${post('Transfer-Encoding: chunked')}${'f'.repeat(20)}\r\n${QUERY}`],
    ['a negative length', post('Content-Length: -1') + QUERY],
    ['a length with a sign', post('Content-Length: +26') + QUERY],
    ['a length that is none', post('Content-Length: 26abc') + QUERY],
    ['a blank before the colon', post('Content-Length : 26') + QUERY],
    ['a header line that goes on in the next', post('Content-Length: 26', 'X-Folded: a', ' b') + QUERY],
    ['a header without a name', post(': 1', 'Content-Length: 26') + QUERY],
    ['a header without a colon', post('Nothing', 'Content-Length: 26') + QUERY],
    ['NUL in a header', post('X-Nul: a\0b', 'Content-Length: 26') + QUERY],
    [
      'a bare line feed in a header',
      post('X-Bare: a\nTransfer-Encoding: chunked', 'Content-Length: 26') + QUERY,
    ],
    [
      'a bare carriage return in a header',
      post('X-Bare: a\rTransfer-Encoding: chunked', 'Content-Length: 26') + QUERY,
    ],
    ['no version', lines('GET /api/v1/health/', 'Host: x', '')],
    ['a version of its own', lines('GET /api/v1/health/ HTTP/9.9', 'Host: x', '')],
    ['a blank in its path', lines('GET /api/v1/ health/ HTTP/1.1', 'Host: x', '')],
    ['a method that is none', lines('GE\0T /api/v1/health/ HTTP/1.1', 'Host: x', '')],
    ['the greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('with %s is refused once, and nothing behind it is answered', async (_what, request) => {
    const received = await exchange(app, request + SMUGGLED);
    expect(received).not.toContain('smuggled');
    expect(statusesIn(received)).toEqual([400]);
    expect(received.toLowerCase()).toContain('\r\nconnection: close\r\n');
    expect(bodyOf(received)).toEqual({ detail: 'The request could not be read.', status_code: 400 });
  });

  it('without a length has no body: what stands behind it is the next request', async () => {
    const received = await exchange(app, lines('GET /first HTTP/1.1', 'Host: x', '') + SMUGGLED + LAST);
    expect(statusesIn(received)).toEqual([404, 404, 200]);
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST', 'PATCH'])(
    'with a body that %s has no use for is answered once',
    async (method) => {
      const request = lines(
        `${method} /api/v1/health/ HTTP/1.1`,
        'Host: x',
        `Content-Length: ${SMUGGLED.length}`,
        '',
      );
      const received = await exchange(app, request + SMUGGLED + LAST);
      expect(statusesIn(received)).toEqual([expect.any(Number), 200]);
    },
  );

  it.each(['CONNECT', 'TRACE', 'QUERY', 'PROPFIND', 'LOCK'])(
    'with the method %s changes nothing',
    async (method) => {
      const target = method === 'CONNECT' ? 'evil.example:443' : '/graphql';
      const received = await exchange(
        app,
        lines(`${method} ${target} HTTP/1.1`, 'Host: x', 'Connection: close', ''),
      );
      expect(statusesIn(received).filter((status) => status < 400 || status >= 500)).toEqual([]);
    },
  );

  it('with the whole address, as a proxy sends it, is answered here', async () => {
    const received = await exchange(
      app,
      lines('GET http://evil.example/api/v1/health/ HTTP/1.1', 'Host: x', 'Connection: close', ''),
    );
    expect(statusesIn(received)).toEqual([200]);
    expect(bodyOf(received)).toMatchObject({ status: 'healthy' });
  });

  it.each([
    ['two Hosts', post('Host: y', `Content-Length: ${QUERY.length}`) + QUERY],
    ['no Host', lines('GET / HTTP/1.1', '')],
    ['a Host that is none', lines('GET / HTTP/1.1', 'Host: a b', '')],
    ['an address without a host', lines('GET http:// HTTP/1.1', 'Host: x', '')],
  ])('with %s is refused, and what stands behind it is the next request', async (_what, request) => {
    expect(statusesIn(await exchange(app, request + SMUGGLED + LAST))).toEqual([400, 404, 200]);
  });
});

function bodyOf(received: string): unknown {
  return JSON.parse(received.slice(received.indexOf('\r\n\r\n') + 4));
}

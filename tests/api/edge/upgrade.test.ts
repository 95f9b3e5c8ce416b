import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type TestApp, useApp } from '../../support/app.js';
import { json, send } from '../hostile/wire.js';
import { exchange, lines, statusesIn } from './raw-line.js';

const PAGE = 'https://cars.example';

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  'sec-websocket-protocol': 'graphql-transport-ws',
};

/** Asks for a socket: 101 if it is opened, else what is answered. */
function upgrade(app: TestApp, headers: Record<string, string | string[]>, path = '/graphql') {
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const asked = request(`${app.url}${path}`, { headers: { ...handshake, ...headers } });
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: null });
    });
    asked.on('response', async (response) => {
      const text = (await response.setEncoding('utf8').toArray()).join('');
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
    asked.on('error', reject);
    asked.end();
  });
}

const refusal = (code: string, statusCode: number, message: string) => ({
  errors: [{ message, extensions: { code, statusCode, requestId: expect.any(String) } }],
});

describe('a socket', () => {
  const config = { corsAllowedOrigins: [PAGE], publicUrl: 'https://api.cars.example' };
  const app = useApp('sqlite', { config });

  it('is opened for who is no page', async () => {
    expect(await upgrade(app, {})).toEqual({ status: 101, body: null });
  });

  it('is opened for pages that the settings name, and for those of the server itself', async () => {
    for (const origin of [PAGE, app.url, 'https://api.cars.example']) {
      expect((await upgrade(app, { origin })).status).toBe(101);
    }
    expect((await upgrade(app, { origin: 'https://node-1', host: 'node-1' })).status).toBe(101);
  });

  it.each([
    ['of another site', 'https://evil.example'],
    ['of another port of this machine', 'http://127.0.0.1:1'],
    ['of no origin', 'null'],
    ['with a path behind it', `${PAGE}/`],
    ['without a scheme', 'cars.example'],
    ['that is empty', ''],
    ['given twice', [PAGE, PAGE]],
    ['given twice, one of another site', [PAGE, 'https://evil.example']],
    ['of a file', 'file://'],
    ['of an extension', 'chrome-extension://abcdefghijklmnop'],
  ])('is refused with 403 for a page %s', async (_what, origin) => {
    expect(await upgrade(app, { origin })).toEqual({
      status: 403,
      body: refusal('FORBIDDEN', 403, 'Pages of this origin may not connect.'),
    });
  });

  it('is not opened by what a header says of another host', async () => {
    const { status } = await upgrade(app, {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
    });
    expect(status).toBe(403);
  });

  it('lies at /graphql alone, with a query and a slash behind it or not', async () => {
    for (const path of ['/graphql', '/graphql/', '/graphql?x=1', '/graphql/?x=1']) {
      expect((await upgrade(app, {}, path)).status).toBe(101);
    }
    expect(await upgrade(app, {}, '/api/v1/health/')).toEqual({
      status: 404,
      body: { detail: 'Not found.', status_code: 404 },
    });
  });

  it.each<[string, Record<string, string>]>([
    ['without a key', { 'sec-websocket-key': '' }],
    ['with a key of another length', { 'sec-websocket-key': 'abc' }],
    ['of another version', { 'sec-websocket-version': '7' }],
    ['with subprotocols that cannot be read', { 'sec-websocket-protocol': 'a,,b' }],
  ])('is refused for a handshake %s', async (_what, headers) => {
    const { status, body } = await upgrade(app, headers);
    expect([status, body]).toEqual([400, refusal('BAD_USER_INPUT', 400, expect.any(String) as never)]);
  });

  it('does not keep the line of who is refused and says no more', async () => {
    const asked = lines('GET /nowhere HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', '');
    const startedAt = performance.now();
    expect(statusesIn(await exchange(app, asked, 5_000))).toEqual([404]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('an offer to speak HTTP/2', () => {
  const app = useApp('sqlite');
  const offer = {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAAQAAP__',
  };

  it('is passed over, and the request answered, body and all', async () => {
    const answer = await send(app, '/graphql', {
      headers: { ...json, ...offer },
      body: '{"query":"{ __typename }"}',
    });
    expect([answer.status, answer.body]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect((await send(app, '/api/v1/health/', { method: 'GET', headers: offer })).status).toBe(200);
  });
});

import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { json, type Sent, send } from '../hostile/wire.js';
import { exchange, lines } from './raw-line.js';

const DATA_ONLY = "default-src 'none';frame-ancestors 'none'";

const EVERYWHERE = {
  'content-security-policy': DATA_ONLY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

describe('security headers', () => {
  const app = useApp('sqlite', { config: { graphiql: true } });

  it.each<[string, number, string, Sent]>([
    ['a query', 200, '/graphql', { headers: json, body: '{"query":"{ __typename }"}' }],
    ['a document with a fault', 400, '/graphql', { headers: json, body: '{"query":"{"}' }],
    ['a body that is no JSON', 400, '/graphql', { headers: json, body: '{' }],
    ['a body of another type', 415, '/graphql', { headers: { 'content-type': 'text/xml' }, body: '<a/>' }],
    ['a body without end', 413, '/graphql', { headers: json, body: 'x'.repeat(200_000) }],
    ['a method that is not taken', 405, '/graphql', { method: 'DELETE' }],
    ['OPTIONS', 204, '/graphql', { method: 'OPTIONS' }],
    ['REST', 200, '/api/v1/health/', { method: 'GET' }],
    ['HEAD', 200, '/api/v1/health/', { method: 'HEAD' }],
    ['a probe', 200, '/livez', { method: 'GET' }],
    ['another probe', 200, '/readyz', { method: 'GET' }],
    ['a refusal of REST', 401, '/api/v1/auth/profile/', { method: 'GET' }],
    ['a refused input', 400, '/api/v1/auth/login/', { headers: json, body: '{}' }],
    ['the root', 200, '/', { method: 'GET' }],
    ['an unknown path', 404, '/nowhere', { method: 'GET' }],
    ['a file that is not there', 404, '/media/avatars/none.webp', { method: 'GET' }],
    ['a Host that is none', 400, '/graphql', { method: 'GET', headers: { host: 'a b' } }],
  ])('stand on %s', async (_what, status, path, sent) => {
    const answer = await send(app, path, sent);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(EVERYWHERE);
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
  });

  it.each<[string, number, () => Promise<{ status: number; headers: object }>]>([
    ['a path that cannot be read', 400, () => send(app, '/%zz', { method: 'GET' })],
    ['headers without end', 431, () => send(app, '/', { headers: { cookie: 'x'.repeat(20_000) } })],
    [
      'a refused upgrade',
      404,
      () => send(app, '/', { method: 'GET', headers: { connection: 'upgrade', upgrade: 'websocket' } }),
    ],
  ])('stand on %s, as far as they mean something there', async (_what, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-security-policy': DATA_ONLY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('stand on the answer to bytes that are no request', async () => {
    const received = await exchange(app, lines('HELLO', '', ''));
    expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(received).toContain(`\r\ncontent-security-policy: ${DATA_ONLY}\r\n`);
    expect(received).toMatch(/\r\n\r\n\{"detail":"The request could not be read\.","status_code":400\}$/);
  });

  it('let GraphiQL run, and nothing else on its page', async () => {
    const { status, headers } = await send(app, '/graphiql', { method: 'GET' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      ...EVERYWHERE,
      'content-security-policy': expect.any(String),
      'cache-control': 'no-cache',
    });
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.find((part) => part.startsWith('script-src'))).not.toMatch(/unsafe|\*/);
    const sockets = [app.system.config.publicUrl, app.url].map((url) => url.replace('http', 'ws'));
    expect(policy).toContain(`connect-src 'self' ${sockets.join(' ')}`);
  });
});

describe('security headers in production', () => {
  const app = useApp('sqlite', { config: { environment: 'production' } });

  it('tell browsers to come by HTTPS only', async () => {
    const { headers } = await send(app, '/api/v1/health/', { method: 'GET' });
    expect(headers).toMatchObject({
      ...EVERYWHERE,
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
  });
});

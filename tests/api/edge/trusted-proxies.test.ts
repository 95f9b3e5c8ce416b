import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type TestApp, useApp } from '../../support/app.js';
import { storedIn } from '../access/stored.js';
import { graphql, json, refusalIn, send } from '../hostile/wire.js';

const throttles = {
  loginFailures: 1_000,
  loginFailuresPerIp: 1_000,
  registrationsPerIp: 2,
  mailRequests: 1_000,
  mailRequestsPerIp: 1_000,
};

const REGISTER = 'mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }';

let count = 0;
const input = () => ({
  email: `proxied-${++count}@example.com`,
  password: 'correct horse battery',
  userType: 'BUYER',
});

const register = (app: TestApp, forwarded?: string) =>
  graphql(
    app,
    { query: REGISTER, variables: { input: input() } },
    forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  );

describe('X-Forwarded-For of who is no proxy of ours', () => {
  const app = useApp('sqlite', { config: { throttles } });

  it('does not make a client into many', async () => {
    expect((await register(app, '203.0.113.1')).status).toBe(200);
    expect((await register(app, '203.0.113.2')).status).toBe(200);
    const before = await storedIn(app);
    const refused = await register(app, '203.0.113.3');
    expect(refusalIn(refused)).toEqual([200, 'RATE_LIMITED']);
    expect(await storedIn(app)).toEqual(before);
  });

  it('is told over HTTP when to try again, in GraphQL and in REST', async () => {
    const refused = await register(app);
    const { errors } = refused.body as { errors: [{ extensions: { retryAfterSeconds: number } }] };
    const seconds = errors[0].extensions.retryAfterSeconds;
    expect(seconds).toBeGreaterThan(0);
    expect(refused.headers['retry-after']).toBe(String(seconds));

    const { userType: _, ...body } = input();
    const rest = await send(app, '/api/v1/auth/register/', {
      headers: json,
      body: JSON.stringify({ ...body, user_type: 'buyer' }),
    });
    expect([rest.status, rest.body]).toEqual([
      429,
      { detail: expect.stringContaining('throttled'), status_code: 429 },
    ]);
    expect(Number(rest.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(rest.headers['retry-after'])).toBeLessThanOrEqual(seconds);
  });
});

describe('X-Forwarded-For of a proxy of ours', () => {
  const app = useApp('sqlite', {
    config: { throttles, trustedProxies: ['127.0.0.0/8', '::1', '10.0.0.0/8'] },
  });

  it('tells clients apart, whatever they say of themselves', async () => {
    for (const forwarded of ['203.0.113.1', '1.1.1.1, 203.0.113.1']) {
      expect((await register(app, forwarded)).status).toBe(200);
    }
    expect(refusalIn(await register(app, '203.0.113.1'))).toEqual([200, 'RATE_LIMITED']);
    expect(refusalIn(await register(app, '2.2.2.2, 203.0.113.1'))).toEqual([200, 'RATE_LIMITED']);
    expect(refusalIn(await register(app, '203.0.113.1, 10.1.2.3'))).toEqual([200, 'RATE_LIMITED']);
    expect((await register(app, '203.0.113.2')).status).toBe(200);
  });

  it('holds on sockets as well, and they are counted together', async () => {
    expect(refusalIn(await register(app, '203.0.113.9'))[0]).toBe(200);
    expect(await registerOnSocket(app, '203.0.113.9')).toBeUndefined();
    expect(await registerOnSocket(app, '203.0.113.9')).toBe('RATE_LIMITED');
    expect(await registerOnSocket(app, '4.4.4.4, 203.0.113.9')).toBe('RATE_LIMITED');
    expect(await registerOnSocket(app, '203.0.113.10')).toBeUndefined();
  });

  it('may name any host and scheme, and breaks nothing by it', async () => {
    const named = (headers: Record<string, string>) => graphql(app, { query: '{ __typename }' }, headers);
    expect((await named({ 'x-forwarded-host': 'cars.example', 'x-forwarded-proto': 'https' })).status).toBe(
      200,
    );
    const broken: Record<string, string>[] = [
      { 'x-forwarded-host': 'a b' },
      { 'x-forwarded-proto': 'no scheme' },
    ];
    for (const headers of broken) {
      expect(refusalIn(await named(headers))).toEqual([400, 'BAD_USER_INPUT']);
    }
  });
});

/** The code of the refusal; undefined where there was none. */
function registerOnSocket(app: TestApp, forwarded: string): Promise<string | undefined> {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: { 'x-forwarded-for': forwarded },
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_ack') {
        const payload = { query: REGISTER, variables: { input: input() } };
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
      } else if (message.type === 'next') {
        socket.terminate();
        resolve(message.payload.errors?.[0].extensions.code);
      }
    });
  });
}

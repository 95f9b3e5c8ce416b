import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { graphql, send } from '../hostile/wire.js';

const PAGE = 'https://cars.example';
const config = { corsAllowedOrigins: [PAGE, 'http://localhost:3000'] };

function corsIn(headers: IncomingHttpHeaders): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
}

const preflight = (origin: string, method = 'POST') => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  },
});

describe('CORS', () => {
  const app = useApp('sqlite', { config });

  it.each(['/graphql', '/api/v1/auth/profile/', '/api/v1/auth/login', '/nowhere'])(
    'lets a page of ours ask before it calls %s',
    async (path) => {
      const { status, headers, body } = await send(app, path, preflight(PAGE, 'PATCH'));
      expect([status, body]).toEqual([204, '']);
      expect(headers.vary).toBe('Origin');
      expect(corsIn(headers)).toEqual({
        'access-control-allow-origin': PAGE,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, PATCH, OPTIONS',
        'access-control-allow-headers':
          'accept, authorization, content-type, origin, apollo-require-preflight, x-apollo-operation-name, ' +
          'apollographql-client-name, apollographql-client-version',
        'access-control-expose-headers': 'x-request-id, retry-after',
        'access-control-max-age': '7200',
      });
    },
  );

  it.each([
    'https://evil.example',
    'http://cars.example',
    'https://cars.example:8443',
    'https://cars.example.evil.example',
    'https://CARS.example',
    'http://localhost:3000/',
    'null',
    '*',
    '',
  ])('gives a page of "%s" no leave, asked beforehand or not', async (origin) => {
    const asked = await send(app, '/graphql', preflight(origin));
    expect([asked.status, asked.headers.allow, corsIn(asked.headers)]).toEqual([204, 'GET, POST', {}]);
    const called = await graphql(app, { query: '{ __typename }' }, { origin });
    expect([called.status, corsIn(called.headers)]).toEqual([200, {}]);
    expect([asked.headers.vary, called.headers.vary]).toEqual(['Origin', 'Origin']);
  });

  it.each<[number, string, string]>([
    [200, 'GET', '/api/v1/health/'],
    [401, 'GET', '/api/v1/auth/profile/'],
    [404, 'GET', '/nowhere'],
    [405, 'DELETE', '/graphql'],
    [415, 'POST', '/graphql'],
  ])('lets a page of ours read an answer of %i', async (status, method, path) => {
    const answer = await send(app, path, { method, headers: { origin: PAGE, 'content-type': 'text/xml' } });
    expect(answer.status).toBe(status);
    expect(corsIn(answer.headers)).toEqual({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id, retry-after',
    });
  });

  it('says nothing to who is no page', async () => {
    const { headers } = await graphql(app, { query: '{ __typename }' });
    expect(corsIn(headers)).toEqual({});
  });

  it('lets a real fetch of another origin through, tokens and ids with it', async () => {
    const buyer = await app.build.buyer();
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { origin: PAGE, 'content-type': 'application/json', authorization: `Bearer ${buyer.token}` },
      body: JSON.stringify({ query: '{ me { id } }' }),
    });
    expect(await response.json()).toEqual({ data: { me: { id: buyer.id } } });
    // Held against what a page embeds, never against what it fetches with CORS.
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});

import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { Person } from '../support/builders.js';
import { type Stored, storedIn } from './access/stored.js';
import { json, type Sent, send } from './hostile/wire.js';

const paths = {
  '/livez': ['GET', 'HEAD'],
  '/readyz': ['GET', 'HEAD'],
  '/api/v1/health': ['GET', 'HEAD'],
  '/api/v1/auth/register': ['POST'],
  '/api/v1/auth/login': ['POST'],
  '/api/v1/auth/token/refresh': ['POST'],
  '/api/v1/auth/logout': ['POST'],
  '/api/v1/auth/profile': ['GET', 'HEAD', 'PATCH'],
  '/api/v1/auth/change-password': ['POST'],
  '/api/v1/notifications/unsubscribe': ['GET', 'HEAD', 'POST'],
};

/** The texts of each body, as a whole body that would be taken. */
const bodied: Array<[path: string, whole: Record<string, string>, method?: string]> = [
  [
    '/api/v1/auth/register',
    {
      email: 'hostile@example.com',
      password: 'correct horse battery',
      user_type: 'buyer',
      first_name: 'A',
      last_name: 'B',
      phone: '1',
    },
  ],
  ['/api/v1/auth/login', { email: 'hostile@example.com', password: 'correct horse battery' }],
  ['/api/v1/auth/token/refresh', { refresh: 'x' }],
  ['/api/v1/auth/logout', { refresh: 'x' }],
  ['/api/v1/auth/change-password', { current_password: 'one of mine', new_password: 'another of mine' }],
  [
    '/api/v1/auth/profile',
    { first_name: 'A', last_name: 'B', phone: '1', city: 'C', state: 'D', postal_code: 'E' },
    'PATCH',
  ],
];

describe.each(databaseKinds)('hostile requests to REST on %s', (kind) => {
  const app = useApp(kind);
  let person: Person;
  let before: Stored;

  beforeAll(async () => {
    person = await app.build.buyer();
    before = await storedIn(app);
  });

  afterEach(async () => {
    expect(await storedIn(app)).toEqual(before);
    expect((await send(app, '/api/v1/health/', { method: 'GET' })).body).toMatchObject({ status: 'healthy' });
  });

  const post = (path: string, body: unknown, sent: Sent = {}) =>
    send(app, path, {
      method: sent.method ?? 'POST',
      headers: { ...json, authorization: `Bearer ${person.token}`, ...sent.headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each([
    '/api/v1/nothing',
    '/api/v1/auth/nothing/',
    '/api/v1/',
    '/api/v2/health/',
    '/nothing',
    '/api/v1/../../etc/passwd',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/auth/login/../nothing',
    `/api/v1/${'x'.repeat(8_000)}`,
    '/api/v1/%00',
    '//evil.example.com/',
  ])('tells an unknown path as JSON: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await send(app, path, { method });
      expect([status, body]).toEqual([404, { detail: 'Not found.', status_code: 404 }]);
    }
  });

  it('tells a path that is no path', async () => {
    for (const path of ['/api/v1/%', '/%E0%A4%A', '/api/v1/auth/%zz/']) {
      const { status, body } = await send(app, path, { method: 'GET' });
      expect([status, body]).toEqual([400, { detail: expect.any(String), status_code: 400 }]);
    }
  });

  it.each(Object.entries(paths))(
    '%s takes its own methods only, with and without the slash',
    async (path, own) => {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const answers = [await send(app, path, { method }), await send(app, `${path}/`, { method })];
        for (const { status, body, headers } of answers) {
          if (own.includes(method)) expect(status).not.toBe(405);
          else if (method === 'HEAD') expect(status).toBe(405);
          else {
            const detail = `Method "${method}" not allowed.`;
            expect([status, body, headers.allow]).toEqual([
              405,
              { detail, status_code: 405 },
              own.join(', '),
            ]);
          }
        }
      }
    },
  );

  it.each(Object.entries(paths))('%s says what it takes, asked by OPTIONS', async (path, own) => {
    for (const asked of [path, `${path}/`]) {
      const { status, body, headers } = await send(app, asked, { method: 'OPTIONS' });
      expect([status, body, headers.allow]).toEqual([204, '', own.join(', ')]);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    const headers = { authorization: `Bearer ${person.token}` };
    for (const path of ['/api/v1/health/', '/api/v1/auth/profile/', '/api/v1/auth/profile']) {
      const got = await send(app, path, { method: 'GET', headers });
      const head = await send(app, path, { method: 'HEAD', headers });
      expect([head.status, head.body]).toEqual([got.status, '']);
      expect(head.headers['content-length']).toBe(got.headers['content-length']);
      expect(head.headers['content-type']).toBe(got.headers['content-type']);
    }
  });

  it('says with a 401 how to sign in', async () => {
    const answer = await send(app, '/api/v1/auth/profile/', { method: 'GET' });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it.each(bodied)('%s refuses each field of a wrong type', async (path, whole, method) => {
    for (const field of Object.keys(whole)) {
      for (const value of [1, true, [], {}, [whole[field]], { $ne: null }]) {
        const { status, body } = await post(path, { ...whole, [field]: value }, { method });
        expect([status, body]).toEqual([400, { [field]: ['Not a valid string.'], status_code: 400 }]);
      }
    }
  });

  it.each(bodied)('%s refuses texts that no database should see', async (path, whole, method) => {
    for (const field of Object.keys(whole)) {
      for (const value of ['a\u0000b', 'a\ud800b', 'x'.repeat(90_000), "' or 1=1 --"]) {
        if (value.includes("'") && /name|phone|password|city|state|postal/.test(field)) continue;
        const { status, body } = await post(path, { ...whole, [field]: value }, { method });
        expect([400, 401]).toContain(status);
        expect(body).toMatchObject({ status_code: status });
        if (path.endsWith('register')) expect(Object.keys(body as object)).toEqual([field, 'status_code']);
      }
    }
  });

  it.each(bodied)('%s refuses what is no JSON object', async (path, _whole, method) => {
    const broken = [
      '',
      '{',
      'NaN',
      '{"email": NaN}',
      '{"__proto__": {"a": 1}}',
      '{"constructor": {"prototype": {}}}',
    ];
    for (const body of broken) {
      const answer = await post(path, body, { method });
      expect([answer.status, answer.body]).toEqual([400, { detail: expect.any(String), status_code: 400 }]);
    }
    for (const body of ['[]', '"x"', '1', 'null', 'true']) {
      const answer = await post(path, body, { method });
      expect([answer.status, answer.body]).toEqual([
        400,
        { non_field_errors: [expect.stringContaining('Expected a dictionary')], status_code: 400 },
      ]);
    }
  });

  it.each(bodied)('%s refuses other types of body with 415', async (path, whole, method) => {
    for (const type of ['application/xml', 'multipart/form-data; boundary=x', 'text/plain', 'rubbish']) {
      const answer = await post(path, whole, { method, headers: { 'content-type': type } });
      expect([answer.status, answer.body]).toEqual([415, { detail: expect.any(String), status_code: 415 }]);
    }
  });

  it.each(bodied)('%s refuses 10 MB with 413', async (path, whole, method) => {
    const { status, body } = await post(path, { ...whole, more: 'x'.repeat(10_000_000) }, { method });
    expect([status, body]).toEqual([413, { detail: expect.any(String), status_code: 413 }]);
  });

  it('refuses a Host that is none, and headers without end', async () => {
    const answer = await send(app, '/api/v1/health/', { method: 'GET', headers: { host: 'a b' } });
    expect([answer.status, answer.body]).toEqual([
      400,
      { detail: 'The Host header is malformed.', status_code: 400 },
    ]);
    const headers = { cookie: 'x'.repeat(17_000) };
    expect((await send(app, '/api/v1/health/', { method: 'GET', headers })).status).toBe(431);
  });
});

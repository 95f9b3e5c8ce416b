import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinoLogger } from '../../../src/platform/logger/pino-logger.js';
import { databaseKinds, type TestApp, testSecret, useApp } from '../../support/app.js';
import { RawSocket } from '../../support/raw-socket.js';
import { graphql, json, send } from '../hostile/wire.js';

const EMAIL = 'Bea.Secretive@example.com';
const PASSWORD = 'nobody-may-read-this-1';
const WRONG_PASSWORD = 'nor-this-wrong-one-2';
const BROKEN_EMAIL = 'breaks.the.database@example.com';

interface Line {
  level: number;
  msg: string;
  requestId?: string;
  method?: string;
  path?: string;
  status?: number;
  ms?: number;
  err?: { type: string; message: string; stack: string };
}

const REGISTER = `mutation ($input: RegisterInput!) {
  register(input: $input) { tokens { accessToken refreshToken } }
}`;
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken } } }`;
const REFRESH =
  'mutation ($input: RefreshTokenInput!) { refreshToken(input: $input) { tokens { accessToken } } }';

describe.each(databaseKinds)('the log on %s', (kind) => {
  const written: string[] = [];
  const app = useApp(kind, {
    adapters: { log: pinoLogger('debug', { write: (line) => void written.push(line) }) },
  });
  const secrets = [EMAIL, BROKEN_EMAIL, PASSWORD, WRONG_PASSWORD, testSecret];
  let lines: Line[];
  let broken: string;

  beforeAll(async () => {
    const tokens = await comeAndGo(app);
    secrets.push(...tokens, ...tokens.map((token) => token.split('.')[2] as string));
    await sendRubbish(app, tokens);
    await talkRubbish(app, tokens);
    broken = await breakTheDatabase(app);
    lines = written.map((line) => JSON.parse(line));
  });
  afterAll(() => expect(secrets.length).toBeGreaterThan(8));

  it('has no address, password, token or secret in any line', () => {
    const all = written.join('').toLowerCase();
    for (const secret of secrets) {
      expect(all).not.toContain(secret.toLowerCase());
      expect(all).not.toContain(encodeURIComponent(secret).toLowerCase());
    }
    expect(all).not.toContain('$argon2');
    expect(all).not.toContain('secretive');
  });

  it('has one line for each request: what was asked, what came of it, and no query', () => {
    const requests = lines.filter(({ msg }) => msg === 'request');
    for (const request of requests) {
      expect(request).toEqual({
        level: 20,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        method: expect.stringMatching(/^[A-Z]+$/),
        path: expect.stringMatching(/^\/[^?]*$/),
        status: expect.any(Number),
        ms: expect.any(Number),
        msg: 'request',
      });
    }
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length);
    const count = (path: string, status: number) =>
      requests.filter((request) => request.path === path && request.status === status).length;
    expect(count('/api/v1/auth/login/', 401)).toBe(1);
    expect(count('/api/v1/health/', 200)).toBe(1);
    expect(count('/people/[address]', 404)).toBe(1);
  });

  it('tells of an error in the database under the id that the client has, and with the place where it arose', () => {
    const [line, ...more] = lines.filter(({ requestId, level }) => requestId === broken && level >= 40);
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: 50,
      msg: 'an operation failed',
      path: ['register'],
      err: { message: expect.stringContaining('cannot keep'), stack: expect.stringContaining('    at ') },
    });
  });

  it('has no other warning or error: what clients do wrong is none of the system’s', () => {
    expect(lines.filter(({ level, requestId }) => level >= 40 && requestId !== broken)).toEqual([]);
  });
});

/** Signs up, in and out, rightly and wrongly, by both APIs. */
async function comeAndGo(app: TestApp): Promise<string[]> {
  const tokens: string[] = [];
  const keep = (answer: { accessToken: string; refreshToken: string }) =>
    tokens.push(answer.accessToken, answer.refreshToken);
  const input = { email: EMAIL, password: PASSWORD, userType: 'BUYER' };
  keep((await app.ok<{ register: { tokens: never } }, object>(REGISTER, { input })).register.tokens);
  const credentials = { email: EMAIL, password: PASSWORD };
  keep((await app.ok<{ login: { tokens: never } }, object>(LOGIN, { input: credentials })).login.tokens);
  await app.request(REGISTER, { input });
  await app.request(LOGIN, { input: { ...credentials, password: WRONG_PASSWORD } });
  await app.request('{ me { id } }', {}, { token: `${tokens[0]}x` });
  for (let n = 0; n < 2; n++) await app.request(REFRESH, { input: { refreshToken: tokens[1] } });
  const login = { headers: json, body: JSON.stringify({ email: EMAIL, password: WRONG_PASSWORD }) };
  await send(app, '/api/v1/auth/login/', login);
  return tokens;
}

async function sendRubbish(app: TestApp, [token = '']: string[]): Promise<void> {
  const said = `${EMAIL} ${PASSWORD} ${token}`;
  const headers = { authorization: `Bearer ${token}`, cookie: `session=${token}` };
  await graphql(app, `{"query":"${said}`, headers);
  await graphql(app, { query: `{ ${said} }` }, headers);
  await graphql(app, { query: `{ nothing(password: "${PASSWORD}", email: "${EMAIL}") }` }, headers);
  await graphql(app, { query: LOGIN, variables: { input: said } }, headers);
  await send(app, '/api/v1/auth/login/', {
    headers: { ...json, ...headers },
    body: `{"password":"${PASSWORD}`,
  });
  await send(app, `/api/v1/health/?email=${EMAIL}&token=${token}`, { method: 'GET', headers });
  await send(app, `/people/${encodeURIComponent(EMAIL)}?${PASSWORD}`, { method: 'GET', headers });
  await send(app, `/graphql?query={me{id}}&access_token=${token}`, { method: 'GET', headers });
  const multipart = { 'content-type': 'multipart/form-data; boundary=x', 'apollo-require-preflight': '1' };
  await send(app, '/graphql', { headers: { ...headers, ...multipart }, body: `--x\r\n\r\n${said}\r\n--x--` });
  await send(app, '/graphql', {
    headers: { ...headers, ...multipart },
    body: `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${said}\r\n--x--\r\n`,
  });
}

async function talkRubbish(app: TestApp, [token = '']: string[]): Promise<void> {
  const said = `${EMAIL} ${PASSWORD} ${token}`;
  for (const message of [
    said,
    { type: said },
    { type: 'next', id: said, payload: { data: said } },
    Buffer.from([0xff]),
  ]) {
    const socket = await RawSocket.ready(app, token);
    socket.send(message);
    await socket.closing();
  }
  const refused = await RawSocket.open(app);
  refused.send({
    type: 'connection_init',
    payload: { authorization: `Bearer ${token}x`, password: PASSWORD },
  });
  await refused.closing();
  const socket = await RawSocket.ready(app, token);
  socket.subscribe('1', LOGIN, { input: { email: EMAIL, password: WRONG_PASSWORD } });
  await socket.answer('1');
  socket.subscribe('2', `{ ${said} }`);
  await socket.answer('2');
  socket.terminate();
}

/** A row that the database will not keep, and says so, values and all. Returns the id of the request that met it. */
async function breakTheDatabase(app: TestApp): Promise<string> {
  const db = app.orm.em.fork().getKysely();
  if (app.kind === 'sqlite') {
    await sql`create trigger spiteful before insert on users when new.email like 'breaks%' begin
      select raise(abort, 'cannot keep ' || new.email || ', hash ' || new.password_hash); end`.execute(db);
  } else {
    await sql`create function spite() returns trigger language plpgsql as $$ begin
      if new.email like 'breaks%' then
        raise exception 'cannot keep %, hash %', new.email, new.password_hash using detail = 'All of it: ' || new.email;
      end if; return new; end $$`.execute(db);
    await sql`create trigger spiteful before insert on users for each row execute function spite()`.execute(
      db,
    );
  }
  const { headers, body } = await graphql(app, {
    query: REGISTER,
    variables: { input: { email: BROKEN_EMAIL, password: PASSWORD, userType: 'BUYER' } },
  });
  expect(body).toMatchObject({ errors: [{ message: 'Internal server error.' }] });
  return String(headers['x-request-id']);
}

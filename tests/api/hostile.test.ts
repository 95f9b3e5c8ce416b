import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { BuiltNegotiation } from '../support/builders.js';
import { type Stored, storedIn } from './access/stored.js';
import { graphql, json, refusalIn, send } from './hostile/wire.js';

const TEN_MEGABYTES = 10_000_000;
const START = `mutation ($input: StartNegotiationInput!) { startNegotiation(input: $input) { offer { id } } }`;
const BAD = [400, 'BAD_USER_INPUT'];

const nested = (levels: number) =>
  `{ dealers { nodes ${'{ vehicles(first: 1) { nodes { dealer '.repeat(levels)}{ id }${' } } }'.repeat(levels)} } }`;

describe.each(databaseKinds)('hostile requests to /graphql on %s', (kind) => {
  const app = useApp(kind);
  let negotiation: BuiltNegotiation;
  let before: Stored;

  beforeAll(async () => {
    negotiation = await app.build.negotiation();
    before = await storedIn(app);
  });

  afterEach(async () => {
    expect(await storedIn(app)).toEqual(before);
    const answer = await app.ok('{ dealers { totalCount } me { id } }', {}, negotiation.buyer);
    expect(answer).toEqual({ dealers: { totalCount: 1 }, me: { id: negotiation.buyer.id } });
  });

  it.each([
    ['broken JSON', '{"query": "{ __typename }"'],
    ['NaN', '{"query": "{ __typename }", "variables": {"a": NaN}}'],
    ['Infinity', '{"query": "{ __typename }", "variables": {"a": Infinity}}'],
    ['no JSON at all', 'query { __typename }'],
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"{ __typename }"'],
    ['a number', '1'],
    ['an empty object', '{}'],
    ['a batch', '[{"query": "{ __typename }"}, {"query": "{ __typename }"}]'],
    ['an empty batch', '[]'],
    ['a byte order mark and rubbish', '\ufeff{'],
    [
      '__proto__ in the variables',
      '{"query": "{ __typename }", "variables": {"__proto__": {"admin": true}}}',
    ],
    ['__proto__ escaped', '{"query": "{ __typename }", "variables": {"\\u005f_proto__": {"admin": true}}}'],
    [
      'constructor.prototype in the variables',
      '{"query": "{ __typename }", "variables": {"constructor": {"prototype": {"admin": true}}}}',
    ],
  ])('refuses %s', async (_name, body) => {
    expect(refusalIn(await graphql(app, body))).toEqual(BAD);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it.each([
    ['a query that is a number', { query: 1 }],
    ['a query that is a list', { query: ['{ __typename }'] }],
    ['a query that is empty', { query: '' }],
    ['a query that is null', { query: null }],
    ['variables that are a text', { query: '{ __typename }', variables: 'x' }],
    ['variables that are a list', { query: '{ __typename }', variables: [1] }],
    ['extensions that are a text', { query: '{ __typename }', extensions: 'x' }],
    ['an operationName that is a number', { query: 'query A { __typename }', operationName: 1 }],
    ['an unknown operationName', { query: 'query A { __typename }', operationName: 'B' }],
    ['two operations and no name', { query: 'query A { __typename } query B { __typename }' }],
    ['an unfinished document', { query: '{ dealers { nodes { id }' }],
    ['a document of control characters', { query: '\u0000{ __typename }' }],
    ['a missing variable', { query: START, variables: {} }],
    ['an empty input', { query: START, variables: { input: {} } }],
    ['a list for an input', { query: START, variables: { input: [] } }],
    ['a text for an input', { query: START, variables: { input: 'x' } }],
    ['more than 2,000 tokens', { query: `{ ${'a: __typename '.repeat(1_000)} }` }],
    [
      'brackets without end',
      { query: `{ vehicles(filter: { makes: ${'['.repeat(40_000)} }) { totalCount } }` },
    ],
    ['braces without end', { query: '{a'.repeat(40_000) }],
    [
      'fragments in a circle',
      { query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }' },
    ],
    ['an unknown fragment', { query: '{ ...A }' }],
    ['an unknown directive', { query: '{ __typename @a @b @c }' }],
    [
      'an unknown persisted query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    ],
    ['a broken persisted query', { extensions: { persistedQuery: 'x' } }],
  ])('refuses %s', async (_name, body) => {
    const [status, ...codes] = refusalIn(await graphql(app, body));
    // A persisted query that is not there is asked for again under the same status, by the rules of that protocol.
    expect([200, 400]).toContain(status);
    expect([...new Set(codes)]).toEqual(['BAD_USER_INPUT']);
  });

  it('says where subscriptions are served', async () => {
    const { status, body } = await graphql(app, { query: 'subscription { offerReceived { id } }' });
    const extensions = { code: 'BAD_USER_INPUT', statusCode: 400, requestId: expect.any(String) };
    expect(body).toEqual({ errors: [{ message: 'Subscriptions are served over WebSocket.', extensions }] });
    expect(status).toBe(400);
  });

  it('refuses fields and input fields that do not exist', async () => {
    const { vehicle } = negotiation;
    const input = { vehicleId: vehicle.id, amount: '15000.00', status: 'ACCEPTED' };
    expect(refusalIn(await graphql(app, { query: START, variables: { input } }))).toEqual(BAD);
    expect(refusalIn(await graphql(app, { query: '{ me { passwordHash } }' }))).toEqual(BAD);
  });

  it.each(['1e400', '-1e400', '1e-7', '15000.001', '-1', '0.1e2', '99999999999'])(
    'refuses the amount %s as a JSON number',
    async (amount) => {
      const vehicle = JSON.stringify(negotiation.vehicle.id);
      const body = `{"query": ${JSON.stringify(START)}, "variables": {"input": {"vehicleId": ${vehicle}, "amount": ${amount}}}}`;
      const headers = { authorization: `Bearer ${negotiation.buyer.token}` };
      const [status, code] = refusalIn(await graphql(app, body, headers));
      // 0.1e2 is the number 1: less than any offer may be.
      if (amount === '0.1e2') expect([status, code]).toEqual([200, 'ALREADY_NEGOTIATING']);
      else expect([status, code]).toEqual(BAD);
    },
  );

  it('takes the last of two equal keys, as JSON does', async () => {
    const { status, body } = await graphql(app, '{"query": "{ a }", "query": "{ __typename }"}');
    expect([status, body]).toEqual([200, { data: { __typename: 'Query' } }]);
  });

  it('refuses a document that goes deeper and deeper', async () => {
    const { status, body } = await graphql(app, { query: nested(2) });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain(negotiation.dealer.dealerId);
    expect(refusalIn(await graphql(app, { query: nested(3) }))).toEqual(BAD);
    expect(refusalIn(await graphql(app, { query: nested(100) }))).toEqual(BAD);
  });

  it('refuses 10 MB with 413, announced or not', async () => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(TEN_MEGABYTES) } });
    const tooLarge = [413, 'PAYLOAD_TOO_LARGE'];
    expect(refusalIn(await graphql(app, body))).toEqual(tooLarge);
    expect(refusalIn(await send(app, '/graphql', { headers: json, body, chunked: true }))).toEqual(tooLarge);
    const justOver = body.slice(0, 100 * 1024 + 1);
    expect(refusalIn(await graphql(app, justOver))).toEqual(tooLarge);
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'rubbish',
  ])('refuses a body of type %s', async (type) => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const [status, code] = refusalIn(
      await send(app, '/graphql', { headers: { 'content-type': type }, body }),
    );
    expect([`415 UNSUPPORTED_MEDIA_TYPE`, `400 BAD_USER_INPUT`]).toContain(`${status} ${code}`);
  });

  it('refuses requests that a foreign page could send', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    expect(refusalIn(await send(app, path, { method: 'GET' }))).toEqual(BAD);
    expect(refusalIn(await send(app, '/graphql'))).toEqual(BAD);
    const preflight = { 'apollo-require-preflight': 'true' };
    expect((await send(app, path, { method: 'GET', headers: preflight })).status).toBe(200);
    const mutation = `/graphql?query=${encodeURIComponent('mutation { markAllNotificationsRead { count } }')}`;
    const headers = { ...preflight, authorization: `Bearer ${negotiation.buyer.token}` };
    expect(refusalIn(await send(app, mutation, { method: 'GET', headers }))).toEqual([405, 'BAD_USER_INPUT']);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('refuses %s', async (method) => {
    const answer = await send(app, '/graphql', {
      method,
      headers: json,
      body: '{"query": "{ __typename }"}',
    });
    expect(refusalIn(answer)).toEqual([405, 'BAD_USER_INPUT']);
    expect(answer.headers.allow).toBe('GET, POST');
  });

  it.each(['a b', 'a:99999', '[', 'a/b', '<script>', 'a@b@c'])('refuses the Host "%s"', async (host) => {
    const answer = await send(app, '/graphql', {
      headers: { ...json, host },
      body: '{"query": "{ __typename }"}',
    });
    if (host === 'a/b' || host === 'a@b@c') expect(answer.status).toBeLessThan(500);
    else expect(refusalIn(answer)).toEqual(BAD);
  });

  it.each([
    ['empty', ''],
    ['of another scheme', 'Basic YTpi'],
    ['without a token', 'Bearer '],
    ['no token', 'Bearer x'],
    ['of three dots', 'Bearer ..'],
    ['unsigned', `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
    ['very long', `Bearer ${'a'.repeat(12_000)}`],
    ['of letters beyond ASCII', 'Bearer \u00e9\u00ff'],
  ])(
    'refuses an Authorization that is %s, but only where somebody is needed',
    async (_name, authorization) => {
      const headers = { authorization };
      const open = await graphql(app, { query: '{ me { id } dealers { totalCount } }' }, headers);
      expect(open.body).toEqual({ data: { me: null, dealers: { totalCount: 1 } } });
      const closed = await graphql(app, { query: '{ negotiations { totalCount } }' }, headers);
      expect(refusalIn(closed)).toEqual([200, 'UNAUTHENTICATED']);
    },
  );

  it('refuses headers of more than 16 KiB with 431', async () => {
    const headers = { authorization: `Bearer ${'a'.repeat(17_000)}` };
    expect((await graphql(app, { query: '{ __typename }' }, headers)).status).toBe(431);
  });
});

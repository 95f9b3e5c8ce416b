import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinoLogger } from '../../../src/platform/logger/pino-logger.js';
import { OtlpExporter } from '../../../src/platform/tracing/exporter.js';
import { Tracing } from '../../../src/platform/tracing/tracing.js';
import { databaseKinds, type TestApp, testLog, useApp } from '../../support/app.js';
import { type CollectedSpan, Collector } from '../../support/collector.js';
import { until, useLive } from '../../support/live.js';

const MARKET = 'query Market { vehicles(first: 1) { edges { node { id dealer { businessName } } } } }';
const LOGIN = 'mutation Enter($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }';
const SEND = 'mutation Say($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }';
const EVENTS =
  'subscription Events($id: ID!) { negotiationEvents(negotiationId: $id, after: 0) { sequence negotiation { status vehicle { make } } } }';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const SECRET_TEXT = 'Would you take a hundred less for it?';

interface Line {
  readonly msg: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** A collector that is there before the system and after it. */
function useCollector(): Collector {
  const collector = new Collector();
  beforeAll(() => collector.start());
  afterAll(() => collector.stop());
  return collector;
}

function tracingTo(collector: Collector, ratio = 1) {
  return {
    serviceName: 'carnegotiate-tests',
    ratio,
    get endpoint() {
      return collector.endpoint;
    },
  };
}

function post(app: TestApp, body: object, headers: Record<string, string>): Promise<Response> {
  const init = { 'content-type': 'application/json', ...headers };
  return fetch(`${app.url}/graphql`, { method: 'POST', headers: init, body: JSON.stringify(body) });
}

describe.each(databaseKinds)('traces on %s', (kind) => {
  const collector = useCollector();
  const written: string[] = [];
  const app = useApp(kind, {
    config: { tracing: tracingTo(collector) },
    adapters: { log: pinoLogger('debug', { write: (line) => void written.push(line) }) },
  });
  const live = useLive(app);
  const secrets: string[] = [SECRET_TEXT];
  let requestId: string | null;
  const only = (name: string): CollectedSpan => {
    const spans = collector.named(name);
    expect(spans).toHaveLength(1);
    return spans[0] as CollectedSpan;
  };

  beforeAll(async () => {
    const negotiation = await app.build.negotiation();
    const { buyer } = negotiation;
    secrets.push(buyer.email, buyer.password, buyer.token, negotiation.id);
    const market = await post(
      app,
      { query: MARKET },
      { traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'vendor=whatever-a-stranger-writes' },
    );
    requestId = market.headers.get('x-request-id');
    const { login } = await app.ok<{ login: { tokens: { accessToken: string } } }, object>(LOGIN, {
      input: { email: buyer.email, password: buyer.password },
    });
    secrets.push(login.tokens.accessToken);
    await app.request('query Broken { nothing }');
    const following = live.client(buyer).follow(EVENTS, { id: negotiation.id });
    await following.take(1);
    const input = { negotiationId: negotiation.id, body: SECRET_TEXT, clientMutationId: 'm1' };
    await app.ok(SEND, { input }, { token: buyer.token });
    await following.take(2);
    await fetch(`${app.url}/api/v1/health/`);
    await fetch(`${app.url}/livez`);
    await fetch(`${app.url}/api/v1/auth/profile/`, { headers: { authorization: `Bearer ${buyer.token}` } });
    for (const name of ['lapse-offers', 'send-mails']) {
      await app.system.jobs.find((job) => job.name === name)?.run(app.system.makeCtx());
    }
    await until('all spans', () => collector.named('job send-mails').length > 0);
  });

  it('have one tree for a request, from HTTP over GraphQL to SQL, in the trace of who asked', () => {
    const operation = only('query Market');
    const request = collector.spans.find(({ spanId }) => spanId === operation.parentSpanId) as CollectedSpan;
    expect(request).toMatchObject({ name: 'POST /graphql', traceId: TRACE, parentSpanId: CALLER, kind: 2 });
    expect(request.service).toBe('carnegotiate-tests');
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'carnegotiate.request_id': requestId,
    });
    expect(operation.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Market',
    });
    const statements = collector.childrenOf(operation);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      expect(statement).toMatchObject({ name: 'SELECT', traceId: TRACE, kind: 3 });
      expect(statement.attributes).toMatchObject({ 'db.system.name': kind, 'db.operation.name': 'SELECT' });
      expect(statement.attributes['db.query.text']).toMatch(/^select .+ from /s);
    }
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toHaveLength(2 + statements.length);
  });

  it('take nothing else of a caller', () => {
    expect(collector.bodies.join('')).not.toContain('whatever-a-stranger-writes');
    expect(collector.named('POST /graphql').filter(({ traceState }) => traceState)).toEqual([]);
  });

  it('have a transaction in the tree of its mutation', () => {
    const names = collector.childrenOf(only('mutation Say')).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['BEGIN', 'INSERT', 'UPDATE', 'COMMIT']));
  });

  it('say that an operation has failed, and not how', () => {
    const failed = collector.spans.filter(({ status }) => status === 2);
    expect(failed.map(({ name }) => name)).toEqual(['graphql']);
    expect(failed[0]?.attributes).toEqual({});
  });

  it('have REST requests with their statements, and nothing of probes', () => {
    expect(collector.childrenOf(only('GET /api/v1/auth/profile')).map(({ name }) => name)).toContain(
      'SELECT',
    );
    expect(collector.spans.filter(({ name }) => /health|livez/.test(name))).toEqual([]);
  });

  it('have operations on sockets, and a trace of its own for each event', () => {
    const subscription = only('subscription Events');
    expect(subscription).toMatchObject({ parentSpanId: undefined, kind: 2 });
    const events = collector.named('event negotiationEvents');
    expect(events).toHaveLength(2);
    for (const event of events) expect(event.parentSpanId).toBe(undefined);
    expect(new Set([subscription, ...events].map(({ traceId }) => traceId)).size).toBe(3);
    expect(events.flatMap((event) => collector.childrenOf(event)).map(({ name }) => name)).toContain(
      'SELECT',
    );
  });

  it('have jobs, with what they do', () => {
    expect(collector.childrenOf(only('job lapse-offers')).map(({ name }) => name)).toContain('SELECT');
    expect(only('job send-mails').parentSpanId).toBe(undefined);
  });

  it('have no address, password, token, id or variable of anybody', () => {
    const all = collector.bodies.join('\n');
    for (const secret of secrets) expect(all).not.toContain(secret);
    expect(all).not.toContain('@example');
  });

  it('are named by the lines of the log, besides the request', () => {
    const lines = written.map((line) => JSON.parse(line) as Line);
    const line = lines.find((one) => one.requestId === requestId && one.msg === 'request');
    expect(line?.traceId).toBe(TRACE);
    expect(collector.spans.map(({ spanId }) => spanId)).toContain(line?.spanId);
    expect(lines.filter(({ msg }) => msg === 'listening')[0]?.traceId).toBe(undefined);
  });
});

describe('where nobody is to be traced', () => {
  const collector = useCollector();
  const app = useApp('sqlite', { config: { tracing: tracingTo(collector, 0) } });

  it('nothing is sent, whatever a caller asks for', async () => {
    const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
    expect((await post(app, { query: MARKET }, headers)).status).toBe(200);
    await app.system.eyes.close();
    expect(collector.bodies).toEqual([]);
  });
});

describe('without an endpoint', () => {
  const app = useApp('sqlite');

  it('there is nothing that could trace', () => {
    expect(app.system.eyes.tracing).toBe(null);
  });
});

describe('a collector', () => {
  it('that is away is told of once, costs no stop its time, and is told of when it is back', async () => {
    const collector = new Collector();
    await collector.start();
    await collector.stop();
    const said: string[] = [];
    const say = (_details: object, message: string) => void said.push(message);
    const exporter = new OtlpExporter(collector.endpoint, { ...testLog, warn: say, info: say }, 100);
    const send = () => new Promise<number>((resolve) => exporter.export([], ({ code }) => resolve(code)));
    expect(await send()).toBe(1);
    expect(await send()).toBe(1);
    expect(said).toEqual(['spans cannot be sent']);
    await collector.start();
    expect(await send()).toBe(0);
    expect(said).toEqual(['spans cannot be sent', 'spans are sent again']);
    await collector.stop();
    await exporter.shutdown();
  });

  it('that takes what it is sent and never answers holds up a stop for no longer than it may', async () => {
    const exporter = {
      export: () => undefined,
      shutdown: () => new Promise<void>(() => undefined),
    };
    const tracing = new Tracing({
      serviceName: 'x',
      ratio: 1,
      exporter,
      databaseSystem: 'sqlite',
      patienceMs: 100,
    });
    for (let n = 0; n < 10_000; n++) tracing.root('x', 0, {}).end();
    const startedAt = performance.now();
    await tracing.close();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

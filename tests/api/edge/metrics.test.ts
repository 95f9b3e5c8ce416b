import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, type TestApp, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { useLive } from '../../support/live.js';
import { type Family, parseMetrics, sampleOf } from '../../support/metrics.js';

const TOKEN = 'only-prometheus-knows-this';
const METRICS = { port: 0, host: '127.0.0.1', token: TOKEN };
const PATIENT = {
  loginFailures: 1,
  loginFailuresPerIp: 1_000,
  registrationsPerIp: 1_000,
  mailRequests: 1_000,
  mailRequestsPerIp: 1_000,
};

const MARKET = 'query Market { vehicles(first: 1) { edges { node { id } } } }';
const EVENTS = `subscription Events($id: ID!) {
  negotiationEvents(negotiationId: $id, after: 0) { sequence }
}`;
const SEND = `mutation Say($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }`;
const LOGIN = 'mutation Enter($input: LoginInput!) { login(input: $input) { user { id } } }';
const AVATAR = 'mutation Show($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { id } } }';

async function metricsOf(app: TestApp): Promise<Map<string, Family>> {
  const response = await fetch(app.metricsUrl);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(await response.text());
}

function byToken(app: TestApp, token?: string): Promise<Response> {
  return fetch(`${app.url}/metrics`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
}

describe.each(databaseKinds)('metrics on %s', (kind) => {
  const app = useApp(kind, { config: { metrics: METRICS, throttles: PATIENT } });
  const live = useLive(app);
  let text: string;
  let metrics: Map<string, Family>;
  const people: string[] = [];
  const value = (name: string, labels?: Record<string, string>) =>
    sampleOf(metrics, `carnegotiate_${name}`, labels);

  beforeAll(async () => {
    const negotiation = await app.build.negotiation();
    const { buyer, dealer } = negotiation;
    people.push(buyer.email, dealer.email, buyer.id, dealer.id, negotiation.id, negotiation.vehicle.vin);
    for (let time = 0; time < 4; time++) await app.ok(MARKET);
    for (let n = 0; n < 20; n++) await app.ok(`query Invented${n} { __typename }`);
    await app.request('query Market { nothingOfTheKind }');
    for (let time = 0; time < 2; time++) {
      await app.request(LOGIN, { input: { email: buyer.email, password: 'wrong, all of it' } });
    }
    await app.request(AVATAR, { input: { file: new Blob(['no picture at all']) } }, { token: buyer.token });
    await fetch(`${app.url}/there/is/no/such/path`);
    const following = live.client(buyer).follow(EVENTS, { id: negotiation.id });
    await following.take(1);
    const input = { negotiationId: negotiation.id, body: 'Is it still there?', clientMutationId: 'm1' };
    await app.ok(SEND, { input }, { token: buyer.token });
    await following.take(2);
    app.clock.advance(49 * HOUR);
    const response = await fetch(app.metricsUrl);
    text = await response.text();
    metrics = parseMetrics(text);
  });

  it('count requests by route, and paths that lead nowhere as one', () => {
    expect(
      value('http_requests_total', { method: 'POST', route: '/graphql', status: '200' }),
    ).toBeGreaterThan(20);
    expect(value('http_requests_total', { method: 'GET', route: 'none', status: '404' })).toBe(1);
    expect(value('http_request_duration_seconds_count', { route: '/graphql' })).toBeGreaterThan(20);
  });

  it('count operations by name once the name has earned it, whatever strangers invent', () => {
    const market = { type: 'query', transport: 'http', outcome: 'ok' };
    expect(value('graphql_operations_total', { ...market, name: 'Market' })).toBe(2);
    expect(value('graphql_operations_total', { ...market, name: 'other' })).toBe(22);
    expect(value('graphql_operation_duration_seconds_count', { type: 'query', name: 'Market' })).toBe(2);
    expect(text).not.toContain('Invented');
  });

  it('count errors by the code that clients are told, over HTTP and WebSocket', () => {
    expect(value('errors_total', { code: 'BAD_USER_INPUT' })).toBe(1);
    expect(value('errors_total', { code: 'INVALID_CREDENTIALS' })).toBe(1);
    expect(value('errors_total', { code: 'RATE_LIMITED' })).toBe(1);
    expect(value('errors_total', { code: 'UNSUPPORTED_MEDIA_TYPE' })).toBe(1);
    expect(value('errors_total', { code: 'NOT_FOUND' })).toBe(undefined);
    expect(value('rate_limit_refusals_total', { rule: 'login-failures' })).toBe(1);
  });

  it('count what lies with the database, with the files and with the passwords', () => {
    expect(value('sql_statement_duration_seconds_count', { kind: 'select' })).toBeGreaterThan(10);
    expect(value('sql_statement_duration_seconds_count', { kind: 'commit' })).toBeGreaterThan(0);
    expect(value('sql_statement_failures_total')).toBe(undefined);
    expect(value('database_up')).toBe(1);
    const pool = value('database_pool_connections', { server: 'primary', state: 'idle' });
    if (kind === 'postgresql') expect(pool).toBeGreaterThan(0);
    else expect(pool).toBe(undefined);
    expect(value('upload_files_total')).toBe(1);
    expect(value('upload_bytes_total')).toBe('no picture at all'.length);
    expect(value('password_hashes_running')).toBe(0);
    expect(value('password_hashes_waiting')).toBe(0);
  });

  it('count sockets, who follows on them, and what they are sent', () => {
    expect(value('sockets_open')).toBe(1);
    expect(value('subscriptions_running', { field: 'negotiationEvents' })).toBe(1);
    expect(value('streams_followed')).toBe(1);
    expect(value('stream_followers')).toBe(1);
    expect(value('subscription_events_total', { field: 'negotiationEvents' })).toBe(2);
    expect(value('socket_events_delivered_total')).toBe(2);
    expect(value('stream_entries_delivered_total')).toBe(1);
    expect(value('stream_delivery_delay_seconds_count', { stream: 'negotiation' })).toBe(1);
    expect(
      value('graphql_operations_total', { type: 'subscription', transport: 'websocket', outcome: 'ok' }),
    ).toBe(1);
  });

  it('tell what is due and not done', () => {
    expect(value('offers_overdue_seconds')).toBe(3_600);
    expect(value('holds_overdue_seconds')).toBe(0);
    expect(value('mails_due')).toBeGreaterThan(0);
    expect(value('mail_oldest_due_seconds')).toBeGreaterThanOrEqual(48 * 3_600);
    expect(value('listings_to_match')).toBe(1);
  });

  it('tell nothing of anybody', () => {
    for (const name of people) expect(text).not.toContain(name);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(text).not.toContain('@');
  });

  it('tell no more of a socket that has closed', async () => {
    await live.end();
    const open = async () => sampleOf(await metricsOf(app), 'carnegotiate_sockets_open');
    for (let time = 0; (await open()) !== 0 && time < 100; time++)
      await new Promise((go) => setTimeout(go, 20));
    const now = await metricsOf(app);
    expect(sampleOf(now, 'carnegotiate_sockets_open')).toBe(0);
    expect(sampleOf(now, 'carnegotiate_stream_followers')).toBe(0);
    expect(sampleOf(now, 'carnegotiate_subscriptions_running')).toBe(undefined);
    expect(sampleOf(now, 'carnegotiate_socket_closes_total', { code: '1000' })).toBe(1);
  });

  it('ask the database no more often for being asked more often', async () => {
    const statements = await app.allStatements(async () => {
      await Promise.all([metricsOf(app), metricsOf(app), metricsOf(app)]);
    });
    expect(statements.filter((sql) => sql.includes('job_runs') || sql.includes('mails'))).toEqual([]);
  });

  describe('on the ordinary port', () => {
    it('are for who shows the token', async () => {
      const response = await byToken(app, TOKEN);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      const own = await metricsOf(app);
      expect([...parseMetrics(await response.text()).keys()]).toEqual([...own.keys()]);
    });

    it.each([undefined, 'wrong', `${TOKEN}x`, TOKEN.slice(1), '%00'])(
      'are refused to who shows %s',
      async (token) => {
        const response = await byToken(app, token);
        expect(response.status).toBe(401);
        expect(await response.text()).not.toContain('carnegotiate_');
      },
    );
  });

  describe('on their own port', () => {
    it('are all there is', async () => {
      const { origin } = new URL(app.metricsUrl);
      for (const path of ['/', '/graphql', '/metrics/x', '/api/v1/health/']) {
        expect((await fetch(`${origin}${path}`)).status).toBe(404);
      }
      expect((await fetch(app.metricsUrl, { method: 'POST', body: 'x' })).status).toBe(405);
      const head = await fetch(app.metricsUrl, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
    });
  });

  it('are what docs/metrics.md says there is, and no others', async () => {
    const described = readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `([a-z_0-9]+)` \| (\w+)/gm);
    const documented = [...described].map(([, name, type]) => `${name} ${type}`);
    const own = [...(await metricsOf(app))].map(([name, { type }]) => `${name} ${type}`);
    // Of the primary process alone, where there are several.
    expect(documented.toSorted()).toEqual([...own, 'carnegotiate_workers gauge'].toSorted());
  });

  it.each(['deploy/grafana/carnegotiate.json', 'deploy/prometheus/alerts.yml'])(
    'are all that %s asks for',
    async (file) => {
      const names = new Set(
        [...readFileSync(file, 'utf8').matchAll(/\b(carnegotiate|nodejs|process)_[a-z_0-9]+/g)].map(
          ([name]) => name,
        ),
      );
      const known = await metricsOf(app);
      const unknown = [...names].filter(
        (name) =>
          name !== 'carnegotiate_workers' &&
          !known.has(name) &&
          known.get(name.replace(/_(bucket|sum|count)$/, ''))?.type !== 'histogram',
      );
      expect(names.size).toBeGreaterThan(10);
      expect(unknown).toEqual([]);
    },
  );
});

describe('without settings for metrics', () => {
  const app = useApp('sqlite');

  it('there are none', async () => {
    expect((await byToken(app, TOKEN)).status).toBe(404);
    expect(app.metricsUrl).toBe(null);
    expect(app.system.eyes.metrics).toBe(null);
  });
});

describe('with a port of their own and no token', () => {
  const app = useApp('sqlite', { config: { metrics: { ...METRICS, token: null } } });

  it('the ordinary port has no metrics', async () => {
    expect((await byToken(app, TOKEN)).status).toBe(404);
    expect((await metricsOf(app)).size).toBeGreaterThan(20);
  });
});

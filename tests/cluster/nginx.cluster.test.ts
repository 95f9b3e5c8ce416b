import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { DEMO_PASSWORD } from '../../src/seeders/demo-people.js';
import { TestCluster } from '../support/cluster.js';
import { pause, until } from '../support/live.js';
import { freePort } from '../support/ports.js';
import { type Postgres, startPostgres } from '../support/postgres.js';
import { RedisServer } from '../support/redis.js';
import { seedDemo } from '../support/seed-demo.js';
import { formOf } from '../support/uploads.js';

const METRICS_TOKEN = 'a-token-of-the-tests-0123';

/** The topology of deploy/compose.yaml as processes: its nginx, by its own configuration, before two nodes. */
describe('nginx before two nodes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carnegotiate-nginx-'));
  let postgres: Postgres;
  let redis: RedisServer;
  let cluster: TestCluster;
  let url: string;
  let stopNginx: () => Promise<void>;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), RedisServer.start()]);
    await seedDemo({ DATABASE_URL: postgres.url('postgres') });
    cluster = await TestCluster.start(2, {
      databaseUrl: postgres.url('postgres'),
      redisUrl: redis.url,
      env: { TRUSTED_PROXIES: '127.0.0.1', DRAIN_SECONDS: '1', REGISTRATIONS_PER_IP: '2', METRICS_TOKEN },
    });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    stopNginx = await startNginx(
      folder,
      port,
      cluster.nodes.map((node) => new URL(node.url).host),
    );
  });

  afterAll(async () => {
    await stopNginx?.();
    await cluster?.end();
    await Promise.all([postgres?.stop(), redis?.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async <T>(query: string, variables: object = {}, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return {
      status: response.status,
      ...((await response.json()) as { data: T; errors?: Array<{ extensions: { code: string } }> }),
    };
  };
  const register = (email: string, headers: Record<string, string>) =>
    ask<unknown>(
      'mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }',
      { input: { email, password: 'a-password-of-nobody-7' } },
      headers,
    );
  const signIn = async () => {
    const { data } = await ask<{ login: { tokens: { accessToken: string } } }>(
      'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }',
      { input: { email: 'buyer@example.com', password: DEMO_PASSWORD } },
    );
    return data.login.tokens.accessToken;
  };

  it('is configured as nginx wants it', () => {
    const output = execFileSync('nginx', ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(output.toString()).not.toContain('emerg');
  });

  it('passes sockets on, to both nodes, whose subscribers hear of what the other has done', async () => {
    const authorization = `Bearer ${await signIn()}`;
    const { data } = await ask<{ negotiations: { nodes: Array<{ id: string; lastSequence: number }> } }>(
      '{ negotiations(filter: { statuses: [ACTIVE] }, first: 1) { nodes { id lastSequence } } }',
      {},
      { authorization },
    );
    const { id, lastSequence } = data.negotiations.nodes[0] as { id: string; lastSequence: number };
    const heard: number[][] = [];
    const clients = Array.from({ length: 4 }, () => {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization },
      });
      const mine: number[] = [];
      heard.push(mine);
      client.subscribe<{ negotiationEvents: { sequence: number } }>(
        {
          query: `subscription { negotiationEvents(negotiationId: "${id}", after: ${lastSequence}) { sequence } }`,
        },
        {
          next: (result) => mine.push(result.data?.negotiationEvents.sequence as number),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      return client;
    });
    let counts: number[] = [];
    for (let n = 0; n < 100 && counts.reduce((sum, count) => sum + count, 0) < 4; n++) {
      await pause(50);
      counts = await Promise.all(cluster.nodes.map((node) => openSockets(node.url)));
    }
    expect(counts).toEqual([2, 2]);
    for (let n = 0; n < 4; n++) {
      const answer = await ask(
        'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }',
        { input: { negotiationId: id, body: `Message ${n}` } },
        { authorization },
      );
      expect(answer.errors).toBeUndefined();
    }
    await until('all to hear of it', () => heard.every((mine) => mine.length === 4));
    const expected = Array.from({ length: 4 }, (_, n) => lastSequence + 1 + n);
    expect(heard).toEqual([expected, expected, expected, expected]);
    await Promise.all(clients.map((client) => client.dispose()));
  });

  it('tells the nodes who a client is, whatever the client says of itself', async () => {
    const claims = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` });
    const codes: Array<string | undefined> = [];
    for (let n = 0; n < 4; n++) {
      const { errors } = await register(`claims-${n}@example.com`, claims(n));
      codes.push(errors?.[0]?.extensions.code);
    }
    expect(codes).toEqual([undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('lets a file through that the server takes, and streams it on', async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await signIn()}`,
        'apollo-require-preflight': 'true',
      },
      body: formOf({
        query: 'mutation ($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { id } } }',
        variables: { input: { file: new File([Buffer.alloc(9_000_000, 1)], 'nine-megabytes.jpg') } },
      }) as FormData,
    });
    const { errors } = (await response.json()) as { errors: Array<{ extensions: { code: string } }> };
    expect(errors[0]?.extensions.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('shows nobody outside how the nodes are', async () => {
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    expect((await fetch(`${url}/api/v1/health/`)).status).toBe(200);
  });

  it('goes on without an error while a node is rolled', async () => {
    let isOver = false;
    const answers: number[] = [];
    const reading = Array.from({ length: 8 }, async () => {
      while (!isOver) answers.push((await ask('{ makes { make } }')).status);
    });
    expect(await cluster.stop(cluster.nodes[0] as (typeof cluster.nodes)[number])).toBe(0);
    await pause(500);
    isOver = true;
    await Promise.all(reading);
    expect(answers.length).toBeGreaterThan(20);
    expect(new Set(answers)).toEqual(new Set([200]));
  });
});

/** As `/metrics` of a node tells. */
async function openSockets(url: string): Promise<number> {
  const text = await (
    await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
  ).text();
  return Number(/^carnegotiate_sockets_open (\d+)/m.exec(text)?.[1]);
}

/** nginx with deploy/'s configuration, its nodes' names replaced by where they listen here. */
async function startNginx(
  folder: string,
  port: number,
  nodes: readonly string[],
): Promise<() => Promise<void>> {
  const conf = readFileSync('deploy/nginx/carnegotiate.conf', 'utf8')
    .replace('node-1:4000', nodes[0] as string)
    .replace('node-2:4000', nodes[1] as string)
    .replace('listen 80;', `listen 127.0.0.1:${port};`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n');
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'logs/error.log')};
     events { worker_connections 1024; }
     http { access_log off; ${paths}\n${conf} }`,
  );
  const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'inherit' });
  process.once('exit', () => child.kill('SIGKILL'));
  for (let n = 0; n < 100; n++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await pause(50);
  }
  return async () => {
    const ended = once(child, 'exit');
    child.kill('SIGQUIT');
    setTimeout(() => child.kill('SIGKILL'), 3_000).unref();
    await ended;
  };
}

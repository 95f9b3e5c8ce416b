import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { DEMO_PASSWORD } from '../../src/seeders/demo-people.js';
import { DebianPostgres } from '../support/debian-postgres.js';
import { until } from '../support/live.js';
import { phonePhoto } from '../support/pictures.js';
import { seedDemo } from '../support/seed-demo.js';
import { ServerProcess } from '../support/server-process.js';
import { formOf } from '../support/uploads.js';

/** What docs/operations.md tells an operator to do, done: dump, lose, restore, continue. */
describe('a database and its files that were lost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carnegotiate-restore-'));
  const uploads = join(folder, 'uploads');
  const backup = join(folder, 'backup');
  let postgres: DebianPostgres;
  let server: ServerProcess;

  const start = () =>
    ServerProcess.start({
      NODE_ENV: 'development',
      DATABASE_URL: postgres.url('cars'),
      STORAGE_URL: `disk:${uploads}`,
      TEMPORARY_DIRECTORY: join(folder, 'tmp'),
      MAIL_DIRECTORY: join(folder, 'mail'),
      JWT_SECRETS: `k1:${'restored-'.repeat(4)}`,
    });

  beforeAll(async () => {
    postgres = await DebianPostgres.start();
    postgres.run('createdb', 'cars');
    await seedDemo({ DATABASE_URL: postgres.url('cars') });
    server = await start();
  }, 120_000);

  afterAll(async () => {
    if (!server.hasEnded) await server.end('SIGTERM');
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async <T>(query: string, variables: object = {}, token?: string): Promise<T> => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const signIn = async (email: string) => {
    const { login } = await ask<{ login: { tokens: { accessToken: string } } }>(
      'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }',
      { input: { email, password: DEMO_PASSWORD } },
    );
    return login.tokens.accessToken;
  };
  const say = (negotiationId: string, body: string, token: string) =>
    ask<{ sendMessage: { event: { sequence: number } } }>(
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { event { sequence } } }',
      { input: { negotiationId, body, clientMutationId: randomUUID() } },
      token,
    );
  const uploadAvatar = async (token: string) => {
    const query =
      'mutation ($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { profile { avatarUrl } } } }';
    const picture = new File([new Uint8Array(await phonePhoto())], 'me.jpg');
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' },
      body: formOf({ query, variables: { input: { file: picture } } }) as FormData,
    });
    const { data, errors } = (await response.json()) as {
      data: { uploadAvatar: { user: { profile: { avatarUrl: string } } } };
      errors?: unknown;
    };
    if (errors) throw new Error(JSON.stringify(errors));
    return new URL(data.uploadAvatar.user.profile.avatarUrl).pathname;
  };
  /** A digest of all that each table holds, by its name. */
  const contents = async (database: string): Promise<Record<string, string>> => {
    const client = new Client({ connectionString: postgres.url(database) });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const digests: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest from "${name}" t`,
      );
      digests[name] = rows[0]?.digest as string;
    }
    await client.end();
    return digests;
  };

  it('were in the dump, row by row', async () => {
    const dump = join(folder, 'quiet.dump');
    let before: Record<string, string>;
    let after: Record<string, string>;
    // Jobs write now and then: a dump that nothing was written beside is one that can be compared.
    do {
      before = await contents('cars');
      postgres.run('pg_dump', '--format=custom', `--file=${dump}`, 'cars');
      after = await contents('cars');
    } while (JSON.stringify(before) !== JSON.stringify(after));
    postgres.run('createdb', 'again');
    postgres.run('pg_restore', '--dbname=again', '--exit-on-error', dump);
    expect(await contents('again')).toEqual(before);
    expect(Object.values(before).filter((digest) => !digest.startsWith('0 ')).length).toBeGreaterThan(15);
  });

  it('are there again and byte by byte, and everybody goes on where the backup was made', async () => {
    const token = await signIn('buyer@example.com');
    const { negotiations } = await ask<{ negotiations: { nodes: Array<{ id: string }> } }>(
      '{ negotiations(filter: { statuses: [ACTIVE] }, first: 1) { nodes { id } } }',
      {},
      token,
    );
    const thread = negotiations.nodes[0] as { id: string };
    const last = (await say(thread.id, 'This one is in the backup.', token)).sendMessage.event.sequence;
    const avatar = await uploadAvatar(token);
    const picture = await bytesAt(`${server.url}${avatar}`);

    // The backup: first the rows, then the files, while people are at work.
    const talking = Array.from({ length: 10 }, (_, n) => say(thread.id, `At the same time, ${n}`, token));
    postgres.run('pg_dump', '--format=custom', `--file=${join(folder, 'cars.dump')}`, 'cars');
    cpSync(uploads, backup, { recursive: true });
    await Promise.all(talking);

    // What happens after it is what a backup cannot bring back.
    const lost = (await say(thread.id, 'This one is lost with the disk.', token)).sendMessage.event.sequence;
    await server.end('SIGKILL');
    postgres.run('dropdb', 'cars');
    rmSync(uploads, { recursive: true });

    postgres.run('createdb', 'cars');
    postgres.run('pg_restore', '--dbname=cars', '--exit-on-error', join(folder, 'cars.dump'));
    cpSync(backup, uploads, { recursive: true });

    server = await start();
    const texts = await ask<{
      negotiation: {
        lastSequence: number;
        events: { nodes: Array<{ sequence: number; message: string | null }> };
      };
    }>(
      'query ($id: ID!) { negotiation(id: $id) { lastSequence events(first: 100) { nodes { sequence message } } } }',
      { id: thread.id },
      token,
    );
    const { lastSequence, events } = texts.negotiation;
    expect(lastSequence).toBeGreaterThanOrEqual(last);
    expect(events.nodes.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: lastSequence }, (_, n) => n + 1),
    );
    expect(events.nodes.map(({ message }) => message)).toContain('This one is in the backup.');
    expect(events.nodes.map(({ message }) => message)).not.toContain('This one is lost with the disk.');
    expect(await bytesAt(`${server.url}${avatar}`)).toEqual(picture);

    // Who has seen what was lost is told so; who has not resumes, and the log goes on without a hole.
    const ahead = follow(server.url, token, thread.id, lost);
    await until('the refusal', () => ahead.refusals.length > 0);
    expect(ahead.refusals[0]).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', fields: { after: [expect.any(String)] } } },
    ]);
    const { heard, client } = follow(server.url, token, thread.id, last - 1);
    const next = await say(thread.id, 'After the restore.', token);
    expect(next.sendMessage.event.sequence).toBe(lastSequence + 1);
    await until('the message after the restore', () => heard.includes(lastSequence + 1));
    expect(heard).toEqual(Array.from({ length: lastSequence + 2 - last }, (_, n) => last + n));
    expect(ahead.heard).toEqual([]);
    await Promise.all([client.dispose(), ahead.client.dispose()]);
  });
});

/** A client that follows a negotiation from behind the last entry that it has seen. */
function follow(url: string, token: string, id: string, after: number) {
  const heard: number[] = [];
  const refusals: unknown[] = [];
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const query =
    'subscription ($id: ID!, $after: Int) { negotiationEvents(negotiationId: $id, after: $after) { sequence } }';
  client.subscribe<{ negotiationEvents: { sequence: number } }>(
    { query, variables: { id, after } },
    {
      next: ({ data, errors }) => {
        if (data) heard.push(data.negotiationEvents.sequence);
        else refusals.push(errors);
      },
      error: (error) => refusals.push(error),
      complete: () => undefined,
    },
  );
  return { heard, refusals, client };
}

async function bytesAt(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer()).toString('base64');
}

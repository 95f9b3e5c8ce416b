import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { connected, emptied, schemaOf } from './emptied-postgres.js';
import { startPostgres } from './postgres.js';

export const databaseKinds = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** What the global setup hands to the test workers: plain data, for it crosses a process boundary. */
export interface Templates {
  /** Folder of this run's SQLite files. */
  sqliteDir: string;
  /** URL of the server's maintenance database; null where this run left PostgreSQL out. */
  postgresUrl: string | null;
  /** Digest of the schema that its databases are made with. */
  postgresSchema: string;
  /** Why the migrations failed, by kind: told by each test that wants such a database, and by no other. */
  failures: Partial<Record<DatabaseKind, string>>;
}

export interface FreshDatabase {
  /** As `DATABASE_URL` takes it. */
  url: string;
  /** Takes it away from its test; open connections are cut. */
  drop(): Promise<void>;
}

const TEMPLATE = 'template_carnegotiate';

/** Nobody follows this server, and it ends before it would have anything to tidy up. */
const FOR_ITS_RUN = [
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=8GB',
  'checkpoint_timeout=1h',
  'bgwriter_lru_maxpages=0',
];

/** The one place where test databases get their schema. */
async function migrateTemplate(url: string): Promise<void> {
  const { migrate } = await import('../../src/app/orm.js');
  await migrate(url);
}

/** A migrated, empty database of one test file's own: a copy of the template, or what another file has left, emptied. */
export async function freshDatabase(kind: DatabaseKind): Promise<FreshDatabase> {
  const templates = inject('templates');
  const failure = templates.failures[kind];
  if (failure !== undefined) throw new Error(`The ${kind} template could not be migrated: ${failure}`);
  return kind === 'sqlite' ? copySqlite(templates.sqliteDir) : takePostgres(templates);
}

/** Makes both templates. `TEST_DATABASES=sqlite` leaves PostgreSQL out, for a quicker loop at the desk. */
export async function openTemplates(): Promise<{ templates: Templates; close(): Promise<void> }> {
  const wanted = process.env.TEST_DATABASES?.split(',') ?? databaseKinds;
  const sqliteDir = mkdtempSync(join(tmpdir(), 'carnegotiate-sqlite-'));
  const removeDir = () => rmSync(sqliteDir, { recursive: true, force: true });
  // Also where the run is cut short and nobody calls close.
  process.once('exit', removeDir);
  const server = wanted.includes('postgresql') ? await startPostgres(undefined, FOR_ITS_RUN) : null;
  const postgresUrl = server?.socketUrl('postgres') ?? null;
  const templates: Templates = { sqliteDir, postgresUrl, postgresSchema: '', failures: {} };

  const attempt = async (kind: DatabaseKind, make: () => Promise<void>) => {
    if (!wanted.includes(kind)) templates.failures[kind] = 'TEST_DATABASES leaves it out';
    else
      await make().catch((error: unknown) => {
        templates.failures[kind] = reason(error);
      });
  };
  await attempt('sqlite', () => makeSqliteTemplate(sqliteDir));
  await attempt('postgresql', async () => {
    templates.postgresSchema = await makePostgresTemplate(postgresUrl);
  });

  return {
    templates,
    close: async () => {
      await server?.stop();
      removeDir();
      process.off('exit', removeDir);
    },
  };
}

async function makeSqliteTemplate(dir: string): Promise<void> {
  const file = join(dir, 'template.sqlite');
  await migrateTemplate(`sqlite:${file}`);
  // The copy takes the one file: a log beside it would hold the schema back.
  if (existsSync(`${file}-wal`)) throw new Error('migrate() left its SQLite connection open');
}

async function copySqlite(dir: string): Promise<FreshDatabase> {
  const file = join(dir, `${randomUUID()}.sqlite`);
  copyFileSync(join(dir, 'template.sqlite'), file, constants.COPYFILE_FICLONE);
  return {
    url: `sqlite:${file}`,
    drop: async () => {
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
    },
  };
}

async function makePostgresTemplate(server: string | null): Promise<string> {
  const url = await createDatabase(server, TEMPLATE);
  await migrateTemplate(url);
  return connected(url, schemaOf);
}

/** Empty databases that earlier files of this worker have left: to empty one costs a tenth of making one. */
const spare: string[] = [];

async function takePostgres({ postgresUrl: server, postgresSchema }: Templates): Promise<FreshDatabase> {
  const url = spare.pop() ?? (await copyPostgres(server));
  return {
    url,
    drop: async () => {
      if (await emptied(url, postgresSchema)) spare.push(url);
      else await query(server, `drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
    },
  };
}

function copyPostgres(server: string | null): Promise<string> {
  return createDatabase(server, `test_${randomUUID().replaceAll('-', '')}`, TEMPLATE);
}

/** Creates a database and returns its URL. The names are ours, so they need no quoting. */
export async function createDatabase(
  server: string | null,
  name: string,
  template = 'template0',
): Promise<string> {
  await query(server, `create database ${name} template ${template}`);
  const url = new URL(server ?? '');
  url.pathname = name;
  return url.href;
}

async function query(server: string | null, sql: string): Promise<void> {
  if (server === null) throw new Error('this run has no PostgreSQL');
  await connected(server, (client) => client.query(sql));
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

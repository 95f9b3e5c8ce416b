import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { startPostgres } from './postgres.js';

export const databaseKinds = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** What the global setup hands to the test workers: plain data, for it crosses a process boundary. */
export interface Templates {
  /** Folder of this run's SQLite files. */
  sqliteDir: string;
  /** URL of the server's maintenance database; null where this run left PostgreSQL out. */
  postgresUrl: string | null;
  /** Why the migrations failed, by kind: told by each test that wants such a database, and by no other. */
  failures: Partial<Record<DatabaseKind, string>>;
}

export interface FreshDatabase {
  /** As `DATABASE_URL` takes it. */
  url: string;
  /** Deletes it; open connections are cut. */
  drop(): Promise<void>;
}

const TEMPLATE = 'template_carnegotiate';

/** The one place where test databases get their schema. */
async function migrateTemplate(url: string): Promise<void> {
  const { migrate } = await import('../../src/app/orm.js');
  await migrate(url);
}

/** A migrated, empty database of one test file's own: a copy of the template, made in milliseconds. */
export async function freshDatabase(kind: DatabaseKind): Promise<FreshDatabase> {
  const templates = inject('templates');
  const failure = templates.failures[kind];
  if (failure !== undefined) throw new Error(`The ${kind} template could not be migrated: ${failure}`);
  return kind === 'sqlite' ? copySqlite(templates.sqliteDir) : copyPostgres(templates.postgresUrl);
}

/** Makes both templates. `TEST_DATABASES=sqlite` leaves PostgreSQL out, for a quicker loop at the desk. */
export async function openTemplates(): Promise<{ templates: Templates; close(): Promise<void> }> {
  const wanted = process.env.TEST_DATABASES?.split(',') ?? databaseKinds;
  const sqliteDir = mkdtempSync(join(tmpdir(), 'carnegotiate-sqlite-'));
  const removeDir = () => rmSync(sqliteDir, { recursive: true, force: true });
  // Also where the run is cut short and nobody calls close.
  process.once('exit', removeDir);
  const server = wanted.includes('postgresql') ? await startPostgres() : null;
  const templates: Templates = { sqliteDir, postgresUrl: server?.url('postgres') ?? null, failures: {} };

  const attempt = async (kind: DatabaseKind, make: () => Promise<void>) => {
    if (!wanted.includes(kind)) templates.failures[kind] = 'TEST_DATABASES leaves it out';
    else
      await make().catch((error: unknown) => {
        templates.failures[kind] = reason(error);
      });
  };
  await attempt('sqlite', () => makeSqliteTemplate(sqliteDir));
  await attempt('postgresql', () => makePostgresTemplate(templates.postgresUrl));

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

async function makePostgresTemplate(server: string | null): Promise<void> {
  const url = await createDatabase(server, TEMPLATE);
  await migrateTemplate(url);
}

async function copyPostgres(server: string | null): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = await createDatabase(server, name, TEMPLATE);
  return { url, drop: () => query(server, `drop database if exists ${name} with (force)`) };
}

/** Creates a database and returns its URL. The names are ours, so they need no quoting. */
async function createDatabase(server: string | null, name: string, template = 'template0'): Promise<string> {
  await query(server, `create database ${name} template ${template}`);
  const url = new URL(server ?? '');
  url.pathname = name;
  return url.href;
}

async function query(server: string | null, sql: string): Promise<void> {
  if (server === null) throw new Error('this run has no PostgreSQL');
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Constructor,
  type EntityClass,
  type EntityMetadata,
  MikroORM,
  type Options,
} from '@mikro-orm/core';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Logger } from '../kernel/ports.js';
import { postgresqlMigrations } from '../migrations/postgresql/index.js';
import { sqliteMigrations } from '../migrations/sqlite/index.js';
import type { Guard, StatementObserver } from '../platform/database/guarded.js';
import { postgresqlDriver } from '../platform/database/postgresql.js';
import { sqliteDriver } from '../platform/database/sqlite.js';
import { JobRun } from './jobs/job-run.entity.js';
import { rooms } from './rooms.js';

export type Orm = MikroORM & { em: SqlEntityManager };

export interface OrmOptions {
  /** Told of each SQL statement as it is sent. */
  readonly observe?: StatementObserver;
  readonly poolSize?: number;
  readonly log?: Logger;
}

/** How MikroORM is set up for a database. `sqlite:PATH` (or `sqlite::memory:`) and `postgresql://…` are understood. */
export function ormOptions(databaseUrl: string, options: OrmOptions = {}): Partial<Options> {
  const guard: Guard = {
    observe: options.observe ?? (() => undefined),
    warn: (error, message) => options.log?.warn({ err: error }, message),
  };
  const shared = {
    entities: [...rooms.flatMap((room) => room.entities ?? []), JobRun] as EntityClass<object>[],
    extensions: [Migrator],
    forceUtcTimezone: true,
    // A subscription event, a job and a request each fork; a global context is always a bug.
    allowGlobalContext: false,
  };
  if (databaseUrl.startsWith('sqlite:')) {
    const file = databaseUrl.slice('sqlite:'.length);
    return {
      ...shared,
      driver: sqliteDriver(guard),
      dbName: file,
      onCreateConnection: async (connection) => {
        const { CompiledQuery } = await import('kysely');
        const run = (sql: string) =>
          (connection as { executeQuery(query: unknown): Promise<unknown> }).executeQuery(
            CompiledQuery.raw(sql),
          );
        await run('pragma journal_mode = wal');
        await run('pragma synchronous = full');
        await run('pragma busy_timeout = 5000');
      },
      // FTS5's index, the tables in which it keeps it and the triggers that feed it are the migrations' own.
      schemaGenerator: { skipTables: [/^vehicle_search/], ignoreTriggers: true },
      migrations: {
        migrationsList: migrationList(sqliteMigrations),
        // Inside a transaction `pragma foreign_keys = off` does nothing, and rebuilding a table would then delete
        // every row that refers to it.
        transactional: false,
        allOrNothing: false,
        snapshot: false,
        silent: true,
      },
    };
  }
  return {
    ...shared,
    driver: postgresqlDriver(guard),
    clientUrl: databaseUrl,
    pool: { min: 0, max: options.poolSize ?? 20 },
    discovery: { onMetadata: addPostgresqlIndexes },
    migrations: { migrationsList: migrationList(postgresqlMigrations), snapshot: false, silent: true },
  };
}

/** The words of a listing that stand at one place, for each of PostgreSQL's weights. */
const places = ['a', 'b', 'c', 'd'].map((weight) => `ts_filter("search_terms", '{${weight}}')`).join(', ');

/** Indexes of kinds that SQLite does not have: there, FTS5 and the reading of a short table take their place. */
const postgresqlIndexes: Readonly<Record<string, { name: string; expression: string }>> = {
  Vehicle: {
    name: 'vehicles_search_index',
    expression: `create index "vehicles_search_index" on "vehicles" using gin ("search_terms", ${places})`,
  },
  SearchWord: {
    name: 'search_words_trigram_index',
    expression:
      'create index "search_words_trigram_index" on "search_words" using gist ("word" gist_trgm_ops)',
  },
};

function addPostgresqlIndexes(meta: EntityMetadata): void {
  const index = postgresqlIndexes[meta.className];
  if (index) meta.indexes.push(index);
}

export async function createOrm(databaseUrl: string, options: OrmOptions = {}): Promise<Orm> {
  if (databaseUrl.startsWith('sqlite:') && !databaseUrl.includes(':memory:')) {
    mkdirSync(dirname(databaseUrl.slice('sqlite:'.length)), { recursive: true });
  }
  return (await MikroORM.init(ormOptions(databaseUrl, options) as Options)) as Orm;
}

/** Brings a database to the newest schema. */
export async function migrate(databaseUrl: string): Promise<void> {
  const orm = await createOrm(databaseUrl);
  try {
    await orm.migrator.up();
  } finally {
    await orm.close(true);
  }
}

function migrationList(classes: ReadonlyArray<Constructor<Migration>>) {
  return classes.map((migration) => ({ name: migration.name, class: migration }));
}

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
import type { Guard, StatementObserver, StatementTiming } from '../platform/database/guarded.js';
import { alone, patiently } from '../platform/database/migrating.js';
import { postgresqlDriver, serversOf } from '../platform/database/postgresql.js';
import { Replicas } from '../platform/database/replicas.js';
import type { PostgresqlSettings, PostgresqlTimeouts } from '../platform/database/settings.js';
import { sqliteDriver } from '../platform/database/sqlite.js';
import { JobRun } from './jobs/job-run.entity.js';
import { rooms } from './rooms.js';

export type Orm = MikroORM & { em: SqlEntityManager };

export interface OrmOptions {
  /** Told of each SQL statement as it is sent. */
  readonly observe?: StatementObserver;
  readonly timing?: StatementTiming | undefined;
  readonly poolSize?: number;
  /** Of PostgreSQL; without them nothing but the wait for a connection is bounded. */
  readonly timeouts?: PostgresqlTimeouts;
  readonly replicaUrls?: readonly string[];
  readonly applicationName?: string;
  readonly log?: Logger;
}

const UNBOUNDED: PostgresqlTimeouts = { connectMs: 10_000, statementMs: 0, lockMs: 0, idleTransactionMs: 0 };

/** How MikroORM is set up for a database. `sqlite:PATH` (or `sqlite::memory:`) and `postgresql://…` are understood. */
export function ormOptions(databaseUrl: string, options: OrmOptions = {}): Partial<Options> {
  const guard: Guard = {
    observe: options.observe ?? (() => undefined),
    timing: options.timing,
    warn: (error, message) => options.log?.warn({ err: error }, message),
  };
  const shared = {
    entities: [...rooms.flatMap((room) => room.entities ?? []), JobRun] as EntityClass<object>[],
    extensions: [Migrator],
    forceUtcTimezone: true,
    // A subscription event, a job and a request each fork; a global context is always a bug.
    allowGlobalContext: false,
    // Tables of words for searches alone, and the triggers that feed them, are the migrations' own.
    schemaGenerator: { skipTables: [/^vehicle_search/], ignoreTriggers: true },
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
        // In KiB. The driver's own 16 MB are memory of the process; what is not in them the system mostly has in its own.
        await run('pragma cache_size = -4000');
      },
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
    driver: postgresqlDriver(guard, postgresqlSettings(options)),
    clientUrl: databaseUrl,
    pool: { min: 0, max: options.poolSize ?? 20 },
    replicas: (options.replicaUrls ?? []).map((clientUrl) => ({ clientUrl })),
    // Who may read what lags behind is decided by operation (context.ts).
    preferReadReplicas: false,
    discovery: { onMetadata: addPostgresqlIndexes },
    migrations: {
      migrationsList: migrationList(postgresqlMigrations),
      // Each in a transaction of its own, so that one may do without: `create index concurrently` cannot be in any.
      allOrNothing: false,
      snapshot: false,
      silent: true,
    },
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

/** The replicas that a database was set up with, to be watched and asked in turn. */
export function replicasOf(orm: Orm, maxLagMs: number, log: Logger): Replicas {
  const servers = serversOf(orm.em.getDriver());
  return new Replicas(servers?.primary ?? null, servers?.replicas ?? [], { maxLagMs, log });
}

/** Migrations take as long as they take, but no lock that they wait for holds up everybody behind them. Ours. */
const MIGRATING: PostgresqlTimeouts = { ...UNBOUNDED, lockMs: 3_000 };

export interface Migrating {
  readonly log?: Logger;
  readonly direction?: 'up' | 'down';
  /** What else only one node may do, before others go on. */
  readonly then?: (migrations: string[]) => Promise<void>;
}

/**
 * Brings a database to the newest schema, or takes the newest migration back. Of nodes that begin at the same time one
 * does it; the others wait, and find it done. Returns the names of the migrations that ran.
 */
export async function migrate(
  databaseUrl: string,
  { log, direction = 'up', then }: Migrating = {},
): Promise<string[]> {
  const orm = await createOrm(databaseUrl, {
    poolSize: 3,
    timeouts: MIGRATING,
    applicationName: 'carnegotiate migrating',
    ...(log ? { log } : {}),
  });
  try {
    return await alone(orm, log, async () => {
      const done = await patiently(log, () => orm.migrator[direction]());
      const names = done.map(({ name }) => name);
      await then?.(names);
      return names;
    });
  } finally {
    await orm.close(true);
  }
}

function postgresqlSettings({
  timeouts = UNBOUNDED,
  applicationName = 'carnegotiate',
}: OrmOptions): PostgresqlSettings {
  return { timeouts, applicationName };
}

function migrationList(classes: ReadonlyArray<Constructor<Migration>>) {
  return classes.map((migration) => ({ name: migration.name, class: migration }));
}

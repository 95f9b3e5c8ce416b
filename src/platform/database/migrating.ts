import { setTimeout as pause } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import { type Kysely, sql } from 'kysely';
import type { Logger } from '../../kernel/ports.js';

/** Of PostgreSQL's advisory locks: a number that nobody else uses in this database. */
const LOCK = 20_261_122;

const ASK_AGAIN_MS = 200;

/** A node that waits for longer than any migration should take stops with an error, and whoever started it sees it. Ours. */
const PATIENCE_MS = 15 * 60_000;

type Orm = MikroORM & { em: SqlEntityManager };

/** Runs what only one process at a time may do to a database before it is served; others wait here. */
export async function alone<T>(orm: Orm, log: Logger | undefined, work: () => Promise<T>): Promise<T> {
  const { dbName } = orm.config.getAll();
  if (orm.em.getPlatform().constructor.name === 'PostgreSqlPlatform') {
    return onOneConnection(orm.em.fork().getKysely(), log, postgresqlLock, work);
  }
  if (!dbName || dbName.includes(':memory:')) return work();
  return besideSqlite(dbName, (db) => onOneConnection(db, log, sqliteLock, work));
}

/** A lock that a connection takes, if it is free, and gives back. It is free again when the connection ends, however it ends. */
interface Lock {
  take(db: Kysely<object>): Promise<boolean>;
  giveBack(db: Kysely<object>): Promise<unknown>;
}

/**
 * Asked for again and again: a statement that waits inside the server would be a transaction for as long, and `create
 * index concurrently`, on the node that has the lock, waits for all transactions that are older than itself.
 */
const postgresqlLock: Lock = {
  async take(db) {
    const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_lock(${LOCK}) as taken`.execute(db);
    return rows[0]?.taken === true;
  },
  giveBack: (db) => sql`select pg_advisory_unlock(${LOCK})`.execute(db),
};

const sqliteLock: Lock = {
  async take(db) {
    try {
      await sql`begin exclusive`.execute(db);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return false;
      throw error;
    }
  },
  giveBack: (db) => sql`rollback`.execute(db),
};

function onOneConnection<T>(
  db: Kysely<object>,
  log: Logger | undefined,
  lock: Lock,
  work: () => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    const until = performance.now() + PATIENCE_MS;
    let isTold = false;
    while (!(await lock.take(connection))) {
      if (!isTold) log?.info({}, "waiting for another node's migration");
      isTold = true;
      if (performance.now() >= until) {
        throw new Error(
          `Another process has been migrating this database for ${PATIENCE_MS / 60_000} minutes.`,
        );
      }
      await pause(ASK_AGAIN_MS);
    }
    try {
      return await work();
    } finally {
      // Where the connection has broken the lock is free already, and what went wrong is what counts.
      await lock.giveBack(connection).catch(() => undefined);
    }
  });
}

/**
 * SQLite's migrations run outside transactions, because a pragma would do nothing inside one: so a lock on the database
 * itself would be in their own way. An empty one beside it stands for it. It is left there: whoever removed it could
 * remove it under somebody who has just opened it.
 */
async function besideSqlite<T>(file: string, work: (db: Kysely<object>) => Promise<T>): Promise<T> {
  const beside = await SqliteOrm.init({
    dbName: `${file}-migrating`,
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
  try {
    const db = beside.em.fork().getKysely() as Kysely<object>;
    await sql`pragma busy_timeout = 0`.execute(db);
    return await work(db);
  } finally {
    await beside.close(true);
  }
}

/** Pauses before what met a lock is tried again. In between, whoever waited behind it has gone through. Ours. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Migrates again where a migration met a lock: what it had begun is undone, those before it are done. */
export async function patiently<T>(log: Logger | undefined, work: () => Promise<T>): Promise<T> {
  for (const ms of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== '55P03') throw error;
      log?.warn({ err: error }, 'a migration met a lock, and is tried again');
      await pause(ms);
    }
  }
  return work();
}

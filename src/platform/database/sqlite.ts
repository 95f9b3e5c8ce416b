import type { Configuration } from '@mikro-orm/core';
import { AbstractSqlDriver, MikroORM, SqliteConnection, SqlitePlatform } from '@mikro-orm/sqlite';
import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver } from 'kysely';
import { type Guard, guarded } from './guarded.js';
import { keepPrepared } from './prepared.js';

/**
 * SQLite with `BEGIN IMMEDIATE`: a transaction takes the write lock before it reads what it decides on, so that it
 * never finds out at its first write that another process has changed the rows.
 */
export function sqliteDriver(guard: Guard) {
  class ImmediateConnection extends SqliteConnection {
    override async connect(options?: { skipOnConnect?: boolean }): Promise<void> {
      await super.connect(options);
      keepPrepared(await this.getNativeClient());
    }

    override createKyselyDialect(options: object): Dialect {
      const dialect = super.createKyselyDialect(options) as Dialect;
      const createDriver = dialect.createDriver.bind(dialect);
      dialect.createDriver = () => immediate(createDriver());
      return guarded(dialect, guard);
    }
  }

  return class extends AbstractSqlDriver<ImmediateConnection> {
    constructor(config: Configuration) {
      super(config, new SqlitePlatform(), ImmediateConnection, ['kysely', 'better-sqlite3']);
    }

    override getORMClass() {
      return MikroORM;
    }
  };
}

function immediate(driver: Driver): Driver {
  driver.beginTransaction = async (connection: DatabaseConnection) => {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  };
  return driver;
}

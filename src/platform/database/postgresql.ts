import type { Configuration } from '@mikro-orm/core';
import {
  AbstractSqlDriver,
  EntityManager,
  MikroORM,
  PostgreSqlConnection,
  PostgreSqlPlatform,
} from '@mikro-orm/postgresql';
import { CompiledQuery, type DatabaseConnection, type Driver, type PostgresDialect } from 'kysely';
import type { Pool, PoolConfig } from 'pg';
import { type Guard, guarded } from './guarded.js';

/** PostgreSQL through MikroORM's own connection, each statement reported, and cancelled when its operation's time is up. */
export function postgresqlDriver(guard: Guard) {
  class GuardedConnection extends PostgreSqlConnection {
    override createKyselyDialect(overrides: PoolConfig): PostgresDialect {
      let canceller: Canceller | undefined;
      const onPoolCreated = (pool: Pool) => {
        canceller = new Canceller(pool, this.mapOptions(overrides));
      };
      const dialect = super.createKyselyDialect({ ...overrides, onPoolCreated } as PoolConfig);
      const createDriver = dialect.createDriver.bind(dialect);
      dialect.createDriver = () => endingWith(createDriver(), canceller as Canceller);
      const cancellation = (connection: DatabaseConnection) => (canceller as Canceller).of(connection);
      // MikroORM only hands it to Kysely, which asks for no more than a Dialect.
      return guarded(dialect, { ...guard, cancellation }) as PostgresDialect;
    }
  }

  return class extends AbstractSqlDriver<GuardedConnection> {
    constructor(config: Configuration) {
      super(config, new PostgreSqlPlatform(), GuardedConnection, ['kysely', 'pg']);
    }

    override createEntityManager(useContext?: boolean) {
      return new EntityManager(this.config, this as never, this.metadata, useContext) as never;
    }

    override getORMClass() {
      return MikroORM;
    }
  };
}

/** How long a server may take to take a cancellation: the connection to be freed waits for it. */
const PATIENCE_MS = 5_000;

/**
 * Cancels statements, over connections of its own: those of the pool may all be busy with what is to be cancelled. Kysely
 * can do it too, but with a client whose errors nobody listens to, and those end the process.
 */
class Canceller {
  private readonly pool: Pool;

  constructor(pool: Pool, options: PoolConfig) {
    this.pool = new (pool.constructor as new (options: PoolConfig) => Pool)({
      ...options,
      min: 0,
      max: 2,
      idleTimeoutMillis: 1_000,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    // A connection that broke while it was idle; one that breaks at work rejects its statement.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async of(connection: DatabaseConnection): Promise<() => Promise<void>> {
    const { rows } = await connection.executeQuery<{ pid: number }>(
      CompiledQuery.raw('select pg_backend_pid() as pid'),
    );
    return async () => {
      await this.pool.query('select pg_cancel_backend($1)', [rows[0]?.pid]);
    };
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}

function endingWith(driver: Driver, canceller: Canceller): Driver {
  const destroy = driver.destroy.bind(driver);
  driver.destroy = async (options) => {
    await Promise.all([destroy(options), canceller.end()]);
  };
  return driver;
}

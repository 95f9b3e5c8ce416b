import type { Configuration, Dictionary } from '@mikro-orm/core';
import {
  AbstractSqlDriver,
  EntityManager,
  MikroORM,
  PostgreSqlConnection,
  PostgreSqlPlatform,
} from '@mikro-orm/postgresql';
import type { PostgresDialect } from 'kysely';
import { observed, type StatementObserver } from './observed.js';

/** PostgreSQL through MikroORM's own connection, each statement reported. */
export function postgresqlDriver(observe: StatementObserver) {
  class ObservedConnection extends PostgreSqlConnection {
    override createKyselyDialect(overrides: Dictionary): PostgresDialect {
      // MikroORM only hands it to Kysely, which asks for no more than a Dialect.
      return observed(super.createKyselyDialect(overrides), observe) as PostgresDialect;
    }
  }

  return class extends AbstractSqlDriver<ObservedConnection> {
    constructor(config: Configuration) {
      super(config, new PostgreSqlPlatform(), ObservedConnection, ['kysely', 'pg']);
    }

    override createEntityManager(useContext?: boolean) {
      return new EntityManager(this.config, this as never, this.metadata, useContext) as never;
    }

    override getORMClass() {
      return MikroORM;
    }
  };
}

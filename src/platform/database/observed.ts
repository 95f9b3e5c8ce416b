import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';

/** Told of each statement as it is sent, whoever sent it: MikroORM or the read path. */
export type StatementObserver = (sql: string) => void;

/** Wraps a dialect so that each statement of each connection is reported. Used by metrics and by statement-counting tests. */
export function observed(dialect: Dialect, observe: StatementObserver): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => observedDriver(dialect.createDriver(), observe),
  };
}

function observedDriver(driver: Driver, observe: StatementObserver): Driver {
  const known = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options);
    if (!known.has(connection)) {
      known.set(connection, connection);
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> => {
        observe(query.sql);
        return execute<R>(query, ...rest);
      };
    }
    return connection;
  };
  return driver;
}

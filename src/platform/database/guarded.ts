import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { currentDeadline, type Deadline, OutOfTime } from '../../kernel/deadline.js';

/** Told of each statement as it is sent, whoever sent it: MikroORM or the read path. */
export type StatementObserver = (sql: string) => void;

export interface Guard {
  readonly observe: StatementObserver;
  /** Told what went wrong in a place from which nobody can be told by an error. */
  readonly warn: (error: unknown, message: string) => void;
  /** Makes the function that cancels what a connection is at, where statements run elsewhere than in this process. */
  readonly cancellation?: (connection: DatabaseConnection) => Promise<() => Promise<void>>;
}

/**
 * Wraps a dialect so that each statement of each connection is reported, and so that no statement runs on when the time
 * of its operation is up. A transaction whose BEGIN or ROLLBACK fails gives its connection back all the same.
 */
export function guarded(dialect: Dialect, guard: Guard): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => guardTransactions(guardConnections(dialect.createDriver(), guard), guard),
  };
}

function guardConnections(driver: Driver, guard: Guard): Driver {
  const known = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options);
    if (known.has(connection)) return connection;
    try {
      guardStatements(connection, guard, await guard.cancellation?.(connection));
    } catch (error) {
      await driver.releaseConnection(connection);
      throw error;
    }
    known.add(connection);
    return connection;
  };
  return driver;
}

function guardStatements(connection: DatabaseConnection, guard: Guard, cancel?: () => Promise<void>): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> => {
    guard.observe(query.sql);
    const deadline = currentDeadline();
    const run = () => execute<R>(query, ...rest);
    return deadline && !isRollback(query.sql) ? runInTime(deadline, run, guard, cancel) : run();
  };
}

/** What an operation has begun is taken back whether it has time left or not. */
function isRollback(sql: string): boolean {
  return /^rollback\b/i.test(sql);
}

/** A cancellation that overtakes its statement on the way to the server hits nothing. */
const CANCEL_AGAIN_MS = 50;

/** One that fails finds a server without a connection to spare: it is asked again, and less and less often. */
const CANCEL_AGAIN_AT_MOST_MS = 5_000;

/**
 * A statement of an operation whose time is up is refused, and one that runs then is cancelled. The connection is free
 * only when the cancelling is through as well: it would hit whatever statement came next.
 */
async function runInTime<R>(
  deadline: Deadline,
  run: () => Promise<R>,
  guard: Guard,
  cancel?: () => Promise<void>,
): Promise<R> {
  deadline.check();
  if (!cancel) return run();
  const statement = run();
  let cancelling: Promise<void> | undefined;
  const forget = deadline.whenOver(() => {
    cancelling = cancelUntilSettled(statement, cancel, guard);
  });
  try {
    return await statement;
  } catch (error) {
    throw cancelling ? new OutOfTime() : error;
  } finally {
    forget();
    await cancelling;
  }
}

async function cancelUntilSettled(
  statement: Promise<unknown>,
  cancel: () => Promise<void>,
  { warn }: Guard,
): Promise<void> {
  const settled = statement.then(
    () => true,
    () => true,
  );
  let againMs = CANCEL_AGAIN_MS;
  do {
    try {
      await cancel();
    } catch (error) {
      warn(error, 'a statement could not be cancelled');
      againMs = Math.min(2 * againMs, CANCEL_AGAIN_AT_MOST_MS);
    }
  } while (!(await Promise.race([settled, pause(againMs, false, { ref: false })])));
}

/**
 * Kysely gives a connection back after COMMIT or ROLLBACK, and after neither of them where BEGIN has failed, or ROLLBACK
 * itself: the pool would be a connection short for good, and SQLite, with its single one, would stand still. So a BEGIN
 * that fails is told by the first statement after it, and a ROLLBACK that fails, which no living connection refuses, is
 * only logged: the pool throws dead connections away.
 */
function guardTransactions(driver: Driver, guard: Guard): Driver {
  /** Connections without the transaction that they were asked for, and how they are made good again. */
  const notBegun = new WeakMap<DatabaseConnection, () => void>();
  const begin = driver.beginTransaction.bind(driver);
  const rollback = driver.rollbackTransaction.bind(driver);
  driver.beginTransaction = async (connection, settings) => {
    try {
      await begin(connection, settings);
    } catch (error) {
      const { executeQuery } = connection;
      connection.executeQuery = () => Promise.reject(error);
      notBegun.set(connection, () => {
        connection.executeQuery = executeQuery;
      });
    }
  };
  driver.rollbackTransaction = async (connection) => {
    const restore = notBegun.get(connection);
    notBegun.delete(connection);
    if (restore) return restore();
    await rollback(connection).catch((error: unknown) => guard.warn(error, 'a rollback failed'));
  };
  return driver;
}

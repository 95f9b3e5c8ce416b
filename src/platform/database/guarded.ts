import { setTimeout as pause } from 'node:timers/promises';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { currentDeadline, type Deadline, OutOfTime } from '../../kernel/deadline.js';
import { isUncertain } from '../../kernel/unavailable.js';
import { guardTransactions } from './guarded-transactions.js';

/** Told of each statement as it is sent, whoever sent it: MikroORM or the read path. */
export type StatementObserver = (sql: string) => void;

/** Told of each statement as it is sent; what it returns is told of its end, with the error if it failed. */
export type StatementTiming = (sql: string) => (error: unknown) => void;

/** What was being done when something went wrong. After COMMIT nobody knows what became of it. */
export type Doing = 'CONNECT' | 'STATEMENT' | 'COMMIT';

/** A grip on a connection from outside, where statements run elsewhere than in this process. */
export interface Grip {
  /** Asks the server to end what the connection is at. */
  cancel(): Promise<void>;
  /** Breaks the connection, whatever the server says, or does not say. */
  sever(): void;
}

export interface Guard {
  readonly observe: StatementObserver;
  readonly timing?: StatementTiming | undefined;
  /** Told what went wrong in a place from which nobody can be told by an error. */
  readonly warn: (error: unknown, message: string) => void;
  /** Marks errors that say that the database is not there (kernel/unavailable.ts). */
  readonly explain?: (error: unknown, doing: Doing) => void;
  readonly grip?: (connection: DatabaseConnection) => Promise<Grip>;
  /** Whether an error says that nothing good will ever come of its connection, alive as it is. */
  readonly isLastOf?: (error: unknown) => boolean;
  /** How long a statement that no operation waits for may go unanswered. The server ends those that it is at before. */
  readonly silenceMs?: number;
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
    createDriver: () => guardTransactions(guardConnections(dialect.createDriver(), guard), guard.warn),
  };
}

function guardConnections(driver: Driver, guard: Guard): Driver {
  const known = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    const connection = await explained(guard, 'CONNECT', () => acquire(options));
    if (known.has(connection)) return connection;
    try {
      const grip = await explained(guard, 'CONNECT', async () => guard.grip?.(connection));
      guardStatements(connection, guard, grip);
    } catch (error) {
      await driver.releaseConnection(connection);
      throw error;
    }
    known.add(connection);
    return connection;
  };
  return driver;
}

async function explained<T>({ explain }: Guard, doing: Doing, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    explain?.(error, doing);
    throw error;
  }
}

function guardStatements(connection: DatabaseConnection, guard: Guard, grip?: Grip): void {
  const execute = connection.executeQuery.bind(connection);
  const giveUp = (error: unknown): never => {
    if (guard.isLastOf?.(error)) grip?.sever();
    throw error;
  };
  connection.executeQuery = <R>(query: CompiledQuery, ...rest: never[]): Promise<QueryResult<R>> => {
    guard.observe(query.sql);
    const deadline = currentDeadline();
    const doing = query.sql === 'commit' ? 'COMMIT' : 'STATEMENT';
    const send = () => explained(guard, doing, () => execute<R>(query, ...rest)).catch(giveUp);
    const run = () => (guard.timing ? timed(guard.timing(query.sql), send) : send());
    if (deadline && doing === 'STATEMENT' && !isRollback(query.sql))
      return runInTime(deadline, run, guard, grip);
    // Too late to begin with, but never cancelled: where a copy is to confirm it, PostgreSQL would then take the commit as
    // done though no copy has it.
    if (doing === 'COMMIT') deadline?.check();
    return grip && guard.silenceMs ? runUnlessSilent(run, grip, guard.silenceMs) : run();
  };
}

async function timed<T>(ended: ReturnType<StatementTiming>, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    ended(null);
    return result;
  } catch (error) {
    ended(error);
    throw error;
  }
}

/** What an operation has begun is taken back whether it has time left or not. */
function isRollback(sql: string): boolean {
  return /^rollback\b/i.test(sql);
}

/** A cancellation that overtakes its statement on the way to the server hits nothing. */
const CANCEL_AGAIN_MS = 50;

/** Where no cancelling helps for so long nobody is there to be asked, and the connection is given up. Ours. */
const SEVER_AFTER_MS = 10_000;

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
  grip?: Grip,
): Promise<R> {
  deadline.check();
  if (!grip) return run();
  const statement = run();
  let cancelling: Promise<void> | undefined;
  const forget = deadline.whenOver(() => {
    cancelling = cancelUntilSettled(statement, grip, guard);
  });
  try {
    return await statement;
  } catch (error) {
    // Of a COMMIT that nobody has answered nobody can say that it was stopped.
    throw cancelling && !isUncertain(error) ? new OutOfTime() : error;
  } finally {
    forget();
    await cancelling;
  }
}

/** A network that swallows everything would hold the connection until the machine's own patience ends: a quarter of an hour. */
async function runUnlessSilent<R>(run: () => Promise<R>, grip: Grip, silenceMs: number): Promise<R> {
  const timer = setTimeout(() => grip.sever(), silenceMs).unref();
  try {
    return await run();
  } finally {
    clearTimeout(timer);
  }
}

async function cancelUntilSettled(statement: Promise<unknown>, grip: Grip, { warn }: Guard): Promise<void> {
  const settled = statement.then(
    () => true,
    () => true,
  );
  let againMs = CANCEL_AGAIN_MS;
  const severAt = performance.now() + SEVER_AFTER_MS;
  do {
    if (performance.now() >= severAt) grip.sever();
    try {
      await grip.cancel();
    } catch (error) {
      warn(error, 'a statement could not be cancelled');
      againMs = Math.min(2 * againMs, CANCEL_AGAIN_AT_MOST_MS);
    }
  } while (!(await Promise.race([settled, pause(againMs, false, { ref: false })])));
}

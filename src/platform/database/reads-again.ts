import type { CompiledQuery, Kysely, QueryResult } from 'kysely';
import { isOutOfTime } from '../../kernel/deadline.js';
import { unavailabilityOf } from '../../kernel/unavailable.js';

type Execute = <R>(query: CompiledQuery<R>, ...rest: never[]) => Promise<QueryResult<R>>;

/**
 * Asks once more what lost its connection: after a restart of the server a pool hands out connections that are dead
 * without knowing it. Only what reads, and stands outside a transaction: those have executors of their own.
 */
export function readAgain(db: Kysely<object>): void {
  instead(db, (execute) => async (query, ...rest) => {
    try {
      return await execute(query, ...rest);
    } catch (error) {
      if (unavailabilityOf(error) !== 'LOST' || !onlyReads(query.sql)) throw error;
      return execute(query, ...rest);
    }
  });
}

/** Asks the primary what a replica could not say. */
export function readElsewhere(
  replica: Kysely<object>,
  primary: () => Kysely<object>,
  onFailure: (error: unknown) => void,
): void {
  instead(replica, (execute) => async (query, ...rest) => {
    try {
      return await execute(query, ...rest);
    } catch (error) {
      if (!isForWantOf(error)) throw error;
      onFailure(error);
      return primary()
        .getExecutor()
        .executeQuery(query, ...rest);
    }
  });
}

function instead(db: Kysely<object>, make: (execute: Execute) => Execute): void {
  const executor = db.getExecutor() as { executeQuery: Execute };
  executor.executeQuery = make(executor.executeQuery.bind(executor));
}

/** A table, a column or a function that a migration has made on the primary, and that is still under way to the replica. */
const NOT_YET_THERE: readonly unknown[] = ['42P01', '42703', '42883'];

/** The server's own time for a statement: elsewhere it would take as long. */
const TOO_LONG = '57014';

function isForWantOf(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (isOutOfTime(error) || code === TOO_LONG) return false;
  // Among them 40001: what a replica was reading was in the way of what it had to replay.
  return unavailabilityOf(error) !== null || NOT_YET_THERE.includes(code);
}

function onlyReads(text: string): boolean {
  return (
    /^\s*(select|with)\b/i.test(text) && !/\b(insert|update|delete|merge|nextval|pg_\w*lock\w*)\b/i.test(text)
  );
}

import { ForeignKeyConstraintViolationException, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { AppError } from './errors.js';

/**
 * What locks cannot say, unique indexes do. A room lists its own here-shaped: by index name, as PostgreSQL reports a
 * violation, with the columns, as SQLite does.
 */
export interface Constraint {
  readonly index: string;
  readonly columns: string;
  readonly error: () => AppError;
}

/** The refusal that a violated constraint means, or null where the error is something else. */
export function refusalOf(error: unknown, constraints: readonly Constraint[]): AppError | null {
  if (!(error instanceof Error) || !isUniqueViolation(error)) return null;
  const found = constraints.find(
    ({ index, columns }) =>
      (error as { constraint?: string }).constraint === index ||
      error.message.includes(`"${index}"`) ||
      error.message.includes(`UNIQUE constraint failed: ${columns}`),
  );
  return found ? found.error() : null;
}

/** Entities' statements are reported by MikroORM's classes, plain ones by the drivers' codes. */
function isUniqueViolation(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof UniqueConstraintViolationException ||
    code === '23505' ||
    code === 'SQLITE_CONSTRAINT_UNIQUE'
  );
}

export function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof ForeignKeyConstraintViolationException;
}

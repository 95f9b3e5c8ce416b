import type { Platform } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';

/** Of the two databases: SQL that differs between them asks this. */
export function isPostgres(em: { getPlatform(): Platform }): boolean {
  return em.getPlatform().getDefaultSchemaName() !== undefined;
}

/** PostgreSQL's types of the columns; SQLite takes JSON's. */
type ColumnType = 'uuid' | 'text' | 'bigint' | 'integer' | 'double precision';

/**
 * Rows of ours as a table in a statement, for `from` or `join`: one parameter, however many they are. Names of columns
 * are plain words and get into the statement as they stand.
 */
export function jsonRows<C extends string>(
  em: SqlEntityManager,
  alias: string,
  columns: Readonly<Record<C, ColumnType>>,
  rows: ReadonlyArray<Readonly<Record<NoInfer<C>, string | number | null>>>,
): RawBuilder<unknown> {
  const names = Object.keys(columns) as C[];
  const json = JSON.stringify(rows);
  if (isPostgres(em)) {
    const types = names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name])}`);
    return sql`jsonb_to_recordset(${json}::jsonb) as ${sql.ref(alias)}(${sql.join(types)})`;
  }
  const values = names.map((name) => {
    const cell = sql`json_extract(value, ${sql.lit(`$.${name}`)})`;
    // What has no type gets no index for the statement's time, and is then read through for each row that it is joined to.
    return columns[name] === 'uuid' || columns[name] === 'text'
      ? sql`cast(${cell} as text) as ${sql.ref(name)}`
      : sql`${cell} as ${sql.ref(name)}`;
  });
  return sql`(select ${sql.join(values)} from json_each(${json})) as ${sql.ref(alias)}`;
}

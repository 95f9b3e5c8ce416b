import type { TestApp } from '../../support/app.js';

/** Every row of every table, as text, by table. */
export type Stored = Record<string, string[]>;

export async function storedIn(app: TestApp): Promise<Stored> {
  const metadata = app.orm.getMetadata().getAll().values();
  const tables = [...new Set([...metadata].map((meta) => meta.tableName))].sort();
  const stored: Stored = Object.fromEntries(tables.map((table) => [table, []]));
  const rows = app.kind === 'postgresql' ? await rowsInOneTrip(app, tables) : await rowsByTable(app, tables);
  for (const { name, row } of rows) stored[name]?.push(row);
  for (const texts of Object.values(stored)) texts.sort();
  return stored;
}

interface StoredRow {
  readonly name: string;
  readonly row: string;
}

/** To a server each statement is a trip, and the trips cost more than the rows. */
function rowsInOneTrip(app: TestApp, tables: readonly string[]): Promise<StoredRow[]> {
  const selects = tables.map(
    (table) => `select '${table}' as name, row_to_json(t)::text as row from ${table} as t`,
  );
  return app.orm.em.fork().getConnection().execute<StoredRow[]>(selects.join(' union all '));
}

async function rowsByTable(app: TestApp, tables: readonly string[]): Promise<StoredRow[]> {
  const connection = app.orm.em.fork().getConnection();
  const found: StoredRow[] = [];
  for (const name of tables) {
    const rows: object[] = await connection.execute(`select * from ${name}`);
    found.push(...rows.map((row) => ({ name, row: JSON.stringify(row) })));
  }
  return found;
}

/** The rows of any table in which this text stands. */
export function rowsAbout(stored: Stored, mark: string): string[] {
  return Object.values(stored)
    .flat()
    .filter((row) => row.includes(mark));
}

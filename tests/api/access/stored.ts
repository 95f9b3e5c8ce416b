import type { TestApp } from '../../support/app.js';

/** Every row of every table, as text, by table. */
export type Stored = Record<string, string[]>;

export async function storedIn(app: TestApp): Promise<Stored> {
  const em = app.orm.em.fork();
  const connection = em.getConnection();
  const tables = [...em.getMetadata().getAll().values()].map((meta) => meta.tableName).sort();
  const stored: Stored = {};
  for (const table of new Set(tables)) {
    const rows: object[] = await connection.execute(`select * from ${table}`);
    stored[table] = rows.map((row) => JSON.stringify(row)).sort();
  }
  return stored;
}

/** The rows of any table in which this text stands. */
export function rowsAbout(stored: Stored, mark: string): string[] {
  return Object.values(stored)
    .flat()
    .filter((row) => row.includes(mark));
}

// On a fresh SQLite and a fresh PostgreSQL: the migrations make exactly what the entities say, each of them goes
// down again, to an empty database, and all of them up once more.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrm } from '../src/app/orm.js';
import { startPostgres } from '../tests/support/postgres.js';

type Orm = Awaited<ReturnType<typeof createOrm>>;

const TABLES = {
  sqlite: `select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'`,
  postgresql: `select table_name as name from information_schema.tables where table_schema = 'public'`,
};

/** MikroORM's own record of what ran: the one table that going down leaves. */
const LOG = 'mikro_orm_migrations';

async function checkMigrations(kind: keyof typeof TABLES, url: string): Promise<void> {
  const orm = await createOrm(url);
  try {
    const count = (await orm.migrator.up()).length;
    if (count === 0) throw new Error('there are no migrations');
    await expectNoDrift(orm);
    for (let left = count; left > 0; left--) {
      const [undone, ...more] = await orm.migrator.down();
      if (undone === undefined || more.length > 0) throw new Error(`one step down undid ${more.length + 1}`);
      if ((await orm.migrator.getExecuted()).length !== left - 1)
        throw new Error(`${undone.name} did not go down`);
    }
    const tables: { name: string }[] = await orm.em.getConnection().execute(TABLES[kind]);
    const leftOver = tables.map(({ name }) => name).filter((name) => name !== LOG);
    if (leftOver.length > 0) throw new Error(`going down leaves ${leftOver.join(', ')}`);
    await orm.migrator.up();
    await expectNoDrift(orm);
    console.log(`${kind}: ${count} up, down and up again, as the entities say`);
  } finally {
    await orm.close(true);
  }
}

async function expectNoDrift(orm: Orm): Promise<void> {
  const sql = (await orm.schema.getUpdateSchemaSQL({ wrap: false })).trim();
  if (sql !== '') throw new Error(`the entities want what no migration does:\n${sql}`);
}

async function onSqlite(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'carnegotiate-migrations-'));
  try {
    await checkMigrations('sqlite', `sqlite:${join(dir, 'check.sqlite')}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function onPostgres(): Promise<void> {
  const server = await startPostgres();
  try {
    await checkMigrations('postgresql', server.url('postgres'));
  } finally {
    await server.stop();
  }
}

for (const [kind, check] of Object.entries({ sqlite: onSqlite, postgresql: onPostgres })) {
  try {
    await check();
  } catch (error) {
    console.error(`${kind}:`, error);
    process.exitCode = 1;
  }
}

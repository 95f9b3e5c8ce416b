import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Migration } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Composed, compose } from '../../../src/app/compose.js';
import { readConfig } from '../../../src/app/config.js';
import { type Orm, ormOptions } from '../../../src/app/orm.js';
import { prepareDatabase } from '../../../src/app/prepare.js';
import type { Logger } from '../../../src/kernel/ports.js';
import { alone } from '../../../src/platform/database/migrating.js';
import { testSecret } from '../../support/app.js';
import { createDatabase, type DatabaseKind, databaseKinds } from '../../support/databases.js';
import { withDrawnPhotos } from '../../support/demo-photos.js';
import { until } from '../../support/live.js';
import { unknowing } from '../../support/vins.js';

const NODES = 3;

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'carnegotiate-together-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A database without a single table. */
async function emptyDatabase(kind: DatabaseKind, name: string): Promise<string> {
  if (kind === 'sqlite') return `sqlite:${join(dir, `${name}.sqlite`)}`;
  return createDatabase(inject('templates').postgresUrl, name);
}

function logTo(lines: string[]): Logger {
  const told = (_details: object, message: string) => void lines.push(message);
  return { debug: () => undefined, info: told, warn: told, error: told };
}

/** The demo takes seconds to make: on one of the databases is enough. */
function node(databaseUrl: string, lines: string[] = []): Promise<Composed> {
  const env = {
    NODE_ENV: 'test',
    JWT_SECRETS: `test:${testSecret}`,
    PORT: '0',
    DEMO_DATA: String(!databaseUrl.startsWith('sqlite')),
  };
  const config = {
    ...readConfig({ ...env, DATABASE_URL: databaseUrl }),
    storageUrl: `disk:${join(dir, 'uploads')}`,
    mailDirectory: join(dir, 'mail'),
    temporaryDirectory: join(dir, 'tmp'),
  };
  return compose(config, { log: logTo(lines), backgroundJobs: false, vinDecoder: unknowing });
}

describe.each(databaseKinds)('nodes that start at the same time on an empty %s', (kind) => {
  let nodes: Composed[];
  const lines: string[] = [];

  beforeAll(async () => {
    const url = await emptyDatabase(kind, 'together');
    nodes = await Promise.all(Array.from({ length: NODES }, () => node(url, lines)));
    await withDrawnPhotos(join(dir, 'uploads'), () => Promise.all(nodes.map(prepareDatabase)));
  }, 60_000);
  afterAll(() => Promise.all(nodes.map((one) => one.close())));

  const timesOf = (message: string) => lines.filter((line) => line === message).length;
  const db = () => (nodes[0] as Composed).orm.em.fork().getKysely();

  it('all come up, migrated once by one of them, for which the others have waited', async () => {
    expect(timesOf('database migrated')).toBe(1);
    expect(timesOf("waiting for another node's migration")).toBe(NODES - 1);
    const { rows } = await sql<{ name: string }>`select name from mikro_orm_migrations`.execute(db());
    const files = readdirSync(`src/migrations/${kind}`).filter((name) => name.startsWith('Migration'));
    expect(rows.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  });

  it(kind === 'sqlite' ? 'make no demo data unasked' : 'make the demo data once', async () => {
    expect(timesOf('making the demo data: once, a few seconds')).toBe(kind === 'sqlite' ? 0 : 1);
    const { rows } = await sql<{ twice: number }>`
      select count(*) - count(distinct email) as twice from users`.execute(db());
    expect(Number(rows[0]?.twice)).toBe(0);
  });

  it('let one in that is older than the database, which then works', async () => {
    const url = (nodes[0] as Composed).config.databaseUrl;
    await sql`insert into mikro_orm_migrations (name) values ('Migration29991231235959_come_later')`.execute(
      db(),
    );
    const older = await node(url);
    try {
      await prepareDatabase(older);
      const { rows } = await sql`select count(*) from vehicles`.execute(older.makeCtx().em.getKysely());
      expect(rows).toHaveLength(1);
    } finally {
      await older.close();
    }
  });
});

class Migration20261122999999_index_concurrently extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql('create table if not exists things (id int)');
    this.addSql('create index concurrently if not exists things_index on things (id)');
  }
}

describe('a migration of PostgreSQL', () => {
  it('may make an index concurrently, and nodes that wait for it are not in its way', async () => {
    const url = await emptyDatabase('postgresql', 'concurrent_index');
    const options = ormOptions(url) as Options;
    const migrations = {
      ...options.migrations,
      migrationsList: [Migration20261122999999_index_concurrently],
    };
    const [one, other] = await Promise.all([1, 2].map(() => MikroORM.init({ ...options, migrations })));
    const [orm, waiting] = [one as unknown as Orm, other as unknown as Orm];
    const lines: string[] = [];
    try {
      let second: Promise<unknown> | undefined;
      const done = await alone(orm, undefined, async () => {
        second = alone(waiting, logTo(lines), () => waiting.migrator.up());
        await until('the other to wait', () => lines.length > 0);
        return orm.migrator.up();
      });
      expect(done).toHaveLength(1);
      expect(await second).toEqual([]);
      expect(lines).toEqual(["waiting for another node's migration"]);
    } finally {
      await Promise.all([orm.close(true), waiting.close(true)]);
    }
  });
});

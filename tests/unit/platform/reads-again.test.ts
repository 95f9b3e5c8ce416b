import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import { describe, expect, it } from 'vitest';
import { OutOfTime } from '../../../src/kernel/deadline.js';
import { markUnavailable } from '../../../src/kernel/unavailable.js';
import { readAgain, readElsewhere } from '../../../src/platform/database/reads-again.js';

/** A server that answers with its name, unless it has been told to fail first. */
class Answering {
  readonly asked: string[] = [];
  readonly failures: Error[] = [];
  readonly db: Kysely<object>;

  constructor(name: string) {
    const driver = new DummyDriver();
    driver.acquireConnection = async () => ({
      executeQuery: async (query: CompiledQuery) => {
        this.asked.push(query.sql);
        const failure = this.failures.shift();
        if (failure) throw failure;
        return { rows: [{ name }] as never };
      },
      async *streamQuery() {},
    });
    this.db = new Kysely<object>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => driver,
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    });
  }

  fails(error: Error): this {
    this.failures.push(error);
    return this;
  }
}

function lost(): Error {
  const error = new Error('Connection terminated unexpectedly');
  markUnavailable(error, 'LOST');
  return error;
}

const coded = (code: string) => Object.assign(new Error('no'), { code });

describe('a read that lost its connection', () => {
  it('is asked once more, and no more than once', async () => {
    const server = new Answering('primary').fails(lost());
    readAgain(server.db);
    expect((await sql`select 1`.execute(server.db)).rows).toEqual([{ name: 'primary' }]);
    server.fails(lost()).fails(lost());
    await expect(sql`select 2`.execute(server.db)).rejects.toThrow('terminated');
    expect(server.asked).toEqual(['select 1', 'select 1', 'select 2', 'select 2']);
  });

  it('is not asked again where it writes, takes a lock, or stands in a transaction', async () => {
    const server = new Answering('primary');
    readAgain(server.db);
    const statements = [
      sql`update vehicles set id = id`,
      sql`with gone as (delete from vehicles returning id) select * from gone`,
      sql`select pg_advisory_lock(1)`,
    ];
    for (const statement of statements) {
      server.fails(lost());
      await expect(statement.execute(server.db)).rejects.toThrow('terminated');
    }
    expect(server.asked).toHaveLength(3);
    const inside = server.db.transaction().execute(async (tx) => {
      server.fails(lost());
      return sql`select 1`.execute(tx);
    });
    await expect(inside).rejects.toThrow('terminated');
    expect(server.asked).toHaveLength(4);
  });
});

describe('a read that a replica cannot answer', () => {
  const told: unknown[] = [];
  function pair() {
    const [replica, primary] = [new Answering('replica'), new Answering('primary')];
    told.length = 0;
    readElsewhere(
      replica.db,
      () => primary.db,
      (error) => told.push(error),
    );
    return { replica, primary };
  }

  it.each([
    ['its connection broke', lost()],
    [
      'what it replays was in the way',
      (() => {
        const error = coded('40001');
        markUnavailable(error, 'BUSY');
        return error;
      })(),
    ],
    ['it has not come to a migration yet', coded('42P01')],
  ])('is asked of the primary: %s', async (_why, failure) => {
    const { replica, primary } = pair();
    replica.fails(failure);
    expect((await sql`select 1`.execute(replica.db)).rows).toEqual([{ name: 'primary' }]);
    expect([replica.asked, primary.asked, told]).toEqual([['select 1'], ['select 1'], [failure]]);
  });

  it.each([
    ['it is wrong', coded('42601')],
    [
      'it takes too long',
      (() => {
        const error = coded('57014');
        markUnavailable(error, 'BUSY');
        return error;
      })(),
    ],
    ['nobody waits for it any more', new OutOfTime()],
  ])('is not where that helps nothing: %s', async (_why, failure) => {
    const { replica, primary } = pair();
    replica.fails(failure);
    await expect(sql`select 1`.execute(replica.db)).rejects.toBe(failure);
    expect([primary.asked, told]).toEqual([[], []]);
  });
});

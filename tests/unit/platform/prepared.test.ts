import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteStatement } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOrm } from '../../../src/app/orm.js';
import { keepPrepared } from '../../../src/platform/database/prepared.js';

/** A database that only says what it is asked to prepare. */
function recorded() {
  const prepared: string[] = [];
  const database = {
    prepare(text: string): SqliteStatement {
      prepared.push(text);
      return {
        reader: true,
        all: () => [text],
        run: () => ({ changes: 0, lastInsertRowid: 0 }),
        iterate: function* () {},
      };
    },
  };
  keepPrepared(database);
  return { database, prepared };
}

const times = (count: number, work: (n: number) => unknown) => {
  for (let n = 1; n <= count; n++) work(n);
};

describe('statements of SQLite', () => {
  it.each([
    'select 1',
    ' insert into t values (?)',
    'with a as (select 1) select * from a',
    'begin immediate',
    'commit',
  ])('are prepared no third time: %s', (text) => {
    const { database, prepared } = recorded();
    times(4, () => expect(database.prepare(text).all([])).toEqual([text]));
    expect(prepared).toEqual([text, text]);
  });

  it.each([
    'pragma foreign_keys = off',
    'create table t (id int)',
    'alter table t add b',
    'analyze',
    'vacuum',
  ])('are prepared each time where that may do something already: %s', (text) => {
    const { database, prepared } = recorded();
    times(4, () => database.prepare(text));
    expect(prepared).toHaveLength(4);
  });

  it('are not driven out by texts that come once', () => {
    const { database, prepared } = recorded();
    times(2, () => database.prepare('select 0'));
    times(2_000, (n) => database.prepare(`select ${n}`));
    database.prepare('select 0');
    expect(prepared.filter((text) => text === 'select 0')).toHaveLength(2);
  });

  it('are kept in a bounded number', () => {
    const { database, prepared } = recorded();
    times(2_000, (n) => times(2, () => database.prepare(`select ${n}`)));
    prepared.length = 0;
    times(2_000, (n) => database.prepare(`select ${n}`));
    expect(prepared.length).toBeGreaterThan(1_000);
  });

  it('answer with what the tables have become, whoever has changed them', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'carnegotiate-prepared-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const open = () => createOrm(`sqlite:${join(directory, 'db.sqlite')}`);
    const [one, other] = [await open(), await open()];
    onTestFinished(async () => void (await Promise.all([one.close(true), other.close(true)])));
    const [here, there] = [one.em.fork().getKysely(), other.em.fork().getKysely()];
    await sql`create table things (id int)`.execute(here);
    await sql`insert into things values (1)`.execute(here);
    const all = async () => (await sql`select * from things`.execute(here)).rows;
    for (const _ of [1, 2, 3]) expect(await all()).toEqual([{ id: 1 }]);
    await sql`alter table things add colour text default 'red'`.execute(there);
    expect(await all()).toEqual([{ id: 1, colour: 'red' }]);
    await sql`insert into things values (2, 'blue')`.execute(there);
    expect(await all()).toEqual([
      { id: 1, colour: 'red' },
      { id: 2, colour: 'blue' },
    ]);
  });
});

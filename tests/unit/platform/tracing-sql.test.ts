import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOf, withoutValues } from '../../../src/platform/tracing/sql-text.js';

describe('an SQL statement in a trace', () => {
  it.each([
    [
      `select "u0".* from "users" as "u0" where "u0"."email" = 'bea@example.com' limit 1`,
      `select "u0".* from "users" as "u0" where "u0"."email" = ? limit ?`,
    ],
    [`select 'it''s', 'x`, 'select ?, ?'],
    [
      'update t set price = 1999.50, n = n + 1 where id = $12',
      'update t set price = ?, n = n + ? where id = $12',
    ],
    [
      'select "c_1", t2.x9 from t2 where x9 in (1, 22, 333)',
      'select "c_1", t2.x9 from t2 where x9 in (?, ?, ?)',
    ],
  ])('has no values: %s', (sql, told) => {
    expect(withoutValues(sql)).toBe(told);
  });

  it('tells nothing of any text that stands in it as a value, whole or cut off', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(3_000), (secret, before) => {
        const filler = ' '.repeat(before);
        const sql = `select${filler}x from t where a = '${secret.replaceAll("'", "''")}'`;
        const told = withoutValues(sql);
        expect(told).toBe(`select${filler}x from t where a = ?`.slice(0, told.length));
      }),
    );
  });

  it('is short', () => {
    expect(withoutValues(`select ${'a, '.repeat(5_000)} from t`)).toHaveLength(2_000);
  });

  it.each([
    ['SELECT 1', 'select'],
    ['  insert into t', 'insert'],
    ['with x as (select 1) select * from x', 'select'],
    ['begin immediate', 'begin'],
    ['pragma x', 'other'],
    ['', 'other'],
    ['drop table t', 'other'],
  ])('%s is of the kind %s', (sql, kind) => {
    expect(kindOf(sql)).toBe(kind);
  });
});

import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../../src/kernel/reasons.js';

describe('the reason that is kept of an error', () => {
  it('is its message on one line, names of tables and indexes in it', () => {
    const error = new Error('UNIQUE constraint failed:\n\tnegotiations_one_active_unique');
    expect(reasonOf(error)).toBe('UNIQUE constraint failed: negotiations_one_active_unique');
  });

  it('holds no values out of rows, addresses, passwords in URLs or tokens', () => {
    expect(reasonOf(new Error("insert into users values ('Bea''s', 'x') - failed"))).toBe(
      "insert into users values ('…', '…') - failed",
    );
    expect(reasonOf(new Error('no such user: bea@example.com'))).toBe('no such user: …');
    expect(reasonOf(new Error('connect postgresql://app:s3cret@db.example:5432/cars'))).toBe('connect …');
    expect(reasonOf(new Error('token dGhpcyBpcyBhIHNlY3JldCB0b2tlbg refused'))).toBe('token … refused');
  });

  it('is cut to what the column takes, between characters', () => {
    const reason = reasonOf(new Error(`${'é '.repeat(249)}x😀${'y'.repeat(100)}`));
    expect(reason.length).toBeLessThanOrEqual(500);
    expect(reason.isWellFormed()).toBe(true);
  });

  it('is found at once, however long the words of an error are', () => {
    const before = performance.now();
    expect(reasonOf(new Error('x'.repeat(50_000)))).toBe('x'.repeat(500));
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it.each([
    [new TypeError(''), 'TypeError'],
    [undefined, 'undefined'],
    [null, 'not an Error'],
    [Object.create(null), 'not an Error'],
    ['a word', 'a word'],
    [Symbol('odd'), 'Symbol(odd)'],
  ])('can be told of anything that is thrown', (thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason);
  });
});

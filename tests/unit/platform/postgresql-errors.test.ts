import { DriverException } from '@mikro-orm/core';
import { describe, expect, it } from 'vitest';
import { pauseBeforeAnotherTry } from '../../../src/kernel/retries.js';
import { isUncertain, unavailabilityOf } from '../../../src/kernel/unavailable.js';
import type { Doing } from '../../../src/platform/database/guarded.js';
import { OutageLog } from '../../../src/platform/database/outage-log.js';
import { explainPostgresql } from '../../../src/platform/database/postgresql-errors.js';

function failure(codeOrText: string, doing: Doing = 'STATEMENT'): Error {
  const isCode = /^[0-9A-Z]{5,12}$/.test(codeOrText);
  const error = isCode ? Object.assign(new Error('no'), { code: codeOrText }) : new Error(codeOrText);
  explainPostgresql(error, doing);
  return error;
}

const meaningOf = (codeOrText: string, doing?: Doing) => unavailabilityOf(failure(codeOrText, doing));

describe('what an error of PostgreSQL means', () => {
  it.each([
    ['57P01', 'LOST'],
    ['08006', 'LOST'],
    ['ECONNRESET', 'LOST'],
    ['Connection terminated unexpectedly', 'LOST'],
    ['Client has encountered a connection error and is not queryable', 'LOST'],
    ['53300', 'AWAY'],
    ['57P03', 'AWAY'],
    ['ECONNREFUSED', 'AWAY'],
    ['Connection terminated due to connection timeout', 'AWAY'],
    ['timeout exceeded when trying to connect', 'BUSY'],
    ['55P03', 'BUSY'],
    ['57014', 'BUSY'],
    ['40P01', 'BUSY'],
    ['23505', null],
    ['28P01', null],
    ['syntax error', null],
  ])('%s: %s', (given, meaning) => {
    expect(meaningOf(given)).toBe(meaning);
  });

  it('is that nothing was sent where the connection was only being made', () => {
    expect(meaningOf('ECONNRESET', 'CONNECT')).toBe('AWAY');
    expect(meaningOf('Connection terminated unexpectedly', 'CONNECT')).toBe('AWAY');
  });

  it('is that nobody knows where COMMIT had been sent, and only there', () => {
    expect(meaningOf('Connection terminated unexpectedly', 'COMMIT')).toBe('UNCERTAIN');
    expect(meaningOf('57P01', 'COMMIT')).toBe('UNCERTAIN');
    expect(meaningOf('Client has encountered a connection error and is not queryable', 'COMMIT')).toBe(
      'LOST',
    );
    expect(meaningOf('40001', 'COMMIT')).toBe('BUSY');
  });

  it('is kept by what MikroORM makes of the error', () => {
    const wrapped = new DriverException(failure('57P01', 'COMMIT'));
    expect(isUncertain(wrapped)).toBe(true);
    expect((wrapped as { code?: string }).code).toBe('57P01');
  });
});

describe('the pause before another try', () => {
  it('comes after collisions three times, longer and longer and never the same for all', () => {
    const error = failure('40P01');
    const pauses = [1, 2, 3, 4].map((attempt) => pauseBeforeAnotherTry(error, attempt, 0));
    expect(pauses[3]).toBeNull();
    for (const [index, ms] of pauses.slice(0, 3).entries()) {
      expect(ms).toBeGreaterThanOrEqual(5 * 2 ** index);
      expect(ms).toBeLessThan(15 * 2 ** index);
    }
    expect(
      new Set(Array.from({ length: 10 }, () => pauseBeforeAnotherTry(error, 1, 0))).size,
    ).toBeGreaterThan(1);
  });

  it('comes after lost connections for about four seconds, however many attempts that are', () => {
    expect(pauseBeforeAnotherTry(failure('57P01'), 1, 0)).toBeLessThan(100);
    expect(pauseBeforeAnotherTry(failure('ECONNREFUSED'), 9, 2_000)).toBeLessThan(1_300);
    expect(pauseBeforeAnotherTry(failure('57P01'), 9, 3_990)).toBeNull();
  });

  it('does not come where another try could do it twice, would wait as long again, or help nothing', () => {
    for (const error of [failure('57P01', 'COMMIT'), failure('55P03'), failure('57014'), failure('23505')]) {
      expect(pauseBeforeAnotherTry(error, 1, 0)).toBeNull();
    }
    expect(pauseBeforeAnotherTry(failure('timeout exceeded when trying to connect'), 1, 0)).toBeNull();
  });
});

describe('the log of an outage', () => {
  it('has one line for many failures, and one with their number as long as it goes on', () => {
    const lines: string[] = [];
    let now = 0;
    const log = new OutageLog(
      'db:5432',
      (_error, message) => lines.push(message),
      () => now,
    );
    for (let count = 0; count < 100; count++) log.note(failure('ECONNREFUSED'));
    expect(lines).toEqual(['PostgreSQL at db:5432 did not do what it was asked']);
    now = 10_000;
    log.note(failure('ECONNREFUSED'));
    expect(lines[1]).toBe('PostgreSQL at db:5432 did not do what it was asked (100 times)');
  });

  it('has none for what is nothing of the server’s: a violated index, a deadlock, a lock', () => {
    const lines: string[] = [];
    const log = new OutageLog('db:5432', (_error, message) => lines.push(message));
    for (const code of ['23505', '40P01', '40001', '55P03']) log.note(failure(code));
    expect(lines).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { pinoLogger } from '../../../src/platform/logger/pino-logger.js';
import { redactedText } from '../../../src/platform/logger/redaction.js';

/** What stands in the one line that is logged. */
function lineOf(
  details: object,
  message = 'said',
): Record<string, unknown> & { err: Record<string, unknown> } {
  const lines: string[] = [];
  pinoLogger('debug', { write: (line) => void lines.push(line) }).info(details, message);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] as string);
}

const RANDOM = 'Zq3xL0v9Yw7tR5uP1oKjHgFdSaQwErTyUiOpLkJhG12';

describe('a text in the log', () => {
  it.each([
    ['an address', 'no mail to bea.buyer+x@example.com.', 'no mail to [address]'],
    ['an address in a path', '/people/bea%40example.com/cars', '/people/[address]/cars'],
    [
      'a token',
      'the token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 is old',
      'the token [redacted] is old',
    ],
    ['a header', 'Authorization: Bearer abc.def', 'Authorization: [redacted] [redacted]'],
    ['a password', '{"email":1,"password":"hunter2"}', '{"email":1,"password":"[redacted]"}'],
    [
      'credentials in a URL',
      'smtps://bea:hunter2@mail.example.com:465',
      'smtps://[redacted]@mail.example.com:465',
    ],
    ['the query of a URL', 'GET /reset?token=abc&x=1 failed', 'GET /reset?[redacted] failed'],
    ['what is random', `link ${RANDOM} sent`, 'link [redacted] sent'],
    [
      'values in SQL',
      "insert into users (name) values ('O''Hara', 'x') failed",
      "insert into users (name) values ('?', '?') failed",
    ],
  ])('has not %s', (_what, text, told) => {
    expect(redactedText(text)).toBe(told);
  });

  it.each([
    'listening',
    'http://127.0.0.1:4000',
    'a due negotiation 01a20316-e971-7351-a4ed-babba07f6f0a could not be settled',
    "It's too late",
    'Migration20261122090000_create_marketplace',
    '    at node_modules/@mikro-orm/sql/AbstractSqlDriver.js:908:21',
    'column "created_at" of relation "users" violates not-null constraint',
  ])('keeps %s', (text) => {
    expect(redactedText(text)).toBe(text);
  });

  it('is cut where it has no end', () => {
    expect(redactedText('x'.repeat(100_000))).toHaveLength(4_000);
  });

  it.each(['a', 'a@', '/', '-', "'", 'select ', '://'])('costs little where it repeats "%s"', (piece) => {
    const startedAt = performance.now();
    redactedText(piece.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('a line of the log', () => {
  it('keeps what happened', () => {
    expect(lineOf({ job: 'sweep', count: 3, ms: 12, nested: { ok: true } })).toMatchObject({
      level: 30,
      msg: 'said',
      job: 'sweep',
      count: 3,
      ms: 12,
      nested: { ok: true },
    });
  });

  it('has no secret under whatever name, however deep', () => {
    const details = {
      password: 'a',
      input: { newPassword: 'b', refreshToken: 'c', deeper: [{ Authorization: 'd', cookie: 'e' }] },
      headers: { any: 'f' },
      variables: { any: 'g' },
      email: 'h',
    };
    const { password, input, headers, variables, email } = lineOf(details);
    expect({ password, input, headers, variables, email }).toEqual({
      password: '[redacted]',
      input: {
        newPassword: '[redacted]',
        refreshToken: '[redacted]',
        deeper: [{ Authorization: '[redacted]', cookie: '[redacted]' }],
      },
      headers: '[redacted]',
      variables: '[redacted]',
      email: '[redacted]',
    });
  });

  it('has of an error what leads to its cause, and no row', () => {
    const error = Object.assign(
      new Error('duplicate key value\n - detail: Key (email)=(bea@example.com) already exists.'),
      {
        name: 'UniqueConstraintViolationException',
        code: '23505',
        constraint: 'users_email_unique',
        detail: 'Key (email)=(bea@example.com) already exists.',
        parameters: ['bea@example.com', 'Bea'],
      },
    );
    const { err } = lineOf({ err: error });
    expect(err).toEqual({
      type: 'UniqueConstraintViolationException',
      message: 'duplicate key value',
      code: '23505',
      constraint: 'users_email_unique',
      stack: expect.stringMatching(/^ {4}at .*redaction\.test\.ts/),
    });
  });

  it('has not the value that PostgreSQL could not read', () => {
    const error = Object.assign(new Error('invalid input syntax for type uuid: "hunter2"'), {
      code: '22P02',
    });
    expect(lineOf({ err: error }).err.message).toBe('invalid input syntax for type uuid: "?"');
  });

  it('tells what caused an error, and what that was caused by', () => {
    const root = new Error('no route to bea@example.com');
    const { err } = lineOf({ err: new Error('outer', { cause: new AggregateError([root], 'all failed') }) });
    expect(err).toMatchObject({
      message: 'outer',
      cause: {
        type: 'AggregateError',
        message: 'all failed',
        errors: [{ message: 'no route to [address]' }],
      },
    });
  });

  it('ends where an object goes round in circles', () => {
    const circle: Record<string, unknown> = { name: 'round' };
    circle.self = circle;
    expect(JSON.stringify(lineOf({ circle }).circle)).toContain('[…]');
  });

  it('takes bytes and odd values as they come', () => {
    const line = lineOf({
      bytes: Buffer.from('hunter2'),
      none: null,
      at: new Date(0),
      many: Array(99).fill(1),
    });
    expect(line).toMatchObject({ bytes: '[bytes]', none: null, at: '1970-01-01T00:00:00.000Z' });
    expect(line.many).toHaveLength(50);
  });
});

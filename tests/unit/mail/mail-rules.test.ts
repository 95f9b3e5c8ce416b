import { describe, expect, it } from 'vitest';
import { codesOf, reasonOf, retryDelayMs } from '../../../src/modules/mail/mail.rules.js';

describe('retryDelayMs', () => {
  it('waits four times as long each time, and never longer than 6 hours', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => retryDelayMs(attempts) / 60_000);
    expect(minutes).toEqual([0.5, 2, 8, 32, 128, 360, 360, 360]);
  });

  it('spreads the 8 attempts of the default over 15 hours, as .env.example says', () => {
    const whole = [1, 2, 3, 4, 5, 6, 7].reduce((sum, attempts) => sum + retryDelayMs(attempts), 0);
    expect(Math.round(whole / 3_600_000)).toBe(15);
  });
});

describe('reasonOf', () => {
  it('keeps what a server says, but for addresses', () => {
    expect(reasonOf(new Error('550 5.1.1 <ada@example.com>: no such user'))).toBe('550 5.1.1 … no such user');
    expect(reasonOf('no ada@example.com here, nor bob@x')).toBe('no … here, nor …');
    expect(reasonOf('plain text')).toBe('plain text');
  });

  it('blanks what could be a secret', () => {
    const secret = 'mq-H8VIuAkcaMg1qzy4r1_HHTfwqOPN4ECfkAHmdXhc';
    const reason = reasonOf(
      new Error(`554 refused for https://x.test/reset-password#token=${secret} (spam)`),
    );
    expect(reason).toBe('554 refused for https://x.test/reset-password#token=… (spam)');
  });

  it('is quick with long nonsense', () => {
    const startedAt = performance.now();
    expect(reasonOf('a.'.repeat(200_000))).toHaveLength(500);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('makes a text of it that both databases take', () => {
    expect(reasonOf(new Error('554\u0000 no\r\nway\u2028at\tall\u0007'))).toBe('554 no way at all ');
    expect(reasonOf(new Error('half a car \ud83d'))).toBe('half a car \ufffd');
    // The 500th UTF-16 unit is the first half of a pair.
    const long = reasonOf(new Error(`${'no '.repeat(166)}x${'🚗'.repeat(3)}`));
    expect(long).toHaveLength(500);
    expect(long.isWellFormed()).toBe(true);
  });
});

describe('codesOf', () => {
  it('tells the codes of an error and none of its words', () => {
    const error = Object.assign(new Error('RCPT TO <ada@example.com> refused'), {
      code: 'EENVELOPE',
      responseCode: 550,
    });
    expect(codesOf(error)).toEqual({ code: 'EENVELOPE', responseCode: 550 });
  });

  it.each([[null], [undefined], ['text'], [new Error('no codes')], [{ code: 7, responseCode: '550' }]])(
    'tells nothing of %s',
    (error) => {
      expect(codesOf(error)).toEqual({});
    },
  );
});

import { describe, expect, it } from 'vitest';
import {
  deviceOf,
  durationOf,
  greetingOf,
  isTimely,
  momentOf,
  placeOf,
} from '../../../src/modules/accounts/account-mails.rules.js';

describe('greetingOf', () => {
  const greet = (firstName: string | null, emailVerified = true) => greetingOf({ firstName, emailVerified });

  it.each(['Ada', 'José', 'Jean-Luc', "D'Arcy", 'O’Neil', 'علي', '小明', 'Anna Maria'])(
    'greets %s',
    (name) => {
      expect(greet(name)).toBe(`Hello ${name},`);
    },
  );

  it.each([
    ['no name', null],
    ['an address', 'evil.example'],
    ['a link', 'http://evil'],
    ['a number to call', 'call 555 0100'],
    ['markup', '<b>Ada</b>'],
    ['two lines', 'Ada\nSend money'],
    ['a change of direction', 'Ada\u202e'],
    ['a speech', 'You have won a car please write to us at once today'],
  ])('calls nobody by %s', (_what, name) => {
    expect(greet(name)).toBe('Hello,');
  });

  it('tells no name to an address that is not proved: anybody may have given both', () => {
    expect(greet('Ada', false)).toBe('Hello,');
  });
});

describe('deviceOf', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';

  it.each([
    ['Chrome on Windows', chrome],
    ['Edge on Windows', `${chrome} Edg/140.0`],
    ['Opera on Windows', `${chrome} OPR/120.0`],
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    [
      'Safari on macOS',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    ],
    [
      'Safari on iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    ],
    [
      'Chrome on Android',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    ],
    ['a program on Linux', 'Shop/1.0 (Linux)'],
    ['a program that we do not know', 'Your account is locked! Call +1 555 0100'],
    ['a program that we do not know', ''],
    ['a program that we do not know', undefined],
  ])('tells %s', (device, userAgent) => {
    expect(deviceOf(userAgent)).toBe(device);
  });
});

describe('the small rules of account mails', () => {
  const queued = new Date('2026-11-22T08:30:00.000Z');
  const later = (ms: number) => new Date(queued.getTime() + ms);

  it('count a request as waited for until a day has passed', () => {
    expect(isTimely({ createdAt: queued }, later(86_399_999))).toBe(true);
    expect(isTimely({ createdAt: queued }, later(86_400_000))).toBe(false);
  });

  it('write a moment out, and when the mail was queued where none is given', () => {
    // The blank before AM is a narrow one, U+202F.
    expect(momentOf('2026-11-22T20:05:00.000Z', queued)).toMatch(/^November 22, 2026 at 8:05\sPM UTC$/);
    expect(momentOf(undefined, queued)).toMatch(/^November 22, 2026 at 8:30\sAM UTC$/);
    expect(momentOf('yesterday', queued)).toBe(momentOf(undefined, queued));
  });

  it.each([
    [60_000, '1 minute'],
    [3_600_000, '60 minutes'],
    [5_400_000, '90 minutes'],
    [7_200_000, '2 hours'],
    [172_800_000, '48 hours'],
  ])('tell %i ms as %s', (ms, text) => {
    expect(durationOf(ms)).toBe(text);
  });

  it('tell an address of the network and nothing that only stands in its place', () => {
    expect(placeOf('203.0.113.7')).toEqual(['From: 203.0.113.7']);
    expect(placeOf('2001:db8::1')).toEqual(['From: 2001:db8::1']);
    for (const other of ['', undefined, 'evil.example', '203.0.113.7 call us'])
      expect(placeOf(other)).toEqual([]);
  });
});

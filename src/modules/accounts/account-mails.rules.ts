import { isIP } from 'node:net';
import type { QueuedMail } from '../../kernel/mail.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whether what somebody asked for is still waited for. A mail server that was away for days must not bring it up again. */
export function isTimely({ createdAt }: Pick<QueuedMail, 'createdAt'>, now: Date): boolean {
  return now.getTime() - createdAt.getTime() < DAY;
}

/**
 * "Hello Ada," where that is safe. Anybody can register with anybody's address and call himself what he likes: a name
 * is told only to an address that is proved, and only if it is one and no message.
 */
export function greetingOf({
  emailVerified,
  firstName,
}: {
  emailVerified: boolean;
  firstName: string | null;
}): string {
  return emailVerified && firstName !== null && NAME.test(firstName) ? `Hello ${firstName},` : 'Hello,';
}

/** Letters of any script, with what joins them; no digits, dots or slashes, of which addresses are made. */
const NAME = /^[\p{L}\p{M}' ’-]{1,40}$/u;

/** "November 22, 2026 at 8:30 AM UTC". */
export function momentOf(iso: string | undefined, otherwise: Date): string {
  const given = new Date(iso ?? '');
  return `${MOMENT.format(Number.isNaN(given.getTime()) ? otherwise : given)} UTC`;
}

const MOMENT = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** "60 minutes", "48 hours": whole units, as the settings have them. */
export function durationOf(ms: number): string {
  const [size, unit] = ms >= 2 * HOUR && ms % HOUR === 0 ? [HOUR, 'hour'] : [MINUTE, 'minute'];
  const count = Math.round(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Later ones claim to be the earlier ones too, so the order counts. */
const BROWSERS: ReadonlyArray<[token: RegExp, name: string]> = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];
const SYSTEMS: ReadonlyArray<[token: RegExp, name: string]> = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows NT\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** "Chrome on Windows". Never the client's own words: whoever signs in could write to the account's owner with them. */
export function deviceOf(userAgent: string | undefined): string {
  const named = (list: typeof BROWSERS) => list.find(([token]) => token.test(userAgent ?? ''))?.[1];
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)];
  if (!browser && !system) return 'a program that we do not know';
  return `${browser ?? 'a program'}${system ? ` on ${system}` : ''}`;
}

/** The line that tells the network address, if there is one. */
export function placeOf(ip: string | undefined): string[] {
  return isIP(ip ?? '') ? [`From: ${ip}`] : [];
}

import { describe, expect, it } from 'vitest';
import { SignedLinks } from '../../../src/platform/storage/signed-links.js';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const KEY = 'dealer_documents/a.pdf';
const now = new Date('2026-11-22T10:00:00.000Z');
const inMs = (ms: number) => new Date(now.getTime() + ms);

const queryOf = (text: string) =>
  Object.fromEntries(new URLSearchParams(text)) as { expires: string; signature: string };

describe('a signed link', () => {
  const links = new SignedLinks([key(1)]);
  const query = queryOf(links.sign(KEY, inMs(300_000)));

  it('is good for its key until its time is up', () => {
    expect(links.isGood(KEY, query, now)).toBe(true);
    expect(links.isGood(KEY, query, inMs(299_999))).toBe(true);
    expect(links.isGood(KEY, query, inMs(300_000))).toBe(false);
    expect(links.isGood('dealer_documents/b.pdf', query, now)).toBe(false);
  });

  it('outlives the rotation of keys, until its key is taken away', () => {
    expect(new SignedLinks([key(2), key(1)]).isGood(KEY, query, now)).toBe(true);
    expect(new SignedLinks([key(2)]).isGood(KEY, query, now)).toBe(false);
    const fresh = queryOf(new SignedLinks([key(2), key(1)]).sign(KEY, inMs(1_000)));
    expect(new SignedLinks([key(2)]).isGood(KEY, fresh, now)).toBe(true);
  });

  it.each<[name: string, forged: { expires?: unknown; signature?: unknown }]>([
    ['nothing', {}],
    ['no signature', { expires: query.expires }],
    ['no time', { signature: query.signature }],
    ['a later time', { ...query, expires: String(Number(query.expires) + 1) }],
    ['a time with a zero before it', { ...query, expires: `0${query.expires}` }],
    ['a time with a blank', { ...query, expires: ` ${query.expires}` }],
    ['a time that is no number', { ...query, expires: 'Infinity' }],
    ['a time below zero', { ...query, expires: '-1' }],
    ['a huge time', { ...query, expires: '9'.repeat(400) }],
    ['several times', { ...query, expires: [query.expires, query.expires] }],
    ['several signatures', { ...query, signature: [query.signature] }],
    ['an empty signature', { ...query, signature: '' }],
    ['a shorter signature', { ...query, signature: query.signature.slice(0, -1) }],
    ['a longer signature', { ...query, signature: `${query.signature}A` }],
    ['a padded signature', { ...query, signature: `${query.signature}=` }],
    ['another signature', { ...query, signature: `A${query.signature.slice(1)}` }],
    ['a signature in other letters', { ...query, signature: `${query.signature.slice(0, -1)}+` }],
    ['no text', { expires: Number(query.expires), signature: 1 }],
  ])('is not %s', (_name, forged) => {
    expect(forged).not.toEqual(query);
    expect(links.isGood(KEY, forged, now)).toBe(false);
  });

  it('has one spelling of its end: what decodes to the same bytes is no other link', () => {
    const last = query.signature.at(-1) as string;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet[alphabet.indexOf(last) ^ 1] as string;
    const forged = { ...query, signature: query.signature.slice(0, -1) + twin };
    expect(Buffer.from(forged.signature, 'base64url')).toEqual(Buffer.from(query.signature, 'base64url'));
    expect(links.isGood(KEY, forged, now)).toBe(false);
  });

  it('needs a key', () => {
    expect(() => new SignedLinks([])).toThrow();
  });
});

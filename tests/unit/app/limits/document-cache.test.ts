import { type DocumentNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache } from '../../../../src/app/limits/document-cache.js';

const BOUND = 4 * 1024 * 1024;

/** Keeps what is known of documents, and says how many of them it still knows. */
function kept(cache: DocumentCache<DocumentNode>, queries: readonly string[]): number {
  for (const query of queries) {
    const document = parse(query);
    cache.set(query, document, document);
  }
  return queries.filter((query) => cache.get(query)).length;
}

const distinct = (text: (i: number) => string, n: number) => Array.from({ length: n }, (_, i) => text(i));

describe('what is remembered of documents', () => {
  it('is there for those that clients send, two hundred of them', () => {
    const fields = Array.from({ length: 32 }, (_, i) => `field${i}(first: 1)`).join(' ');
    const cache = new DocumentCache<DocumentNode>();
    const queries = distinct((n) => `query Q${n} { ${fields} }`, 200);
    expect(kept(cache, queries)).toBe(200);
  });

  it.each<[string, (i: number) => string]>([
    ['comments', (i) => `{ a${i} } ${'#\n'.repeat(49_000)}`],
    ['a text', (i) => `{ a${i}(b: "${'x'.repeat(90_000)}") }`],
    ['blanks', (i) => `{ a${i} } ${' '.repeat(90_000)}`],
    ['fields', (i) => `{ a${i} ${'a '.repeat(5_000)} }`],
  ])('is nothing of those over 8 KB, whatever they are made of: %s', (_what, query) => {
    const cache = new DocumentCache<DocumentNode>();
    expect(kept(cache, distinct(query, 3))).toBe(0);
    expect(cache.bytes).toBe(0);
  });

  it.each<[string, (i: number) => string, number]>([
    // A comment takes 90 bytes at least.
    ['comments', (i) => `{ a${i} } ${'#\n'.repeat(4_000)}`, 4_000 * 90],
    ['a text', (i) => `{ a${i}(b: "${'x'.repeat(8_000)}") }`, 8_000],
    ['lists', (i) => `{ a${i}(b: ${'['.repeat(900)}${']'.repeat(900)}) }`, 1_800 * 370],
  ])('is bounded by what it takes in memory: %s', (_what, query, bytesOfEach) => {
    const cache = new DocumentCache<DocumentNode>(BOUND);
    const twiceTooMany = Math.ceil((2 * BOUND) / bytesOfEach);
    const known = kept(cache, distinct(query, twiceTooMany));
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThanOrEqual(BOUND / bytesOfEach);
    expect(cache.bytes).toBeGreaterThanOrEqual(known * bytesOfEach);
    expect(cache.bytes).toBeLessThanOrEqual(BOUND);
  });

  it('is forgotten on demand', () => {
    const cache = new DocumentCache<DocumentNode>();
    expect(kept(cache, ['{ a }'])).toBe(1);
    cache.delete('{ a }');
    expect(cache.get('{ a }')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});

import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fragmentsIn } from '../../../../src/app/limits/document.fragments.js';

describe('the fragments of a document', () => {
  it.each([
    ['{ a }', 0],
    ['{ ... { a } ... on A { b } }', 0],
    ['{ ...F } fragment F on A { a }', 1],
    ['{ a } fragment F on A { a } fragment G on A { a }', 2],
    ['{ ...F a { ...F b { ... { ...F } } } } fragment F on A { a }', 3],
    ['{ ...F ...F } fragment F on A { ...G ...G } fragment G on A { a }', 4],
    ['query A { ...F } query B { ...F } fragment F on A { a }', 2],
    ['{ ...F } fragment F on A { ...F }', 2],
    ['{ ...Missing }', 1],
    ['type A { a: Int }', 0],
  ])('are counted as they are written, defined or spread: %s', (query, fragments) => {
    expect(fragmentsIn(parse(query))).toBe(fragments);
  });
});

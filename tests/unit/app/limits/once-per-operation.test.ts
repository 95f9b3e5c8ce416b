import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { repeatedField } from '../../../../src/app/limits/once-per-operation.js';

const once = new Set(['login', 'register']);

describe('a field that may run once in an operation', () => {
  it.each([
    ['under two aliases', 'mutation { a: login { t } b: login { t } }'],
    ['under its own name and an alias', 'mutation { login { t } b: login { t } }'],
    ['after others', 'mutation { register { t } x: logout { t } a: login { t } b: login { t } }'],
    ['in an inline fragment', 'mutation { a: login { t } ... on Mutation { ... { b: login { t } } } }'],
    [
      'in fragments',
      'mutation { ...A ...B } fragment A on Mutation { a: login { t } } fragment B on Mutation { b: login { t } }',
    ],
    [
      'in a fragment of a fragment',
      'mutation { a: login { t } ...A } fragment A on Mutation { ...B } fragment B on Mutation { b: login { t } }',
    ],
    ['left out, perhaps', 'mutation { a: login { t } b: login @skip(if: true) { t } }'],
    [
      'in the second of two operations',
      'mutation A { login { t } } mutation B { a: login { t } b: login { t } }',
    ],
  ])('is found %s', (_name, query) => {
    expect(repeatedField(parse(query), once)).toBe('login');
  });

  it.each([
    ['stands there once', 'mutation { login { t } }'],
    ['stands there beside another such field', 'mutation { login { t } register { t } }'],
    [
      'is merged with itself',
      'mutation { login { t } login { u } ...A ...A } fragment A on Mutation { login { v } }',
    ],
    ['stands in each of two operations', 'mutation A { login { t } } mutation B { login { t } }'],
    ['is another field under its name', 'mutation { login: logout { t } a: login { t } x: logout { t } }'],
    ['stands below another', 'mutation { logout { a: login { t } b: login { t } } }'],
    ['is no mutation', '{ a: login { t } b: login { t } }'],
    ['is in a fragment within itself', 'mutation { ...A } fragment A on Mutation { login { t } ...A }'],
    ['is not in the document at all', 'mutation { ...Missing }'],
  ])('runs once where it %s', (_name, query) => {
    expect(repeatedField(parse(query), once)).toBeNull();
  });
});

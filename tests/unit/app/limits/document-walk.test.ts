import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type DocumentSize, sizeOf } from '../../../../src/app/limits/document.walk.js';

function size(query: string): DocumentSize {
  return sizeOf(parse(query));
}

/** `{ a { a { … } } }` with so many levels. */
function nested(levels: number, field = 'a'): string {
  return `${`{ ${field} `.repeat(levels)}${'}'.repeat(levels)}`;
}

/** The document, and how often its selections have been asked for since. */
function watched(query: string): { document: DocumentNode; looks: () => number } {
  let looks = 0;
  const document = visit(parse(query), {
    SelectionSet: {
      leave: ({ kind, selections }) => ({
        kind,
        get selections() {
          looks++;
          return selections;
        },
      }),
    },
  });
  looks = 0;
  return { document, looks: () => looks };
}

describe('the size of a document', () => {
  it.each([
    ['{ a }', 1],
    ['{ a { b } c }', 2],
    [nested(10), 10],
    [nested(11), 11],
    ['{ ... { ... on Query { a } } }', 1],
    ['{ a { ...F } } fragment F on A { b { c } }', 3],
    ['{ ...F } fragment F on Query { a { ...G } } fragment G on A { b { ...H } } fragment H on B { c }', 3],
    ['query A { a } query B { a { b } }', 2],
    ['{ a } fragment Unused on A { b { c { d } } }', 1],
    ['{ a { __typename } }', 2],
    ['{ a { ...Missing } }', 1],
    ['type A { a: Int }', 0],
  ])('has the depth of its deepest field: %s', (query, depth) => {
    expect(size(query).depth).toBe(depth);
  });

  it.each([
    [`{ __schema ${nested(14)} }`, 0, 15],
    [`{ a ${nested(3)} __type(name: "A") ${nested(4)} }`, 4, 5],
    [`{ a { __schema ${nested(2)} } }`, 1, 3],
    [`{ ...F } fragment F on Query { __schema { ...G } } fragment G on S ${nested(2)}`, 0, 3],
  ])('counts what is below __schema and __type apart: %s', (query, depth, introspectionDepth) => {
    expect(size(query)).toMatchObject({ depth, introspectionDepth });
  });

  it.each([
    ['{ __schema { types { name } } }', [1, 0, 0]],
    ['{ __schema { a } x: __schema { a } ... { y: __schema { a } } }', [3, 0, 0]],
    [
      '{ ...A ...B } fragment A on Q { ...C } fragment B on Q { ...C } fragment C on Q { __schema { a } }',
      [2, 0, 0],
    ],
    ['query A { __schema { a } } query B { __schema { a } __type { a } }', [1, 1, 0]],
    ['{ a: __type { a } b: __type { b: a } __typename }', [0, 2, 1]],
    [
      '{ x: a __schema { ...F } } fragment F on S { a: types { b: fields { n } fields { n } } types { n } }',
      [1, 0, 2],
    ],
    ['{ __schema { types { n } types { n } } }', [1, 0, 1]],
  ])('counts how often the schema is asked for, and what is asked in it by two names: %s', (query, found) => {
    const { schemas, types, introspectionAliases } = size(query);
    expect([schemas, types, introspectionAliases]).toEqual(found);
  });

  it.each([
    ['{ a b }', 0],
    ['{ x: a y: b { z: c } }', 3],
    ['{ ... { x: a } ... on Query { y: a } }', 2],
    ['{ a { ...F } b { ...F } ...F } fragment F on A { x: a y: a }', 6],
    ['{ ...F ...F } fragment F on A { ...G ...G } fragment G on A { x: a }', 4],
    ['query A { x: a } query B { x: a y: a }', 2],
    ['{ a a a }', 2],
    ['{ a { b } a { b b } }', 2],
    ['{ a ... { a ... on Query { a } } b }', 2],
    ['{ a { a { a } } }', 0],
    ['{ x: a x: a }', 2],
    ['{ a ...F ...F } fragment F on Query { a }', 0],
    ['{ a } fragment Unused on A { x: a y: a z: a }', 0],
  ])('has as many aliases as its fragments make of them: %s', (query, aliases) => {
    expect(size(query).aliases).toBe(aliases);
  });

  it.each([
    ['{ a @a }', 1],
    ['{ a @a @a @b }', 3],
    ['query ($v: Int @a) @b { ...F @c ... @d { a @e } } fragment F on Query @f { a @g }', 7],
    ['{ ...F ...F } fragment F on A { ...G ...G } fragment G on A { a @x }', 4],
    ['mutation @a { a } query @b @c { a }', 2],
  ])('has as many directives as its fragments make of them: %s', (query, directives) => {
    expect(size(query).directives).toBe(directives);
  });

  it.each([
    '{ ...F } fragment F on A { x: a ...F }',
    '{ ...F } fragment F on A { x: a ...G } fragment G on A { y: b ...F }',
    '{ ...F } fragment F on A { x: a { ...F } }',
  ])('comes to an end with a fragment within itself: %s', (query) => {
    expect(size(query).aliases).toBeGreaterThan(0);
  });

  it('takes one look at each fragment, however often each of a hundred spreads the next', () => {
    const fragments = Array.from(
      { length: 100 },
      (_, n) => `fragment F${n} on A { ...F${n + 1} ...F${n + 1} }`,
    );
    const { document, looks } = watched(`{ ...F0 } ${fragments.join(' ')} fragment F100 on A { x: a }`);
    const found = sizeOf(document);
    expect(document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)).toHaveLength(101);
    expect(looks()).toBe(102);
    expect(found.aliases).toBe(1_000_000_000);
    expect(found.depth).toBe(1);
  });

  it('takes one look at each where a hundred fragments lie in each other twice', () => {
    const fragments = Array.from(
      { length: 100 },
      (_, n) => `fragment F${n} on A { a { ...F${n + 1} } b { ...F${n + 1} } }`,
    );
    const { document, looks } = watched(`{ ...F0 } ${fragments.join(' ')} fragment F100 on A { a @d }`);
    const { depth, directives } = sizeOf(document);
    expect({ depth, directives }).toEqual({ depth: 101, directives: 1_000_000_000 });
    expect(looks()).toBe(302);
  });
});

import fc from 'fast-check';
import {
  buildSchema,
  type GraphQLObjectType,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../../src/app/limits/document.cost.js';

const schema = buildSchema(`
  type Query {
    me: User
    cars(first: Int, after: String, last: Int, before: String, makes: [String!]): CarConnection!
    featured(first: Int = 12): [Car!]!
    makes: [Make!]!
    count: Int!
  }
  type Mutation { buy(id: ID!): Payload! sell(id: ID!): Payload! }
  type Subscription { changes: Car! }
  type User { id: ID! name: String! car: Car }
  type Payload { car: Car! }
  type PageInfo { endCursor: String }
  type CarEdge { cursor: String! node: Car! }
  type Facets { makes: [Make!]! }
  type CarConnection { edges: [CarEdge!]! nodes: [Car!]! pageInfo: PageInfo! totalCount: Int! facets: Facets! }
  type Make { name: String! models: [Make!]! }
  interface Thing { id: ID! owner: User! }
  type Car implements Thing {
    id: ID! owner: User! features: [String!]! images: [Image!]! grid: [[Image!]!]!
    similar(first: Int = 6): [Car!]! events(first: Int, after: String): EventConnection!
  }
  type Image { url: String! }
  type EventConnection { nodes: [Event!]! }
  type Event { id: ID! car: Car! }
`);

const sizes = { pageSize: 20, maxPageSize: 100 };

function cost(query: string, variables?: unknown, name?: string): number {
  const document = parse(query);
  const operation = getOperationAST(document, name) as OperationDefinitionNode;
  return costOf(schema, document, operation, variables, sizes);
}

describe('the cost of an operation', () => {
  it('takes what a field declares besides, as often as the lists that it stands in', () => {
    const facets = (schema.getType('CarConnection') as GraphQLObjectType).getFields().facets;
    if (!facets) throw new Error('no facets');
    facets.extensions = { complexity: 200 };
    try {
      expect(cost('{ cars { totalCount } }')).toBe(1);
      expect(cost('{ cars { facets { makes { name } } } }')).toBe(1 + 200 + 1 + 10);
      expect(cost('{ a: cars { facets { __typename } } b: cars { facets { __typename } } }')).toBe(
        2 * (1 + 200 + 1),
      );
    } finally {
      facets.extensions = {};
    }
  });

  it.each([
    ['{ count __typename }', 0],
    ['{ me { id name } }', 1],
    ['{ me { car { owner { id } } } }', 3],
    ['{ me { ... { car { id } } ... on User { car { id } } } }', 3],
    ['{ me { car { features } } }', 2],
    ['{ me { car { ... on Thing { owner { id } } } } }', 3],
    ['{ a: me { id } b: me { id } }', 2],
    ['{ makes { name } }', 10],
    ['{ makes { models { name } } }', 10 * (1 + 10)],
    ['{ me { car { images { url } grid { url } } } }', 2 + 10 + 100],
    ['{ me { ...F } } fragment F on User { car { ...G } } fragment G on Car { owner { id } }', 3],
    ['{ ...F ...F } fragment F on Query { me { id } }', 2],
    ['subscription { changes { owner { id } } }', 2],
    ['{ __schema { types { fields { args { name } } } } }', 0],
  ])('is one for each object, times the lists that it stands in: %s', (query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it.each([
    ['a usual page, where nothing is said', '{ cars { nodes { id } } }', 21],
    ['first', '{ cars(first: 50) { nodes { id } } }', 51],
    ['last', '{ cars(last: 7) { nodes { id } } }', 8],
    ['null for first', '{ cars(first: null) { nodes { id } } }', 21],
    ['null beside last', '{ cars(first: null, last: 5) { nodes { id } } }', 6],
    ['the greater of two, which will be refused', '{ cars(first: 1, last: 9) { nodes { id } } }', 10],
    ['edges and nodes, each', '{ cars(first: 5) { edges { node { id } } nodes { id } } }', 1 + 10 + 5],
    ['nothing but the count', '{ cars(first: 100) { totalCount } }', 1],
    ['the page info', '{ cars(first: 100) { pageInfo { endCursor } } }', 2],
    ['facets, which are no rows', '{ cars(first: 100) { facets { makes { name } } } }', 1 + 1 + 10],
    [
      'rows behind a fragment',
      '{ cars(first: 30) { ...P } } fragment P on CarConnection { nodes { id } }',
      31,
    ],
    [
      'one fragment for two sizes',
      '{ a: cars(first: 3) { ...P } b: cars(first: 4) { ...P } } fragment P on CarConnection { nodes { id } }',
      4 + 5,
    ],
    ['a default of the schema', '{ featured { id } }', 12],
    ['more than that default', '{ featured(first: 40) { id } }', 40],
    ['lists in lists', '{ featured(first: 4) { similar { owner { id } } } }', 4 * (1 + 6 * 2)],
    [
      'pages in pages',
      '{ cars(first: 10) { nodes { events(first: 10) { nodes { car { id } } } } } }',
      1 + 10 * (1 + 1 + 10 * 2),
    ],
    ['more than a page may have', '{ cars(first: 100000) { nodes { id } } }', 101],
    ['less than nothing', '{ cars(first: -1) { nodes { id } } }', 1],
    ['no row at all', '{ cars(first: 0) { nodes { id } } }', 1],
  ])('takes lists to be as long as they are asked for: %s', (_name, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  const paged = 'query ($n: Int) { cars(first: $n) { nodes { id } } }';
  const defaulted = 'query ($n: Int = 30) { cars(first: $n) { nodes { id } } }';
  it.each<[string, string, unknown, number]>([
    ['a variable', paged, { n: 60 }, 61],
    ['a variable that is not given', paged, {}, 21],
    ['no variables', paged, undefined, 21],
    ['null', paged, { n: null }, 21],
    ['a default', defaulted, {}, 31],
    ['a value instead of the default', defaulted, { n: 2 }, 3],
    ['null instead of the default', defaulted, { n: null }, 21],
    ['far too much', paged, { n: 1e308 }, 101],
    ['an endless number', paged, { n: Number.POSITIVE_INFINITY }, 101],
    ['no number', paged, { n: Number.NaN }, 21],
    ['a negative number', paged, { n: -1e9 }, 1],
    ['a text', paged, { n: '100000' }, 21],
    ['a list', paged, { n: [100_000] }, 21],
    ['an object', paged, { n: { valueOf: 5 } }, 21],
    ['true', paged, { n: true }, 21],
    ['variables that are a text', paged, 'n', 21],
    ['variables that are a list', paged, [100], 21],
    ['variables that are null', paged, null, 21],
    [
      'a name of Object.prototype',
      'query ($constructor: Int) { cars(first: $constructor) { nodes { id } } }',
      {},
      21,
    ],
    ['__proto__', 'query ($__proto__: Int) { cars(first: $__proto__) { nodes { id } } }', {}, 21],
    [
      '__proto__ as JSON gives it',
      'query ($__proto__: Int) { cars(first: $__proto__) { nodes { id } } }',
      JSON.parse('{"__proto__": 40}'),
      41,
    ],
    ['a variable that nobody declared', '{ cars(first: $n) { nodes { id } } }', { n: 50 }, 51],
  ])('reads list sizes from variables, whatever they are: %s', (_name, query, variables, expected) => {
    expect(cost(query, variables)).toBe(expected);
  });

  it.each<[string, unknown, number]>([
    ['{ me @skip(if: true) { id } }', {}, 0],
    ['{ me @skip(if: false) { id } }', {}, 1],
    ['{ me @include(if: false) { id } }', {}, 0],
    ['{ me @include(if: true) @skip(if: true) { id } }', {}, 0],
    ['query ($v: Boolean!) { me @skip(if: $v) { id } }', { v: true }, 0],
    ['query ($v: Boolean!) { me @include(if: $v) { id } }', { v: false }, 0],
    ['query ($v: Boolean = false) { ...F @include(if: $v) } fragment F on Query { me { id } }', {}, 0],
    ['query ($v: Boolean = false) { ... @include(if: $v) { me { id } } }', { v: true }, 1],
    ['query ($v: Boolean!) { me @skip(if: $v) { id } }', { v: 'true' }, 1],
    ['query ($v: Boolean!) { me @skip(if: $v) { id } }', { v: 1 }, 1],
    ['{ me @skip { id } }', {}, 1],
    ['{ me @unknown(if: true) { id } }', {}, 1],
  ])('leaves out what is surely left out: %s', (query, variables, expected) => {
    expect(cost(query, variables)).toBe(expected);
  });

  it.each([
    ['mutation { buy(id: 1) { car { id } } }', 10 + 2],
    ['mutation { a: buy(id: 1) { car { id } } b: sell(id: 1) { car { id } } }', 24],
    ['mutation { ...F } fragment F on Mutation { buy(id: 1) { car { owner { id } } } }', 10 + 3],
    ['mutation { ... on Mutation { buy(id: 1) { car { id } } } }', 12],
  ])('counts ten for each mutation: %s', (query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it.each([
    ['{ nothing { at { all } } }', 2],
    ['{ nothing me cars makes }', 0],
    ['{ me { id { id } } }', 1],
    ['{ me { constructor { name } hasOwnProperty { a } } }', 3],
    ['{ ...Missing }', 0],
    ['{ ... on Nobody { me { id } } }', 1],
    ['{ ...F } fragment F on Query { me { id } ...F }', 1],
    ['{ ...F } fragment F on Query { me { id } ...G } fragment G on Query { makes { name } ...F }', 11],
    ['subscription { nothing { a } }', 1],
  ])('has a figure for what is not valid: %s', (query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it('is that of the operation that will run', () => {
    const query = 'query A { me { id } } query B { makes { name } }';
    expect([cost(query, {}, 'A'), cost(query, {}, 'B')]).toEqual([1, 10]);
  });

  it('ends at a ceiling, without going through what fragments make of each other', () => {
    const fragments = Array.from(
      { length: 100 },
      (_, n) => `fragment F${n} on Car { similar { ...F${n + 1} } x: similar { ...F${n + 1} } }`,
    );
    const query = `{ me { car { ...F0 } } } ${fragments.join(' ')} fragment F100 on Car { owner { id } }`;
    expect(cost(query)).toBe(1_000_000_000);
  });
});

describe('costs compared', () => {
  const leaf = fc.constantFrom('id', 'features', 'owner { id }', 'images { url }');
  const { car } = fc.letrec<{ car: string }>((tie) => ({
    car: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(tie('car'), tie('car')).map(([a, b]) => `${a} ${b}`),
      tie('car').map((inner) => `similar(first: $n) { ${inner} }`),
      tie('car').map((inner) => `events(first: $n) { nodes { car { ${inner} } } }`),
      tie('car').map((inner) => `... @include(if: true) { ${inner} }`),
    ),
  }));
  const operation = (inner: string) => `query ($n: Int) { cars(first: $n) { nodes { ${inner} } } }`;

  it('are greater, or the same, for longer pages', () => {
    fc.assert(
      fc.property(car, fc.nat(150), fc.nat(150), (inner, n, more) => {
        const query = operation(inner);
        expect(cost(query, { n: n + more })).toBeGreaterThanOrEqual(cost(query, { n }));
      }),
    );
  });

  it('are greater, or the same, for more fields', () => {
    fc.assert(
      fc.property(car, car, fc.nat(150), (inner, other, n) => {
        const less = cost(operation(inner), { n });
        expect(cost(operation(`${inner} ${other}`), { n })).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('are the same for a fragment and for its fields', () => {
    fc.assert(
      fc.property(car, fc.nat(150), (inner, n) => {
        const spread = `${operation('...F')} fragment F on Car { ${inner} }`;
        expect(cost(spread, { n })).toBe(cost(operation(inner), { n }));
      }),
    );
  });
});

import { buildSchema, type GraphQLResolveInfo, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { below, type Selection, selectionOf } from '../../../src/kernel/selection.js';

const schema = buildSchema(`
  type Query { cars(first: Int): Page cats: [Cat] }
  type Page { nodes: [Car!]! edges: [Edge!]! totalCount: Int }
  type Edge { node: Car! }
  type Car { id: ID make: String maker: Maker }
  type Maker { id: ID name: String }
  interface Cat { id: ID }
  type Tabby implements Cat { id: ID stripes: Int }
`);

/** As nested plain objects; leaves are empty ones. */
const plain = (selection: Selection): object =>
  Object.fromEntries([...selection].map(([name, sub]) => [name, plain(sub)]));

/** What each call of the resolver of `cars` is asked. */
async function asked(query: string, variableValues: Record<string, unknown> = {}) {
  const infos: GraphQLResolveInfo[] = [];
  const note = (_args: unknown, _ctx: unknown, info: GraphQLResolveInfo) => void infos.push(info);
  const rootValue = { cars: note, cats: note };
  const { errors } = await graphql({ schema, source: query, rootValue, variableValues });
  if (errors) throw errors[0];
  return infos;
}
const of = async (query: string, variables = {}) => {
  const [info] = await asked(query, variables);
  return plain(selectionOf(info as GraphQLResolveInfo));
};

describe('selectionOf', () => {
  it('names fields, not aliases, and leaves __typename out', async () => {
    expect(await of('{ x: cars { y: nodes { __typename z: make } totalCount } }')).toEqual({
      nodes: { make: {} },
      totalCount: {},
    });
  });

  it('merges what is asked for twice', async () => {
    const query = `{ cars { nodes { id } a: nodes { make maker { id } } } cars { nodes { maker { name } } } }`;
    expect(await of(query)).toEqual({ nodes: { id: {}, make: {}, maker: { id: {}, name: {} } } });
  });

  it('takes fragments in, named and inline, of every type', async () => {
    const query = `
      { cars { ...P ... on Page { totalCount } ... { edges { node { id } } } } }
      fragment P on Page { nodes { ...C } }
      fragment C on Car { make }`;
    expect(await of(query)).toEqual({ nodes: { make: {} }, totalCount: {}, edges: { node: { id: {} } } });
    expect(await of('{ cats { id ... on Tabby { stripes } } }')).toEqual({ id: {}, stripes: {} });
  });

  it('leaves out what @skip and @include leave out', async () => {
    const query = `query ($yes: Boolean!, $no: Boolean = false) { cars {
      a: nodes @include(if: $yes) { id }
      b: nodes @skip(if: $yes) { make }
      ... @include(if: $no) { totalCount }
      ...E @skip(if: $no)
      edges @include(if: $yes) @skip(if: $yes) { node { make } }
    } } fragment E on Page { edges { node { id } } }`;
    expect(await of(query, { yes: true })).toEqual({ nodes: { id: {} }, edges: { node: { id: {} } } });
  });

  it('does not carry one execution over to the next', async () => {
    const query = 'query ($yes: Boolean!) { cars { nodes { id } totalCount @include(if: $yes) } }';
    expect(await of(query, { yes: true })).toEqual({ nodes: { id: {} }, totalCount: {} });
    expect(await of(query, { yes: false })).toEqual({ nodes: { id: {} } });
  });

  it('tells fields of one operation apart, and answers the same for the same', async () => {
    const [a, b] = (await asked('{ a: cars { totalCount } b: cars { nodes { id } } }')) as [
      GraphQLResolveInfo,
      GraphQLResolveInfo,
    ];
    expect(plain(selectionOf(a))).toEqual({ totalCount: {} });
    expect(plain(selectionOf(b))).toEqual({ nodes: { id: {} } });
    expect(selectionOf(a)).toBe(selectionOf(a));
  });
});

describe('below', () => {
  it('merges several paths, and is empty where nothing was asked', async () => {
    const [info] = await asked(
      '{ cars { nodes { id maker { id } } edges { node { make maker { name } } } } }',
    );
    const selection = selectionOf(info as GraphQLResolveInfo);
    expect(plain(below(selection, 'edges.node', 'nodes'))).toEqual({
      id: {},
      make: {},
      maker: { id: {}, name: {} },
    });
    expect(plain(below(selection, 'nothing.at.all'))).toEqual({});
    // What was merged is a copy: the selection itself stays as it was.
    expect(plain(below(selection, 'nodes'))).toEqual({ id: {}, maker: { id: {} } });
  });
});

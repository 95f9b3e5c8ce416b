import { createHash } from 'node:crypto';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type ApiError, useApp } from '../../support/app.js';
import { type Asked, ask, transports } from './asking.js';

const times = (n: number, part: (index: number) => string) =>
  Array.from({ length: n }, (_, index) => part(index)).join(' ');

/** Operations of five tokens each, of which the last will run. */
const tokens = (n: number, more = ''): Asked => ({
  query: `${times(n / 5, (i) => `query Q${i + 1} { __typename }`)} ${more}`,
  operationName: `Q${n / 5}`,
});

/** Fields in each other. Short pages keep the cost low. */
const chain = (...fields: string[]): Asked => ({
  query: `{ ${fields.join(' { ')} ${'}'.repeat(fields.length)}`,
});
const AROUND = ['vehicles(first: 1)', 'nodes', 'dealer'];
const NINE = ['dealers', 'nodes', ...AROUND, ...AROUND, 'vehicles(first: 1)'];

const aliases = (n: number): Asked => ({ query: `{ ${times(n, (i) => `a${i}: __typename`)} }` });

/** 15 of them in a fragment that two others spread. */
const spreadAliases = (n: number): Asked => ({
  query: `
    { ...A ...B ${times(n - 30, (i) => `a${i}: __typename`)} }
    fragment A on Query { ...C }
    fragment B on Query { ...C }
    fragment C on Query { ${times(15, (i) => `c${i}: __typename`)} }`,
});

const directives = (n: number): Asked => ({
  query: `{ ${times(n, () => '... @include(if: true) { __typename }')} }`,
});

/** Each defined, and spread once. */
const fragments = (n: number): Asked => ({
  query: `{ ${times(n, (i) => `...F${i}`)} } ${times(n, (i) => `fragment F${i} on Query { __typename }`)}`,
});

/** 1 + 100 × (1 + 1 + 1 + 46) vehicles and what is around them, and 1 + the rest of dealers. */
const cost = (n: number, variables: object = { vehicles: 46, dealers: n - 4_902 }): Asked => ({
  query: `query ($vehicles: Int, $dealers: Int = 1) {
    vehicles(first: 100) { nodes { dealer { vehicles(first: $vehicles) { nodes { id } } } } }
    dealers(first: $dealers) { nodes { id } }
  }`,
  variables,
});

const within: Array<[what: string, asked: Asked]> = [
  ['2,000 tokens', tokens(2_000)],
  ['10 levels', chain(...NINE, 'totalCount')],
  ['30 aliases', aliases(30)],
  ['30 aliases, by their fragments', spreadAliases(30)],
  ['30 fields that stand there again', { query: `{ ${'__typename '.repeat(31)} }` }],
  ['20 directives', directives(20)],
  ['100 fragments', fragments(100)],
  ['a cost of 5,000', cost(5_000)],
];

const past: Array<[what: string, asked: Asked, code: string, message: string]> = [
  [
    '2,001 tokens',
    tokens(2_000, 'x'),
    'BAD_USER_INPUT',
    'Syntax Error: Document contains more that 2000 tokens. Parsing aborted.',
  ],
  [
    '11 levels',
    chain(...NINE, 'nodes', 'id'),
    'BAD_USER_INPUT',
    'The document has 11 levels of fields; 10 are allowed.',
  ],
  ['31 aliases', aliases(31), 'BAD_USER_INPUT', 'The document has 31 aliases; 30 are allowed.'],
  [
    '31 aliases, by their fragments',
    spreadAliases(31),
    'BAD_USER_INPUT',
    'The document has 31 aliases; 30 are allowed.',
  ],
  [
    '31 fields that stand there again',
    { query: `{ ${'__typename '.repeat(32)} }` },
    'BAD_USER_INPUT',
    'The document has 31 aliases; 30 are allowed.',
  ],
  ['21 directives', directives(21), 'BAD_USER_INPUT', 'The document has 21 directives; 20 are allowed.'],
  ['101 fragments', fragments(101), 'BAD_USER_INPUT', 'The document has 101 fragments; 100 are allowed.'],
  [
    'a fragment that is spread 101 times',
    { query: `{ ${'...F '.repeat(101)} } fragment F on Query { __typename }` },
    'BAD_USER_INPUT',
    'The document has 101 fragments; 100 are allowed.',
  ],
  [
    'a cost of 5,001',
    cost(5_001),
    'QUERY_TOO_COMPLEX',
    'The operation may read 5001 objects; 5000 are allowed. Ask for shorter pages or fewer fields.',
  ],
  [
    'a cost that only the variables make',
    cost(0, { vehicles: 1_000_000 }),
    'QUERY_TOO_COMPLEX',
    'The operation may read 10303 objects; 5000 are allowed. Ask for shorter pages or fewer fields.',
  ],
];

describe('limits on documents', () => {
  const app = useApp('sqlite');

  it('are tried with documents of just that size', () => {
    const [[, { query }]] = within as [[string, Asked]];
    expect(parse(query).tokenCount).toBe(2_000);
  });

  describe.each(transports)('over %s', (over) => {
    it.each(within)('let %s pass', async (_what, asked) => {
      const { data, errors } = await ask(app, over, asked);
      expect(errors).toBeNull();
      expect(data).toEqual(expect.any(Object));
    });

    it.each(past)('refuse %s, and nothing is read', async (_what, asked, code, message) => {
      let answer: unknown;
      const statements = await app.statements(async () => {
        answer = await ask(app, over, asked);
      });
      expect(answer).toEqual({
        status: over === 'HTTP' ? 400 : null,
        data: null,
        errors: [
          expect.objectContaining({
            message,
            extensions: { code, statusCode: 400, requestId: expect.any(String) },
          }),
        ],
      });
      expect(statements).toEqual([]);
    });

    it('refuse in a moment what fragments make of each other a hundred times over', async () => {
      const query = `{ dealers { nodes { ...F0 } } } ${times(
        100,
        (i) => `fragment F${i} on Dealer { ...F${i + 1} ...F${i + 1} }`,
      )} fragment F100 on Dealer { a: id }`;
      const { errors } = await ask(app, over, { query });
      expect(errors?.[0]?.message).toBe('The document has 1000000000 aliases; 30 are allowed.');
    });

    it('refuse what is past them again and again, whatever else has been asked', async () => {
      for (const asked of [cost(5_000), cost(5_001), cost(5_000), cost(5_001)]) {
        const { errors } = await ask(app, over, asked);
        expect(errors?.[0]?.extensions.code ?? null).toBe(
          asked.variables === undefined ? null : codeOf(asked),
        );
      }
    });
  });

  it('hold for queries over GET', async () => {
    const get = async (asked: Asked) => {
      const { query, variables } = asked;
      const search = new URLSearchParams({
        query,
        ...(variables ? { variables: JSON.stringify(variables) } : {}),
      });
      const response = await fetch(`${app.url}/graphql?${search}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
      return [
        response.status,
        ((await response.json()) as { errors?: [{ extensions: { code: string } }] }).errors?.[0].extensions
          .code,
      ];
    };
    expect(await get(aliases(30))).toEqual([200, undefined]);
    expect(await get(aliases(31))).toEqual([400, 'BAD_USER_INPUT']);
    expect(await get(cost(5_000))).toEqual([200, undefined]);
    expect(await get(cost(5_001))).toEqual([400, 'QUERY_TOO_COMPLEX']);
  });

  it('are not got around by a hash in the place of a document', async () => {
    const post = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      const { data, errors } = (await response.json()) as { data?: object; errors?: ApiError[] };
      return [data, errors?.[0]?.message];
    };
    const query = '{ __typename }';
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
    const refused = [undefined, 'PersistedQueryNotSupported'];
    expect(await post({ query, extensions: { persistedQuery } })).toEqual(refused);
    expect(await post({ extensions: { persistedQuery } })).toEqual(refused);
    expect(await post({ query })).toEqual([{ __typename: 'Query' }, undefined]);
  });

  it('are told in the media type that the client asks for', async () => {
    const typeFor = async (accept: string) => {
      const body = JSON.stringify(aliases(31));
      const headers = { 'content-type': 'application/json', accept };
      const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      return response.headers.get('content-type');
    };
    expect(await typeFor('*/*')).toBe('application/json; charset=utf-8');
    expect(await typeFor('application/graphql-response+json, application/json;q=0.9')).toBe(
      'application/graphql-response+json; charset=utf-8',
    );
  });
});

function codeOf({ variables }: Asked): string | null {
  return (variables as { dealers: number }).dealers > 98 ? 'QUERY_TOO_COMPLEX' : null;
}

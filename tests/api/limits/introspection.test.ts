import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import { ask, transports } from './asking.js';

const WHOLE = {
  query: getIntrospectionQuery({
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }),
};

const nested = (levels: number) =>
  `{ __type(name: "Query") { ${'ofType { '.repeat(levels)} name ${'}'.repeat(levels)} } }`;

describe('introspection in development', () => {
  const app = useApp('sqlite', { config: { introspection: true } });

  describe.each(transports)('over %s', (over) => {
    it('answers what GraphiQL asks', async () => {
      const { data, errors } = await ask(app, over, WHOLE);
      expect(errors).toBeNull();
      expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
    });

    it('goes 20 levels deep, and no deeper', async () => {
      expect((await ask(app, over, { query: nested(18) })).data).toEqual({ __type: { ofType: null } });
      const { errors } = await ask(app, over, { query: nested(19) });
      expect(errors?.map(({ message }) => message)).toEqual([
        'The document has 21 levels of introspection; 20 are allowed.',
      ]);
    });

    it.each([
      ['{ a: __schema { types { name } } b: __schema { types { name } } }', '2 fields __schema; 1 are'],
      [
        `{ ${Array.from({ length: 6 }, (_, i) => `t${i}: __type(name: "Query") { name }`).join(' ')} }`,
        '6 fields __type; 5 are',
      ],
      [
        '{ __schema { a: types { name } b: types { name } c: types { name } } }',
        '3 aliases in introspection; 2 are',
      ],
    ])('is told once in an operation: %s', async (query, found) => {
      const { errors } = await ask(app, over, { query });
      expect(errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
        [`The document has ${found} allowed.`, 'BAD_USER_INPUT'],
      ]);
    });

    it('goes round in no circles', async () => {
      const query = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
      const { errors } = await ask(app, over, { query });
      expect(errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
        ['Maximum introspection depth exceeded', 'BAD_USER_INPUT'],
      ]);
    });

    it('gives other depths no more room', async () => {
      const query = `{ __typename dealers { nodes { ${'vehicles(first: 1) { nodes { dealer { '.repeat(3)} __typename ${'} } } '.repeat(3)} } } }`;
      expect((await ask(app, over, { query })).errors?.[0]?.message).toBe(
        'The document has 12 levels of fields; 10 are allowed.',
      );
    });
  });
});

describe('introspection in production', () => {
  const app = useApp('sqlite', { config: { introspection: false, graphiql: false } });

  it.each(transports)('is refused over %s', async (over) => {
    for (const query of [
      WHOLE.query,
      '{ __schema { types { name } } }',
      '{ __type(name: "Query") { name } }',
    ]) {
      const { data, errors } = await ask(app, over, { query });
      expect(data).toBeNull();
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('introspection'),
        extensions: { code: 'BAD_USER_INPUT', statusCode: 400 },
      });
      expect(JSON.stringify(errors)).not.toContain('Vehicle');
    }
  });

  it.each(transports)('still tells the name of a type that is there, over %s', async (over) => {
    expect((await ask(app, over, { query: '{ __typename }' })).data).toEqual({ __typename: 'Query' });
  });

  it.each(transports)('makes no suggestions over %s', async (over) => {
    const guesses = [
      { query: '{ vehiclez { totalCount } }' },
      { query: '{ vehicles(firzt: 1) { totalCount } }' },
      { query: '{ vehicles(orderBy: NEWESTT) { totalCount } }' },
      { query: '{ ... on Querry { __typename } }' },
      { query: '{ vehicles }' },
      {
        query: 'query ($o: VehicleOrder) { vehicles(orderBy: $o) { totalCount } }',
        variables: { o: 'NEWESTT' },
      },
      {
        query: 'query ($f: VehicleFilter) { vehicles(filter: $f) { totalCount } }',
        variables: { f: { makez: [] } },
      },
    ];
    for (const guess of guesses) {
      const { data, errors } = await ask(app, over, guess);
      expect(data).toBeNull();
      expect(errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toContain('Did you mean');
    }
  });
});

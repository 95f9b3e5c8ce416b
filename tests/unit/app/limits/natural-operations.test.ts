import { readdirSync, readFileSync } from 'node:fs';
import { getIntrospectionQuery, parse, print, separateOperations } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../../src/app/config.js';
import { OperationLimits } from '../../../../src/app/limits/operation-limits.js';
import { buildGraphQLSchema } from '../../../../src/app/schema.js';

const FOLDER = 'tests/operations';

const config = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${'x'.repeat(32)}` });

/** The operations that the tests send as clients would, each with its fragments. */
const operations = readdirSync(FOLDER).flatMap((file) =>
  Object.entries(separateOperations(parse(readFileSync(`${FOLDER}/${file}`, 'utf8')))),
);

describe('the limits leave room', () => {
  let limits: OperationLimits;
  beforeAll(async () => {
    limits = new OperationLimits(await buildGraphQLSchema(), config);
  });

  it('has operations to look at', () => {
    expect(operations.length).toBeGreaterThan(40);
  });

  it.each(operations)('for %s, a usual page at a time', (_name, document) => {
    expect(() => limits.check({ query: print(document), variables: {} })).not.toThrow();
  });

  it('for the introspection that tools send', () => {
    const query = getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect(() => limits.check({ query })).not.toThrow();
  });

  it('for the largest page of vehicles, with what a card of it shows', () => {
    const query = `query ($first: Int) { vehicles(first: $first) {
      totalCount pageInfo { endCursor hasNextPage }
      edges { cursor node { id make model askingPrice dealer { id businessName city } myNegotiation { id status currentOffer { amount } } } }
    } }`;
    expect(() => limits.check({ query, variables: { first: 100 } })).not.toThrow();
  });
});

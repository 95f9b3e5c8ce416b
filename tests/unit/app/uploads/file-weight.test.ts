import { describe, expect, it } from 'vitest';
import { maxFileBytes } from '../../../../src/app/uploads/file-weight.js';

const weigh = (query: unknown) => maxFileBytes({ query }, { heavy: 20 }, 10);

describe('what a file may weigh', () => {
  it.each([
    'mutation { heavy }',
    'mutation Send($file: Upload!) { heavy(file: $file) { id } }',
    'mutation { alias: heavy }',
    'mutation { heavy { ...F } } fragment F on Payload { id }',
  ])('is what its mutation says, alone in its document: %s', (query) => {
    expect(weigh(query)).toBe(20);
  });

  it.each([
    'mutation { light }',
    'mutation { heavy light }',
    'mutation { a: heavy b: light }',
    'mutation { ... { heavy } }',
    'mutation A { heavy } mutation B { light }',
    'mutation { ...F } fragment F on Mutation { heavy }',
    'mutation { constructor }',
    'mutation { __proto__ }',
    'mutation {',
    '',
    null,
    { heavy: 1 },
  ])('is what any may weigh otherwise: %j', (query) => {
    expect(weigh(query)).toBe(10);
  });
});

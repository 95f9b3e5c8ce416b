import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compareWithContract } from '../../../scripts/contract.js';

const CONTRACT = `
  interface Node { id: ID! }
  type Car implements Node { id: ID! price(currency: String = "USD", at: Int!): Int! owner: Owner tags: [String!]! }
  type Owner { name: String }
  union Thing = Car | Owner
  enum Order { NEWEST OLDEST }
  scalar Money
  input Filter { makes: [String!] max: Int = 5 order: Order = NEWEST }
  type Query { cars(filter: Filter, order: Order = NEWEST): [Car!]! thing: Thing price: Money }
`;

/** Compares the contract with itself after each replacement was made in its text. */
function compare(replacements: [string, string][], notYet: string[] = []) {
  let text = CONTRACT;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`the contract has no ${from}`);
    text = text.replace(from, to);
  }
  return compareWithContract(buildSchema(CONTRACT), buildSchema(text, { assumeValid: true }), notYet);
}

const AGREED = { missing: [], unlisted: [], done: [], unknown: [], contradictions: [] };

describe('the contract check', () => {
  it('finds nothing in a schema that equals the contract', () => {
    expect(compare([])).toEqual(AGREED);
  });

  it('allows more: types, fields, values, members, optional arguments and input fields', () => {
    const more = compare([
      ['type Owner { name: String }', 'type Owner { name: String age: Int } type More { a: Int }'],
      ['NEWEST OLDEST', 'NEWEST OLDEST CHEAPEST'],
      ['Car | Owner', 'Car | Owner | More'],
      ['order: Order = NEWEST }', 'order: Order = NEWEST extra: Int must: Int! = 1 }'],
      ['cars(filter: Filter,', 'cars(filter: Filter, extra: Int, must: Int! = 1,'],
    ]);
    expect(more).toEqual(AGREED);
  });

  it.each<[string, [string, string][], string]>([
    ['a field of another type', [['name: String', 'name: Int']], 'Owner.name is Int, not String'],
    [
      'a field that may be null',
      [['tags: [String!]!', 'tags: [String!]']],
      'Car.tags is [String!], not [String!]!',
    ],
    ['a field that may not be null', [['owner: Owner', 'owner: Owner!']], 'Car.owner is Owner!, not Owner'],
    ['a list whose items may be null', [['[Car!]!', '[Car]!']], 'Query.cars is [Car]!, not [Car!]!'],
    ['an argument of another type', [['at: Int!', 'at: Float!']], 'Car.price(at:) is Float!, not Int!'],
    ['an argument that may be null', [['at: Int!', 'at: Int']], 'Car.price(at:) is Int, not Int!'],
    [
      "an argument's other default",
      [['filter: Filter, order: Order = NEWEST', 'filter: Filter, order: Order = OLDEST']],
      'Query.cars(order:) defaults to OLDEST, not to NEWEST',
    ],
    [
      "an argument's lost default",
      [['currency: String = "USD"', 'currency: String']],
      'Car.price(currency:) defaults to nothing, not to "USD"',
    ],
    [
      'a default that the contract does not give',
      [['cars(filter: Filter,', 'cars(filter: Filter = { max: 1 },']],
      'Query.cars(filter:) defaults to {max: 1, order: NEWEST}, not to nothing',
    ],
    [
      'one more argument that is required',
      [['cars(filter', 'cars(must: Int!, filter']],
      'Query.cars(must:) is required, and the contract does not know it',
    ],
    [
      'an input field of another type',
      [['makes: [String!]', 'makes: String']],
      'Filter.makes is String, not [String!]',
    ],
    [
      "an input field's other default",
      [['max: Int = 5', 'max: Int = 6']],
      'Filter.max defaults to 6, not to 5',
    ],
    [
      'one more input field that is required',
      [['max: Int = 5', 'max: Int = 5 must: Int!']],
      'Filter.must is required, and the contract does not know it',
    ],
    ['another kind', [['scalar Money', 'enum Money { A }']], 'Money is of the kind enum, not scalar'],
    [
      'another root',
      [['type Query {', 'schema { query: Root } type Query { a: Int } type Root {']],
      'the query root is Root, not Query',
    ],
  ])('reports %s', (_, replacements, contradiction) => {
    expect(compare(replacements).contradictions).toEqual([contradiction]);
  });

  it.each<[string, [string, string][], string]>([
    ['a field', [['name: String', 'other: String']], 'Owner.name'],
    ['an argument', [['filter: Filter, ', '']], 'Query.cars(filter:)'],
    ['an enum value', [['NEWEST OLDEST', 'NEWEST']], 'Order.OLDEST'],
    ['an input field', [['makes: [String!]', '']], 'Filter.makes'],
    ['a member of a union', [['Car | Owner', 'Car']], 'Thing.Owner'],
    ['an interface of a type', [['Car implements Node', 'Car']], 'Car implements Node'],
  ])('misses %s, unless it is listed as later work', (_, replacements, coordinate) => {
    expect(compare(replacements)).toEqual({ ...AGREED, unlisted: [coordinate] });
    expect(compare(replacements, [coordinate])).toEqual({ ...AGREED, missing: [coordinate] });
  });

  it('counts a missing type as one, without its fields', () => {
    const gone: [string, string][] = [
      ['type Owner { name: String }', ''],
      ['owner: Owner', ''],
      ['Car | Owner', 'Car'],
    ];
    expect(compare(gone).unlisted).toEqual(['Car.owner', 'Owner', 'Thing.Owner']);
    expect(compare(gone, ['Owner', 'Car.owner', 'Thing.Owner'])).toEqual({
      ...AGREED,
      missing: ['Car.owner', 'Owner', 'Thing.Owner'],
    });
  });

  it('wants off the list what is there by now', () => {
    expect(compare([], ['Owner', 'Car.price(at:)'])).toEqual({
      ...AGREED,
      done: ['Owner', 'Car.price(at:)'],
    });
  });

  it('wants off the list what the contract does not know', () => {
    expect(compare([], ['Owner.nmae'])).toEqual({ ...AGREED, unknown: ['Owner.nmae'] });
  });
});

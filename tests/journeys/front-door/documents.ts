import { type Attack, document, posted } from './attack.js';

const BAD = '400 BAD_USER_INPUT';
const COSTLY = '400 QUERY_TOO_COMPLEX';

export const times = (n: number, text: (i: number) => string, glue = ' ') =>
  Array.from({ length: n }, (_, i) => text(i)).join(glue);

/** `{ dealers { nodes { vehicles { nodes { dealer { … } } } } } }`, so many fields deep. */
function nested(depth: number): string {
  const path = ['dealers(first: 1)', 'nodes'];
  while (path.length < depth - 1) path.push('vehicles(first: 1)', 'nodes', 'dealer');
  path.length = depth - 1;
  return `{ ${path.map((field) => `${field} { `).join('')}__typename${' }'.repeat(depth)}`;
}

const login = (alias: string) =>
  `${alias}: login(input: { email: "a@b.cd", password: "guess ${alias}" }) { user { id } }`;

export const documents: readonly Attack[] = [
  document('a document one deeper than allowed', BAD, nested(11)),
  document('a document a hundred deep', BAD, nested(100)),
  document(
    'depth hidden in a chain of fragments',
    BAD,
    () =>
      `{ dealers { nodes { ...F0 } } } ${times(20, (i) => `fragment F${i} on Dealer { vehicles { nodes { dealer { ...F${i + 1} } } } }`)} fragment F20 on Dealer { id }`,
  ),
  document('depth hidden in inline fragments', BAD, () => {
    const levels = 12;
    return `{ dealers { nodes { ${'... on Dealer { vehicles { nodes { dealer { '.repeat(levels)} id ${'} } } } '.repeat(levels)} } } }`;
  }),
  document(
    'fragments that spread the next one twice, fifty times over',
    BAD,
    () =>
      `{ dealers { nodes { ...F0 } } } ${times(50, (i) => `fragment F${i} on Dealer { a${i}: id ...F${i + 1} b${i}: id ...F${i + 1} }`)} fragment F50 on Dealer { id }`,
  ),
  document(
    'a hundred and one fragments to compare with each other',
    BAD,
    () =>
      `{ ${times(101, (i) => `...F${i}`)} } ${times(101, (i) => `fragment F${i} on Query { __typename }`)}`,
  ),
  document(
    'a hundred fragments that contradict each other',
    BAD,
    () =>
      `{ ${times(100, (i) => `...F${i}`)} } ${times(100, (i) => `fragment F${i} on Query { dealer(id: ${i}) { id } }`)}`,
  ),
  document(
    'fragments in a circle',
    BAD,
    '{ dealers { nodes { ...A } } } fragment A on Dealer { ...B } fragment B on Dealer { ...A }',
  ),
  document('a fragment within itself', BAD, '{ ...A } fragment A on Query { me { id } ...A }'),
  document('one alias too many', BAD, () => `{ ${times(31, (i) => `a${i}: __typename`)} }`),
  document(
    'aliases multiplied by fragments',
    BAD,
    () => `{ ${'...A '.repeat(4)} } fragment A on Query { ${times(10, (i) => `a${i}: __typename`)} }`,
  ),
  document(
    'the same costly list by another name, again and again',
    BAD,
    () => `{ ${times(60, (i) => `v${i}: vehicles(first: 100) { totalCount }`)} }`,
  ),
  document(
    'one directive too many',
    BAD,
    () => `{ ${times(21, () => '... @include(if: true) { __typename }')} }`,
  ),
  document(
    'a thousand directives on a field',
    BAD,
    () => `{ __typename ${'@skip(if: false) '.repeat(300)} }`,
  ),
  document('directives that nobody knows', BAD, () => `{ __typename ${'@a '.repeat(20)} }`),
  document('more than 2,000 tokens', BAD, () => `{ ${'__typename '.repeat(2_000)} }`),
  document(
    'lists in lists without end',
    BAD,
    () => `{ vehicles(filter: { makes: ${'['.repeat(1_900)} }) { totalCount } }`,
  ),
  document(
    'objects in objects',
    BAD,
    () => `{ vehicles(filter: ${'{ near: '.repeat(400)} 1 ${'} '.repeat(400)}) { totalCount } }`,
  ),
  document(
    'nine hundred fields that must be compared with each other',
    BAD,
    () => `{ ${times(230, (i) => `dealer(id: "${i}") { id }`)} }`,
  ),
  document(
    'fields that conflict level by level',
    BAD,
    () => `{ ${times(120, (i) => `dealers(first: ${i}) { nodes { id } }`)} }`,
  ),
  document(
    'four hundred fragments that nobody spreads',
    BAD,
    () => `{ __typename } ${times(400, (i) => `fragment F${i} on Query { __typename }`)}`,
  ),
  document('two hundred operations', BAD, () => times(200, (i) => `query Q${i} { __typename }`)),
  document(
    'a list type of a hundred levels',
    BAD,
    () => `query ($a: ${'['.repeat(100)}Int${']'.repeat(100)}) { __typename }`,
  ),
  document(
    'three hundred variables that nobody uses',
    BAD,
    () => `query (${times(300, (i) => `$v${i}: Int`)}) { __typename }`,
  ),
  document(
    'lists in lists, by literals',
    COSTLY,
    '{ dealers(first: 100) { nodes { vehicles(first: 100) { nodes { id } } } } }',
  ),
  document(
    'lists in lists, by variables',
    COSTLY,
    'query ($n: Int!) { dealers(first: $n) { nodes { vehicles(first: $n) { nodes { id } } } } }',
    { n: 100 },
  ),
  document(
    'lists in lists, by the default of a variable',
    COSTLY,
    'query ($n: Int = 100) { dealers(first: $n) { nodes { vehicles(first: $n) { nodes { id } } } } }',
  ),
  document(
    'lists in lists, of a size beyond all bounds',
    COSTLY,
    'query ($n: Int!) { dealers(first: $n) { nodes { vehicles(first: $n) { nodes { id } } } } }',
    { n: 2_147_483_647 },
  ),
  document(
    'lists in lists, counted from the end',
    COSTLY,
    '{ vehicles(last: 100) { nodes { dealer { vehicles(first: 100) { nodes { id } } } } } }',
  ),
  document(
    'edges and nodes of lists in lists, in fragments',
    COSTLY,
    `{ dealers(first: 60) { ...D } } fragment D on DealerConnection { edges { node { ...V } } nodes { ...V } }
     fragment V on Dealer { vehicles(first: 60) { nodes { id } } }`,
  ),
  document(
    'nineteen lists of lists, each just small enough',
    COSTLY,
    () =>
      `{ ${times(19, (i) => `a${i}: dealers(first: 20) { nodes { vehicles(first: 20) { nodes { id } } } }`)} }`,
  ),
  document(
    'introspection in a circle',
    BAD,
    () => `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} } '.repeat(8)} } } }`,
  ),
  document(
    'the whole schema thirty times',
    BAD,
    () => `{ ${times(30, (i) => `s${i}: __schema { types { fields { args { name } } } }`)} }`,
  ),
  document(
    'the whole schema thirty times in one',
    BAD,
    () => `{ __schema { ${times(30, (i) => `t${i}: types { fields { args { name } } }`)} } }`,
  ),
  document(
    'fifty guesses at a password in one operation',
    BAD,
    () => `mutation { ${times(25, (i) => login(`a${i}`))} }`,
  ),
  document(
    'two guesses at a password, one of them in a fragment',
    BAD,
    `mutation { ${login('a')} ...F } fragment F on Mutation { ${login('b')} }`,
  ),
  document('a subscription over HTTP', BAD, 'subscription { offerReceived { id } }'),
  document('an unfinished document', BAD, '{ dealers { nodes { id }'),
  document('a document of one endless name', BAD, () => `{ ${'a'.repeat(90_000)} }`),
  document(
    'a number of ninety thousand digits',
    BAD,
    () => `{ dealers(first: ${'9'.repeat(90_000)}) { totalCount } }`,
  ),
  document(
    'a block text of ninety thousand lines',
    BAD,
    () => `{ dealer(id: """${'\n '.repeat(20_000)}""" nonsense: 1) { id } }`,
  ),
  document('escapes that are none', BAD, '{ dealer(id: "\\uD800\\u{110000}") { id } }'),
  document(
    'a search for ninety thousand letters',
    '200 BAD_USER_INPUT',
    () => `{ dealers(filter: { search: "${'a'.repeat(90_000)}" }) { totalCount } }`,
  ),
  document(
    'a page of more than a hundred',
    '200 BAD_USER_INPUT',
    '{ dealers(first: 100000) { totalCount } }',
  ),
  document(
    'twenty thousand makes at once',
    '200 BAD_USER_INPUT',
    'query ($makes: [String!]) { vehicles(filter: { makes: $makes }) { totalCount } }',
    { makes: Array.from({ length: 20_000 }, () => 'a') },
  ),
  document('variables that are no numbers', BAD, 'query ($n: Int) { dealers(first: $n) { totalCount } }', {
    n: { toString: 'x', valueOf: [] },
  }),
  {
    name: 'variables ten thousand lists deep',
    outcome: BAD,
    launch: ({ app }) =>
      posted(
        app,
        `{"query": "query ($n: Int) { dealers(first: $n) { totalCount } }", "variables": {"n": ${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
      ),
  },
];

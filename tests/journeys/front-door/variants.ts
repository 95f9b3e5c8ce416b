import { times } from './documents.js';

/** Each of them another text, so that what is remembered of one is of no use for the next. */
export const variants: ReadonlyArray<(i: number) => string> = [
  (i) => `{ __typename } ${'#\n'.repeat(4_000)} #${i}`,
  (i) => `{ __typename } ${'#\n'.repeat(15_000)} #${i}`,
  (i) => `{ a${i}: dealer(id: "${'x'.repeat(8_000)}") { id } }`,
  (i) => `{ a${i}: vehicles(filter: { makes: ${'['.repeat(300)}${']'.repeat(300)} }) { totalCount } }`,
  (i) =>
    `{ nothing${i} ${times(20, (n) => `...F${n}`)} } ${times(20, (n) => `fragment F${n} on Query { a }`)}`,
  (i) => `{ ${times(31, (n) => `a${i}x${n}: __typename`)} }`,
];

/** The values of a GraphQL enum as an object, as type-graphql wants them: `enumOf('A', 'B')` is `{ A: 'A', B: 'B' }`. */
export function enumOf<const T extends readonly string[]>(...values: T): { readonly [K in T[number]]: K } {
  return Object.fromEntries(values.map((value) => [value, value])) as { readonly [K in T[number]]: K };
}

import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** How far a selection goes below its root; everything that there is lies within. */
const DEPTH = 3;

/** All that can be asked for of a type without arguments of one's own, `{ … }`; nothing for what has no fields. */
export function wholeSelection(type: GraphQLNamedType, depth = DEPTH): string {
  if (!isObjectType(type)) return '';
  const fields = fieldsOf(type)
    .map(({ name, type: below }) => {
      const isLeaf = !isObjectType(below);
      return isLeaf || depth > 0 ? `${name} ${isLeaf ? '' : wholeSelection(below, depth - 1)}` : '';
    })
    .filter((field) => field !== '');
  return `{ __typename ${fields.join(' ')} }`;
}

/** Edges hold the nodes once more. */
function fieldsOf(type: GraphQLObjectType) {
  const fields = Object.values(type.getFields());
  const isConnection = fields.some(({ name }) => name === 'nodes');
  return fields
    .filter(({ name, args }) => !args.some(isRequiredArgument) && !(isConnection && name === 'edges'))
    .map(({ name, type: below }) => ({ name, type: getNamedType(below) }));
}

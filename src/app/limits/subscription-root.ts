import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { fragmentsOf, rootSelections } from './document.walk.js';

const LEAVING_OUT = new Set(['skip', 'include']);

/**
 * Whether a subscription of the document could leave out its one field. The GraphQL specification has come to forbid it
 * (5.2.4.1); graphql-js 16 throws something that is no answer at all: in validation, or for want of a field to follow.
 */
export function mayLackRootField(document: DocumentNode): boolean {
  const fragments = fragmentsOf(document);
  return document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.SUBSCRIPTION &&
      [...rootSelections(definition.selectionSet, fragments)].some(({ directives = [] }) =>
        directives.some(({ name }) => LEAVING_OUT.has(name.value)),
      ),
  );
}

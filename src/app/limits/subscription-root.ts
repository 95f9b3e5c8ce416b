import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document.walk.js';

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
      leavesOut(definition.selectionSet, fragments, new Set()),
  );
}

function leavesOut(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen: Set<string>,
): boolean {
  return set.selections.some((node) => {
    if (node.directives?.some(({ name }) => LEAVING_OUT.has(name.value))) return true;
    if (node.kind === Kind.FIELD) return false;
    if (node.kind === Kind.INLINE_FRAGMENT) return leavesOut(node.selectionSet, fragments, seen);
    const fragment = seen.has(node.name.value) ? undefined : fragments.get(node.name.value);
    seen.add(node.name.value);
    return fragment !== undefined && leavesOut(fragment.selectionSet, fragments, seen);
  });
}

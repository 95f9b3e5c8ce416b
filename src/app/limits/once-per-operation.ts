import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document.walk.js';

/**
 * A field among these that an operation of the document would run more than once, under several aliases; null where
 * there is none. What stands twice under one name runs once: graphql-js merges it.
 */
export function repeatedField(document: DocumentNode, once: ReadonlySet<string>): string | null {
  const fragments = fragmentsOf(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (definition.operation !== OperationTypeNode.MUTATION) continue;
    const names = new Map<string, string>();
    for (const [name, field] of rootFields(definition.selectionSet, fragments)) {
      if (!once.has(field)) continue;
      if (names.has(field) && names.get(field) !== name) return field;
      names.set(field, name);
    }
  }
  return null;
}

/** The fields of a selection by the names of their answers, fragments written out, each of them once. */
function* rootFields(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen = new Set<string>(),
): Generator<[name: string, field: string]> {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      yield [node.alias?.value ?? node.name.value, node.name.value];
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      yield* rootFields(node.selectionSet, fragments, seen);
    } else if (!seen.has(node.name.value)) {
      seen.add(node.name.value);
      const fragment = fragments.get(node.name.value);
      if (fragment) yield* rootFields(fragment.selectionSet, fragments, seen);
    }
  }
}

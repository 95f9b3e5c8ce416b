import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { fragmentsOf, rootSelections } from './document.walk.js';

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
    for (const node of rootSelections(definition.selectionSet, fragments)) {
      if (node.kind !== Kind.FIELD) continue;
      const field = node.name.value;
      const name = node.alias?.value ?? field;
      if (!once.has(field)) continue;
      if (names.has(field) && names.get(field) !== name) return field;
      names.set(field, name);
    }
  }
  return null;
}

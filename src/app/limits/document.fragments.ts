import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * How many fragments a document defines, or how often it spreads them, whichever is more: as written, for it is what is
 * written that validation compares, each with each, whether or not anything spreads it.
 */
export function fragmentsIn(document: DocumentNode): number {
  let definitions = 0;
  let spreads = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) definitions += 1;
    if ('selectionSet' in definition) spreads += spreadsIn(definition.selectionSet);
  }
  return Math.max(definitions, spreads);
}

function spreadsIn(set: SelectionSetNode | undefined): number {
  let count = 0;
  for (const node of set?.selections ?? []) {
    count += node.kind === Kind.FRAGMENT_SPREAD ? 1 : spreadsIn(node.selectionSet);
  }
  return count;
}

import { Kind, parse } from 'graphql';
import type { FileBytes } from './bounds.js';

/**
 * What each file of an operation may weigh: what the rooms say of its mutation, where it is the only field of the only
 * operation of the document, be there fragments or not; any other has `otherwise`.
 */
export function maxFileBytes(operation: unknown, own: FileBytes, otherwise: number): number {
  const name = onlyField((operation as { query?: unknown }).query);
  return name !== null && Object.hasOwn(own, name) ? (own[name] as number) : otherwise;
}

/** Documents come here after the limits have looked at them: reading one again costs little. */
function onlyField(query: unknown): string | null {
  if (typeof query !== 'string') return null;
  try {
    const [definition, ...others] = parse(query).definitions.filter(
      ({ kind }) => kind !== Kind.FRAGMENT_DEFINITION,
    );
    if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return null;
    const [field, ...more] = definition.selectionSet.selections;
    return field?.kind === Kind.FIELD && more.length === 0 ? field.name.value : null;
  } catch {
    return null;
  }
}

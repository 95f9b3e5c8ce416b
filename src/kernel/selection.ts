import {
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The fields asked for, by name (not by alias), each with what is asked for below it. Leaves map to empty ones. */
export type Selection = ReadonlyMap<string, Selection>;

type MutableSelection = Map<string, MutableSelection>;

type SelectionInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

/** graphql-js hands the same array of nodes to every row of a list, and a new one to every execution. */
const remembered = new WeakMap<GraphQLResolveInfo['fieldNodes'], Selection>();

/**
 * What an operation asks of the field being resolved. Aliases and fragments are merged, fragments of every type are
 * taken in, and what @skip and @include leave out is left out.
 */
export function selectionOf(info: SelectionInfo): Selection {
  const known = remembered.get(info.fieldNodes);
  if (known) return known;
  const selection: MutableSelection = new Map();
  for (const node of info.fieldNodes) collect(node.selectionSet, info, selection);
  remembered.set(info.fieldNodes, selection);
  return selection;
}

/** A selection of these leaves, to be grown by `set`: what is read whoever asks. */
export function leavesOf(...names: string[]): Map<string, Selection> {
  return new Map(names.map((name) => [name, new Map()]));
}

/** What is asked for at a path below, `edges.node` for instance; several paths are merged. */
export function below(selection: Selection, ...paths: string[]): Selection {
  const merged: MutableSelection = new Map();
  for (const path of paths) {
    let at: Selection | undefined = selection;
    for (const name of path.split('.')) at = at?.get(name);
    if (at) merge(at, merged);
  }
  return merged;
}

function merge(from: Selection, into: MutableSelection): void {
  for (const [name, sub] of from) {
    const existing = into.get(name) ?? new Map();
    into.set(name, existing);
    merge(sub, existing);
  }
}

function collect(set: SelectionSetNode | undefined, info: SelectionInfo, into: MutableSelection): void {
  for (const node of set?.selections ?? []) {
    if (!isIncluded(node, info)) continue;
    if (node.kind === 'Field') {
      if (node.name.value.startsWith('__')) continue;
      const existing = into.get(node.name.value) ?? new Map();
      into.set(node.name.value, existing);
      collect(node.selectionSet, info, existing);
    } else if (node.kind === 'InlineFragment') {
      collect(node.selectionSet, info, into);
    } else {
      collect((info.fragments[node.name.value] as FragmentDefinitionNode).selectionSet, info, into);
    }
  }
}

function isIncluded(node: SelectionNode, info: SelectionInfo): boolean {
  if (!node.directives?.length) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, info.variableValues);
  if (skip?.if === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues);
  return include?.if !== false;
}

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large a document is when each fragment is written out wherever it is spread, at most. */
export interface DocumentSize {
  /** Levels of fields, the root fields' being the first. */
  readonly depth: number;
  /** The same within `__schema` and `__type`, from there; the meta-fields count in none of the other depths. */
  readonly introspectionDepth: number;
  /**
   * Fields under other names than their own, and those that stand again under a name beside them: validation compares
   * each with each.
   */
  readonly aliases: number;
  readonly directives: number;
  /** `__schema` and `__type`, and the aliases within them: each may tell the schema once more. */
  readonly schemas: number;
  readonly types: number;
  readonly introspectionAliases: number;
}

const NOTHING: DocumentSize = {
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  directives: 0,
  schemas: 0,
  types: 0,
  introspectionAliases: 0,
};

/** Far above any limit, and far below where doubling it a thousand times would end. */
const CEILING = 1_000_000_000;

/**
 * The greatest sizes that any operation of a document has. Each node is looked at once, however often it is spread:
 * fragments that spread each other grow exponentially only in the figures. Fragments that lie within themselves, and
 * those that no operation spreads, are left to validation, which refuses them.
 */
export function sizeOf(document: DocumentNode): DocumentSize {
  const walk = new Walk(document);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => walk.ofOperation(operation))
    .reduce(greatest, NOTHING);
}

class Walk {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly known = new Map<string, DocumentSize>();

  constructor(document: DocumentNode) {
    this.fragments = fragmentsOf(document);
  }

  ofOperation(operation: OperationDefinitionNode): DocumentSize {
    const inVariables = (operation.variableDefinitions ?? []).reduce(
      (count, { directives }) => count + (directives?.length ?? 0),
      0,
    );
    const size = this.ofSelections(operation.selectionSet);
    return { ...size, directives: sum(size.directives, directivesOf(operation), inVariables) };
  }

  private ofFragment(name: string): DocumentSize {
    const known = this.known.get(name);
    if (known) return known;
    const fragment = this.fragments.get(name);
    if (!fragment) return NOTHING;
    // Within itself it is nothing more.
    this.known.set(name, NOTHING);
    const size = this.ofSelections(fragment.selectionSet);
    const whole = { ...size, directives: sum(size.directives, directivesOf(fragment)) };
    this.known.set(name, whole);
    return whole;
  }

  /** `names` are those of the fields that stand beside these: an inline fragment's with its neighbours'. */
  private ofSelections(set: SelectionSetNode | undefined, names = new Set<string>()): DocumentSize {
    let size = NOTHING;
    for (const selection of set?.selections ?? []) size = together(size, this.ofSelection(selection, names));
    return size;
  }

  private ofSelection(node: SelectionNode, names: Set<string>): DocumentSize {
    if (node.kind === Kind.FIELD) return this.ofField(node, names);
    const size =
      node.kind === Kind.FRAGMENT_SPREAD
        ? this.ofFragment(node.name.value)
        : this.ofSelections(node.selectionSet, names);
    return { ...size, directives: sum(size.directives, directivesOf(node)) };
  }

  private ofField(node: FieldNode, names: Set<string>): DocumentSize {
    const size = this.ofSelections(node.selectionSet);
    const name = node.alias?.value ?? node.name.value;
    const aliases = sum(size.aliases, node.alias || names.has(name) ? 1 : 0);
    names.add(name);
    const directives = sum(size.directives, directivesOf(node));
    const depth = sum(size.depth, 1);
    const counted = { ...size, aliases, directives };
    if (node.name.value !== '__schema' && node.name.value !== '__type') return { ...counted, depth };
    const introspectionAliases = sum(size.introspectionAliases, size.aliases);
    const asked =
      node.name.value === '__schema' ? { schemas: sum(size.schemas, 1) } : { types: sum(size.types, 1) };
    return { ...counted, depth: 0, introspectionDepth: depth, introspectionAliases, ...asked };
  }
}

const fragmentsKnown = new WeakMap<DocumentNode, ReadonlyMap<string, FragmentDefinitionNode>>();

/** Looked for once in each document, however often it is asked again with other variables. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const known = fragmentsKnown.get(document);
  if (known) return known;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  fragmentsKnown.set(document, fragments);
  return fragments;
}

/** What stands at the root of an operation, each spread followed by what it spreads; each fragment once. */
export function* rootSelections(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  seen = new Set<string>(),
): Generator<SelectionNode> {
  for (const node of selections) {
    yield node;
    if (node.kind === Kind.INLINE_FRAGMENT) yield* rootSelections(node.selectionSet, fragments, seen);
    if (node.kind !== Kind.FRAGMENT_SPREAD || seen.has(node.name.value)) continue;
    seen.add(node.name.value);
    const fragment = fragments.get(node.name.value);
    if (fragment) yield* rootSelections(fragment.selectionSet, fragments, seen);
  }
}

/** Of selections that stand beside each other. */
function together(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    aliases: sum(a.aliases, b.aliases),
    directives: sum(a.directives, b.directives),
    schemas: sum(a.schemas, b.schemas),
    types: sum(a.types, b.types),
    introspectionAliases: sum(a.introspectionAliases, b.introspectionAliases),
  };
}

function greatest(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    schemas: Math.max(a.schemas, b.schemas),
    types: Math.max(a.types, b.types),
    introspectionAliases: Math.max(a.introspectionAliases, b.introspectionAliases),
  };
}

function sum(...numbers: number[]): number {
  return Math.min(
    CEILING,
    numbers.reduce((total, number) => total + number, 0),
  );
}

function directivesOf(node: { readonly directives?: readonly unknown[] | undefined }): number {
  return node.directives?.length ?? 0;
}

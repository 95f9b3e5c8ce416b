import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from './document.walk.js';
import { askedSize, GivenValues, type PageSizes } from './list-size.js';

/** What a mutation costs besides what is read of its payload. */
const MUTATION = 10;

/** How long lists without paging arguments are taken to be: a vehicle's images, its price history. */
const USUAL_LENGTH = 10;

/** The fields of a connection that are as long as its page. */
const ROWS = new Set(['edges', 'nodes']);

/** Far above any limit. */
const CEILING = 1_000_000_000;

/**
 * How much an operation can ask for at most: each object counts 1, times the length of every list that it stands in;
 * numbers and texts count nothing. Lists are as long as their arguments say, variables included. Objects that the schema
 * does not have count 1; validation refuses them. Fields that read more than they tell declare what that costs.
 * Introspection has bounds of its own and costs nothing.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: unknown,
  sizes: PageSizes,
): number {
  const root = schema.getRootType(operation.operation);
  const given = new GivenValues(operation, variables);
  return new Costs(schema, fragmentsOf(document), given, sizes).ofOperation(operation, root ?? undefined);
}

/** A type, and how long the lists of rows in it are where it is a connection. */
interface Place {
  readonly type: GraphQLNamedType | undefined;
  readonly rows: number;
}

class Costs {
  private readonly known = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly given: GivenValues,
    private readonly sizes: PageSizes,
  ) {}

  ofOperation({ operation, selectionSet }: OperationDefinitionNode, root: GraphQLNamedType | undefined) {
    const each = operation === 'mutation' ? MUTATION : 0;
    return this.ofSelections(selectionSet, { type: root, rows: USUAL_LENGTH }, each);
  }

  /** `each` is what every field costs here besides what is in it. */
  private ofSelections(set: SelectionSetNode | undefined, place: Place, each = 0): number {
    let cost = 0;
    for (const node of set?.selections ?? []) {
      if (this.isIncluded(node)) cost = Math.min(CEILING, cost + this.ofSelection(node, place, each));
    }
    return cost;
  }

  private ofSelection(node: SelectionNode, place: Place, each: number): number {
    if (node.kind === Kind.FIELD) return each + this.ofField(node, place);
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(node.name.value, place, each);
    return this.ofSelections(node.selectionSet, this.narrowed(place, node.typeCondition?.name.value), each);
  }

  /** Once for each place: a fragment of a connection has the rows of the field that it stands in. */
  private ofFragment(name: string, { rows }: Place, each: number): number {
    const fragment = this.fragments.get(name);
    if (!fragment) return 0;
    const key = `${name} ${rows} ${each}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // Within itself it costs nothing: validation refuses it.
    this.known.set(key, 0);
    const type = this.schema.getType(fragment.typeCondition.name.value);
    const cost = this.ofSelections(fragment.selectionSet, { type, rows }, each);
    this.known.set(key, cost);
    return cost;
  }

  private ofField(node: FieldNode, place: Place): number {
    // A leaf, or nothing that validation would let pass.
    if (!node.selectionSet || node.name.value.startsWith('__')) return 0;
    const field = fieldOf(place.type, node.name.value);
    if (!field) return 1 + this.ofSelections(node.selectionSet, { type: undefined, rows: USUAL_LENGTH });
    const type = getNamedType(field.type);
    if (isLeafType(type)) return 0;
    const asked = askedSize(field, node, this.given, this.sizes);
    const length = asked ?? (ROWS.has(node.name.value) ? place.rows : USUAL_LENGTH);
    const inside = this.ofSelections(node.selectionSet, { type, rows: asked ?? USUAL_LENGTH });
    return Math.min(CEILING, extraOf(field) + (1 + inside) * length ** listsIn(field.type));
  }

  private narrowed(place: Place, condition: string | undefined): Place {
    return condition === undefined ? place : { ...place, type: this.schema.getType(condition) };
  }

  private isIncluded({ directives }: SelectionNode): boolean {
    return !directives?.some(({ name, arguments: args }) => {
      const condition = args?.find((argument) => argument.name.value === 'if');
      const value = condition ? this.given.valueOf(condition.value) : undefined;
      return (name.value === 'skip' && value === true) || (name.value === 'include' && value === false);
    });
  }
}

function fieldOf(
  type: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const fields = type.getFields();
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** What a field declares that it costs besides the objects in it: `complexity` in type-graphql's decorators. */
function extraOf({ extensions }: GraphQLField<unknown, unknown>): number {
  return typeof extensions.complexity === 'number' ? extensions.complexity : 0;
}

/** How many lists lie in each other: one for `[Vehicle!]!`. */
function listsIn(type: GraphQLOutputType): number {
  if (isNonNullType(type)) return listsIn(type.ofType);
  return isListType(type) ? 1 + listsIn(type.ofType) : 0;
}

import {
  type FieldNode,
  type GraphQLField,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';

export interface PageSizes {
  readonly pageSize: number;
  readonly maxPageSize: number;
}

/** The arguments that say how long a list may be. */
const SIZES = ['first', 'last'];

/**
 * How many rows a field's paging arguments ask for; null where it has none. What cannot be a size counts as if nothing
 * had been given, and what is more than a page may have as a whole page: both are refused before anything is read.
 */
export function askedSize(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  given: GivenValues,
  { pageSize, maxPageSize }: PageSizes,
): number | null {
  const paging = field.args.filter(({ name }) => SIZES.includes(name));
  if (paging.length === 0) return null;
  const asked = paging.map(({ name, defaultValue }) => {
    const argument = node.arguments?.find((candidate) => candidate.name.value === name);
    const value = argument ? given.valueOf(argument.value) : undefined;
    return numberOf(value === undefined ? defaultValue : value);
  });
  const sizes = asked.filter((size) => size !== null);
  return Math.min(maxPageSize, sizes.length === 0 ? pageSize : Math.max(0, ...sizes));
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && !Number.isNaN(value) ? value : null;
}

/** What variables and literals say, before anybody has looked whether they fit the schema. */
export class GivenValues {
  private readonly variables: Readonly<Record<string, unknown>>;
  private readonly defaults: ReadonlyMap<string, ValueNode>;

  constructor(operation: OperationDefinitionNode, variables: unknown) {
    this.variables = isRecord(variables) ? variables : {};
    this.defaults = new Map(
      (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
        defaultValue ? [[variable.name.value, defaultValue] as const] : [],
      ),
    );
  }

  /** A number, a boolean or null; undefined where nothing is given, and for anything else, which no size or condition can be. */
  valueOf(node: ValueNode): number | boolean | null | undefined {
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
    if (node.kind === Kind.BOOLEAN) return node.value;
    if (node.kind === Kind.NULL) return null;
    if (node.kind !== Kind.VARIABLE) return undefined;
    const name = node.name.value;
    if (Object.hasOwn(this.variables, name)) {
      const value = this.variables[name];
      return value === null || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
    }
    const fallback = this.defaults.get(name);
    return fallback ? this.valueOf(fallback) : undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';

/**
 * How a schema stands to its contract. A coordinate is `Type`, `Type.field`, `Enum.VALUE`, `Input.field`,
 * `Union.Member`, `Type.field(argument:)` or `Type implements Interface`. A missing type is one coordinate.
 */
export interface Comparison {
  /** In the contract, not in the schema, and listed as later work. */
  missing: string[];
  /** In the contract and not in the schema, without being listed. */
  unlisted: string[];
  /** Listed as later work, but the schema has it by now. */
  done: string[];
  /** Listed as later work, but the contract knows nothing of it. */
  unknown: string[];
  /** There, but otherwise than the contract says: one sentence each. */
  contradictions: string[];
}

/** The schema may offer more than the contract, never less or other; `notYet` names what may still be missing. */
export function compareWithContract(
  contract: GraphQLSchema,
  schema: GraphQLSchema,
  notYet: readonly string[],
): Comparison {
  const contradictions: string[] = [];
  const promised = coordinatesOf(contract);
  const offered = coordinatesOf(schema);
  const absent = [...promised].filter((coordinate) => {
    const parent = parentOf(coordinate);
    return !offered.has(coordinate) && (parent === null || offered.has(parent));
  });

  for (const [operation, type] of rootsOf(contract)) {
    const actual = rootsOf(schema).get(operation);
    if (actual !== type) contradictions.push(`the ${operation} root is ${actual ?? 'missing'}, not ${type}`);
  }
  for (const type of typesOf(contract)) {
    const actual = schema.getType(type.name);
    if (actual) contradictions.push(...compareTypes(type, actual));
  }

  const listed = new Set(notYet);
  return {
    missing: absent.filter((coordinate) => listed.has(coordinate)),
    unlisted: absent.filter((coordinate) => !listed.has(coordinate)),
    done: [...listed].filter((coordinate) => promised.has(coordinate) && offered.has(coordinate)),
    unknown: [...listed].filter((coordinate) => !promised.has(coordinate)),
    contradictions,
  };
}

/** Only what both have is compared here; what the schema lacks is found by its coordinate. */
function compareTypes(promised: GraphQLNamedType, actual: GraphQLNamedType): string[] {
  const name = promised.name;
  if (kindOf(promised) !== kindOf(actual)) {
    return [`${name} is of the kind ${kindOf(actual)}, not ${kindOf(promised)}`];
  }
  if (hasFields(promised) && hasFields(actual)) {
    return shared(promised.getFields(), actual.getFields()).flatMap(([a, b]) =>
      compareFields(`${name}.${a.name}`, a, b),
    );
  }
  if (isInputObjectType(promised) && isInputObjectType(actual)) {
    const fields = actual.getFields();
    const known = promised.getFields();
    return [
      ...shared(known, fields).flatMap(([a, b]) => compareValues(`${name}.${a.name}`, a, b)),
      ...Object.values(fields)
        .filter((field) => !(field.name in known) && isRequiredInputField(field))
        .map((field) => `${name}.${field.name} is required, and the contract does not know it`),
    ];
  }
  return [];
}

type AnyField = GraphQLField<unknown, unknown>;

function compareFields(coordinate: string, promised: AnyField, actual: AnyField): string[] {
  const known = byName(promised.args);
  const at = (argument: GraphQLArgument) => `${coordinate}(${argument.name}:)`;
  return [
    ...compareOutput(coordinate, promised, actual),
    ...shared(known, byName(actual.args)).flatMap(([a, b]) => compareValues(at(a), a, b)),
    ...actual.args
      .filter((argument) => !(argument.name in known) && isRequiredArgument(argument))
      .map((argument) => `${at(argument)} is required, and the contract does not know it`),
  ];
}

function compareOutput(coordinate: string, promised: { type: unknown }, actual: { type: unknown }): string[] {
  const [want, got] = [String(promised.type), String(actual.type)];
  return want === got ? [] : [`${coordinate} is ${got}, not ${want}`];
}

type InputValue = GraphQLArgument | GraphQLInputField;

function compareValues(coordinate: string, promised: InputValue, actual: InputValue): string[] {
  const [want, got] = [defaultOf(promised), defaultOf(actual)];
  return [
    ...compareOutput(coordinate, promised, actual),
    ...(want === got ? [] : [`${coordinate} defaults to ${got}, not to ${want}`]),
  ];
}

function defaultOf(value: InputValue): string {
  if (value.defaultValue === undefined) return 'nothing';
  const node = astFromValue(value.defaultValue, value.type);
  return node ? print(node) : 'nothing';
}

/** In the order of the schema's own text, which for the contract is the order of its themes. */
function coordinatesOf(schema: GraphQLSchema): Set<string> {
  const all = new Set<string>();
  for (const type of typesOf(schema)) {
    all.add(type.name);
    for (const member of membersOf(type)) all.add(member);
  }
  return all;
}

function membersOf(type: GraphQLNamedType): string[] {
  const within = ({ name }: { name: string }) => `${type.name}.${name}`;
  if (isEnumType(type)) return type.getValues().map(within);
  if (isUnionType(type)) return type.getTypes().map(within);
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(within);
  if (!hasFields(type)) return [];
  return [
    ...type.getInterfaces().map(({ name }) => `${type.name} implements ${name}`),
    ...Object.values(type.getFields()).flatMap((field) => [
      within(field),
      ...field.args.map((argument) => `${within(field)}(${argument.name}:)`),
    ]),
  ];
}

/** What has to be there for a coordinate to be missing by itself: nobody misses the fields of a missing type. */
function parentOf(coordinate: string): string | null {
  const [owner] = coordinate.split(coordinate.includes('(') ? '(' : /\.| implements /);
  return owner === undefined || owner === coordinate ? null : owner;
}

function typesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
}

function rootsOf(schema: GraphQLSchema): Map<string, string> {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  return new Map(
    Object.entries(roots).flatMap(([operation, type]) => (type ? [[operation, type.name]] : [])),
  );
}

function hasFields(type: GraphQLNamedType): type is GraphQLObjectType | GraphQLInterfaceType {
  return isObjectType(type) || isInterfaceType(type);
}

function kindOf(type: GraphQLNamedType): string {
  if (isScalarType(type)) return 'scalar';
  if (isObjectType(type)) return 'type';
  if (isInterfaceType(type)) return 'interface';
  if (isUnionType(type)) return 'union';
  return isEnumType(type) ? 'enum' : 'input';
}

function byName<T extends { name: string }>(values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value) => [value.name, value]));
}

function shared<T>(promised: Record<string, T>, actual: Record<string, T>): [T, T][] {
  return Object.entries(promised).flatMap(([name, value]): [T, T][] => {
    const other = actual[name];
    return other === undefined ? [] : [[value, other]];
  });
}

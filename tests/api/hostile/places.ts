import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLLeafType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

/** A leaf of a field's arguments: what a client can put a value into. */
export interface Place {
  /** `CreateVehicleInput.vin`; an argument of the field itself by its own name. */
  readonly name: string;
  /** From the variables down; a list by its first entry. */
  readonly path: ReadonlyArray<string | number>;
  readonly type: GraphQLLeafType;
  readonly isRequired: boolean;
}

/** Every place of a field's arguments, inputs within inputs included. */
export function placesOf(args: readonly GraphQLArgument[]): Place[] {
  return args.flatMap((arg) => placesIn(arg.name, [arg.name], arg.type));
}

function placesIn(name: string, path: Place['path'], type: GraphQLInputType, isRequired = false): Place[] {
  if (isNonNullType(type)) return placesIn(name, path, type.ofType, true);
  if (isListType(type)) return placesIn(name, [...path, 0], type.ofType);
  if (!isInputObjectType(type)) return [{ name, path, type, isRequired }];
  return Object.values(type.getFields()).flatMap((field) =>
    placesIn(`${type.name}.${field.name}`, [...path, field.name], field.type),
  );
}

/** The variables with a value put into a place; what leads there is made. */
export function put(variables: object, path: Place['path'], value: unknown): object {
  const root = structuredClone(variables) as Record<string | number, unknown>;
  let at = root;
  path.slice(0, -1).forEach((key, depth) => {
    at[key] ??= typeof path[depth + 1] === 'number' ? [] : {};
    at = at[key] as Record<string | number, unknown>;
  });
  at[path.at(-1) as string | number] = value;
  return root;
}

/** Longer than any text may be, and just short of what a request may weigh. */
const LONG = 'x'.repeat(90_000);

/** Texts that are texts to GraphQL and poison to a database. */
export const poison: Readonly<Record<string, string>> = {
  NUL: 'a\u0000b',
  'a lone surrogate': 'a\ud800b',
  'a text without end': LONG,
};

const objects: readonly unknown[] = [{}, [{}]];
const notMoney = [
  -1,
  '-0.01',
  '1.005',
  1.005,
  '1e3',
  'NaN',
  'Infinity',
  '',
  ' 1',
  '0x10',
  '１２',
  1e21,
  true,
];

const wrong: Readonly<Record<string, readonly unknown[]>> = {
  String: [1, true, ...objects],
  ID: [1.5, true, ...objects],
  Int: ['1', 1.5, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, true, '', ...objects],
  Float: ['1', 'NaN', true, ...objects],
  Boolean: ['true', 1, 0, ...objects],
  Money: [...notMoney, '99999999999999999999', 100_000_000_001, ...objects],
  DateTime: [1, true, '', 'yesterday', '2026-11-22', '2026-13-01T00:00:00.000Z', ...objects],
  Date: [
    20_261_122,
    true,
    '',
    'today',
    '2026-02-30',
    '0000-01-01',
    '+002026-01-01',
    '2026-11-22T00:00:00.000Z',
    ...objects,
  ],
  EmailAddress: [1, 'x', '@', 'a@b@c.d', 'a b@c.d', ...objects],
  URL: [1, 'x', '//x', '', ...objects],
  // A file comes as a part of a multipart request, and no other way.
  Upload: [1, true, 'x', '', 'avatars/x.webp', ...objects],
};

/** Values that the schema itself refuses there. */
export function wrongFor({ type, isRequired }: Place): readonly unknown[] {
  const values = isEnumType(type)
    ? ['NO_SUCH', '__proto__', 'constructor', '', 1, true, ...objects]
    : wrong[type.name];
  if (!values) throw new Error(`Say what is wrong for ${type.name}`);
  return isRequired ? [null, ...values] : values;
}

/** Whether a place takes any text at all. */
export function takesText({ type }: Place): boolean {
  return ['String', 'ID', 'EmailAddress', 'URL'].includes(type.name);
}

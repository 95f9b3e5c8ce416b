import { AppError } from '../../kernel/errors.js';

/** Where a file belongs in an operation: property by property, from `variables` on. */
export type Place = readonly string[];

/** What of a multipart request is JSON: the text of its first two parts. */
export interface Preamble {
  readonly operations: string;
  readonly map: string;
}

/**
 * The places of the files of a request. They are checked whole before the library sees them: it follows a path through
 * whatever objects it leads to, and writes at its end. `hasOwnProperty.call` led it to a function that every object
 * has, and broke the process for everybody.
 * @throws AppError BAD_USER_INPUT, PAYLOAD_TOO_LARGE for more than `maxFiles`.
 */
export function placesIn({ operations, map }: Preamble, maxFiles: number): Place[] {
  const operation = objectIn(operations, 'operations');
  const paths = Object.values(objectIn(map, 'map')).flatMap((list) => {
    // A file that belongs nowhere would be read by nobody, and hold up those behind it.
    if (!Array.isArray(list) || list.length === 0 || !list.every((path) => typeof path === 'string')) {
      throw malformed('each entry of "map" is a list of one path or more');
    }
    return list as string[];
  });
  if (paths.length > maxFiles) {
    throw new AppError('PAYLOAD_TOO_LARGE', `An operation takes ${maxFiles} files at most.`);
  }
  if (new Set(paths).size < paths.length) throw malformed('"map" names a place twice');
  return paths.map((path) => placeOf(operation, path));
}

export function malformed(what: string): AppError {
  return new AppError('BAD_USER_INPUT', `The multipart request is malformed: ${what}.`);
}

function objectIn(json: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw malformed(`"${name}" is not JSON`);
  }
  if (Array.isArray(value)) throw malformed(`"${name}" is a list; operations come one by one`);
  if (typeof value !== 'object' || value === null) throw malformed(`"${name}" is not an object`);
  return value as Record<string, unknown>;
}

/** JSON can spell them as properties of an object's own. */
const UNSPEAKABLE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A path that leads along own properties from the variables to a null. */
function placeOf(operation: object, path: string): Place {
  const keys = path.split('.');
  let at: unknown = keys[0] === 'variables' && keys.length > 1 ? operation : undefined;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || UNSPEAKABLE.has(key) || !Object.hasOwn(at, key)) {
      throw misplaced();
    }
    at = (at as Record<string, unknown>)[key];
  }
  if (at !== null) throw misplaced();
  return keys;
}

function misplaced(): AppError {
  return malformed('each path in "map" leads to a null in the variables');
}

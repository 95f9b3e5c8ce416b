import { describe, expect, it } from 'vitest';
import { placesIn } from '../../../../src/app/uploads/places.js';
import { AppError } from '../../../../src/kernel/errors.js';

const operations = (variables: unknown) => JSON.stringify({ query: '{ a }', variables });

/** The places, or the code of the refusal. */
function read(given: { operations: string; map: string }, maxFiles = 3) {
  try {
    return placesIn(given, maxFiles);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const map = (...paths: string[]) => JSON.stringify(Object.fromEntries(paths.map((path, n) => [n, [path]])));

describe('the places of files', () => {
  it.each([
    ['a variable', { file: null }, ['variables.file'], [['variables', 'file']]],
    [
      'a field of an input',
      { input: { file: null } },
      ['variables.input.file'],
      [['variables', 'input', 'file']],
    ],
    [
      'the items of a list',
      { files: [null, null] },
      ['variables.files.0', 'variables.files.1'],
      [
        ['variables', 'files', '0'],
        ['variables', 'files', '1'],
      ],
    ],
  ])('are %s', (_name, variables, paths, places) => {
    expect(read({ operations: operations(variables), map: map(...paths) })).toEqual(places);
  });

  it('may be several for one file, and none', () => {
    const two = { operations: operations({ a: null, b: null }), map: '{"x":["variables.a","variables.b"]}' };
    expect(read(two)).toEqual([
      ['variables', 'a'],
      ['variables', 'b'],
    ]);
    expect(read({ operations: operations({}), map: '{}' })).toEqual([]);
  });

  it.each([
    ['hasOwnProperty.call'],
    ['toString.x'],
    ['variables.hasOwnProperty.call'],
    ['variables.toString'],
    ['variables.toString.caller'],
    ['variables.list.at.arguments'],
    ['variables.__proto__'],
    ['variables.__proto__.x'],
    ['variables.file.__proto__.x'],
    ['variables.constructor'],
    ['variables.constructor.prototype.x'],
    ['variables.list.constructor.x'],
    ['variables.list.length'],
    ['variables.list.map.call'],
    ['variables.list.00'],
    ['variables.list.-1'],
    ['variables.list.1'],
    ['variables.own.prototype'],
    ['query'],
    ['operationName'],
    ['variables'],
    ['variables.'],
    ['.variables.file'],
    [''],
    ['variables..file'],
    ['variables.file.name'],
    ['variables.text'],
    ['variables.number'],
    ['variables.missing'],
    ['VARIABLES.file'],
  ])('are not to be found by the path "%s"', (path) => {
    // What JSON can spell as a property of an object's own is refused as well.
    const text = `{"query":"{ a }","operationName":null,"variables":
      {"file":null,"text":"x","number":1,"list":[null],"own":{"prototype":null},"__proto__":null,"constructor":null}}`;
    expect(read({ operations: text, map: map(path) })).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['a batch', '[{"query":"{ a }","variables":{"file":null}}]'],
    ['without variables', '{"query":"{ a }"}'],
    ['with variables that are a list', '{"query":"{ a }","variables":[null]}'],
  ])('are not in operations that are %s', (_name, text) => {
    expect(read({ operations: text, map: map('variables.file') })).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[["variables.file"]]'],
    ['one path without a list', '{"0":"variables.file"}'],
    ['a list of nothing', '{"0":[]}'],
    ['a list of what are no paths', '{"0":[null]}'],
    ['a list of lists', '{"0":[["variables.file"]]}'],
    ['one place twice', '{"0":["variables.file","variables.file"]}'],
    ['one place for two files', '{"0":["variables.file"],"1":["variables.file"]}'],
  ])('are not in a map that is %s', (_name, text) => {
    expect(read({ operations: operations({ file: null }), map: text })).toBe('BAD_USER_INPUT');
  });

  it('are counted, whatever the number of files', () => {
    const variables = { files: [null, null, null, null] };
    const paths = [0, 1, 2, 3].map((n) => `variables.files.${n}`);
    const inOne = JSON.stringify({ 0: paths });
    expect(read({ operations: operations(variables), map: map(...paths) })).toBe('PAYLOAD_TOO_LARGE');
    expect(read({ operations: operations(variables), map: inOne })).toBe('PAYLOAD_TOO_LARGE');
    expect(read({ operations: operations(variables), map: map(...paths.slice(1)) })).toHaveLength(3);
  });
});

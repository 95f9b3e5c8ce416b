import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorKeys } from '../../../src/kernel/cursor.js';

const secret = (text: string) => new TextEncoder().encode(text.padEnd(32, '.'));
const keys = new CursorKeys([secret('first'), secret('second')]);
const refusal = {
  extensions: {
    code: 'BAD_USER_INPUT',
    statusCode: 400,
    fields: { after: ['This cursor is not one that this list gave.'] },
  },
};
const refuses = (cursor: string, list = 'cars:NEWEST') =>
  expect(() => keys.read(list, cursor, 'after')).toThrow(expect.objectContaining(refusal));

describe('cursors', () => {
  it('are read as they were signed', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(253_370_764_800_000));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        expect(keys.read('cars:NEWEST', keys.sign('cars:NEWEST', values), 'after')).toEqual(values);
      }),
    );
  });

  it('belong to their list and order', () => {
    const cursor = keys.sign('cars:NEWEST', [1, 'a']);
    refuses(cursor, 'cars:OLDEST');
    refuses(cursor, 'vans:NEWEST');
    refuses(cursor, 'cars:NEWEST\n');
  });

  it('are refused when anything in them is changed', () => {
    const cursor = keys.sign('cars:NEWEST', [1_700_000_000_000, '0190a0a0']);
    for (let at = 0; at < cursor.length; at++) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      refuses(cursor.slice(0, at) + other + cursor.slice(at + 1));
      refuses(cursor.slice(0, at));
    }
  });

  it('are refused when they are anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        refuses(text);
      }),
    );
    for (const text of ['', '.', '..', 'e30.', 'x'.repeat(100_000), `${'x'.repeat(999)}.`]) refuses(text);
  });

  it('outlive the key that signed them, while it still verifies', () => {
    const old = new CursorKeys([secret('second')]).sign('cars:NEWEST', [7]);
    expect(keys.read('cars:NEWEST', old, 'after')).toEqual([7]);
    refuses(new CursorKeys([secret('third')]).sign('cars:NEWEST', [7]));
  });

  it('need a key', () => {
    expect(() => new CursorKeys([])).toThrow();
  });
});

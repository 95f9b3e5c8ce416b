import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/kernel/errors.js';
import {
  altOf,
  newPhotosOf,
  refuseTooMany,
  reordered,
} from '../../../src/modules/vehicles/photos/vehicle-image.rules.js';

const [a, b] = [{ id: 'a' }, { id: 'b' }];

function errorOf(work: () => unknown): Pick<AppError, 'code' | 'fields'> {
  try {
    work();
  } catch (error) {
    const { code, fields } = error as AppError;
    return { code, fields };
  }
  throw new Error('Not refused');
}

describe('new photos', () => {
  it('have the texts of their places, and none where none was given', () => {
    expect(newPhotosOf({ files: [a, b] })).toEqual([
      { file: a, alt: null },
      { file: b, alt: null },
    ]);
    expect(newPhotosOf({ files: [a, b], alts: [' One ', ' '] }).map(({ alt }) => alt)).toEqual(['One', null]);
    expect(newPhotosOf({ files: [a], alts: null }).map(({ alt }) => alt)).toEqual([null]);
  });

  it('are refused with all that is wrong', () => {
    const { code, fields } = errorOf(() => newPhotosOf({ files: [a, a], alts: ['x'] }));
    expect([code, Object.keys(fields ?? {})]).toEqual(['BAD_USER_INPUT', ['files', 'alts']]);
    expect(Object.keys(errorOf(() => newPhotosOf({ files: [] })).fields ?? {})).toEqual(['files']);
    const long = { files: [a, b], alts: ['ok', 'x'.repeat(201)] };
    expect(Object.keys(errorOf(() => newPhotosOf(long)).fields ?? {})).toEqual(['alts']);
  });

  it('fit as long as there is room', () => {
    expect(() => refuseTooMany(30, 10, 40)).not.toThrow();
    expect(errorOf(() => refuseTooMany(31, 10, 40)).code).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('an order of photos', () => {
  it('names each once', () => {
    expect(reordered([a, b], ['b', 'a'])).toEqual([b, a]);
    expect(reordered([], [])).toEqual([]);
    for (const ids of [
      [],
      ['a'],
      ['a', 'a'],
      ['a', 'c'],
      ['a', 'b', 'b'],
      ['a', 'b', 'c'],
      ['__proto__', 'a'],
    ]) {
      expect(errorOf(() => reordered([a, b], ids)).code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('the text of a photo', () => {
  const vehicle = { year: 2021, make: 'Toyota', model: 'Camry', trim: 'XLE' };

  it("is the dealer's, else which photo of which car it is", () => {
    expect(altOf({ alt: 'Dashboard', position: 1, vehicle })).toBe('Dashboard');
    expect(altOf({ alt: null, position: 1, vehicle })).toBe('2021 Toyota Camry XLE, photo 2');
  });
});

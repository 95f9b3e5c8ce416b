import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyType, FuelType } from '../../../src/modules/vehicles/vehicle.enums.js';
import {
  type Countable,
  figuresOf,
  kindOf,
  modelOf,
  NO_KIND,
} from '../../../src/modules/vehicles/vehicle.kind.js';

const camry: Countable = {
  makeKey: 'toyota',
  modelKey: 'camry',
  bodyType: 'SEDAN',
  fuelType: 'GASOLINE',
  year: 2021,
};

const KIND_OF_CAMRY = 7_298_672_077_666_577;

describe('the kind of a vehicle', () => {
  it('is stored, and so never another for the same', () => {
    expect(kindOf(camry)).toBe(KIND_OF_CAMRY);
    expect(kindOf({ ...camry, bodyType: 'OTHER', fuelType: null }) - KIND_OF_CAMRY).toBe(0xb0 - 0x11);
    expect(kindOf({ ...camry, bodyType: null, fuelType: 'OTHER' }) - KIND_OF_CAMRY).toBe(0x07 - 0x11);
  });

  it('tells body, fuel and year, and is exact', () => {
    const figures = fc.record({
      bodyType: fc.constantFrom(null, ...(Object.keys(BodyType) as BodyType[])),
      fuelType: fc.constantFrom(null, ...(Object.keys(FuelType) as FuelType[])),
      year: fc.integer({ min: 1900, max: 2155 }),
    });
    fc.assert(
      fc.property(fc.string(), fc.string(), figures, (makeKey, modelKey, given) => {
        const kind = kindOf({ makeKey, modelKey, ...given });
        expect(Number.isSafeInteger(kind) && kind > NO_KIND).toBe(true);
        expect(figuresOf(kind)).toEqual(given);
        expect(modelOf(kind)).toBe(modelOf(kindOf({ ...camry, makeKey, modelKey })));
      }),
    );
  });

  it('is of one model and one make', () => {
    const others = [
      { modelKey: 'corolla' },
      { makeKey: 'toy', modelKey: 'otacamry' },
      { makeKey: '"toyota"' },
    ];
    const models = [{}, ...others].map((other) => modelOf(kindOf({ ...camry, ...other })));
    expect(new Set(models).size).toBe(4);
  });

  it('is none where the year does not fit', () => {
    for (const year of [1899, 2156]) expect(kindOf({ ...camry, year })).toBe(NO_KIND);
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.js';
import { vinCheckDigit } from '../../../src/kernel/vin.js';
import { VehicleStatus } from '../../../src/modules/vehicles/vehicle.enums.js';
import {
  archiving,
  daysListed,
  editing,
  newVehicleOf,
  publishing,
  vehicleChangesOf,
} from '../../../src/modules/vehicles/vehicle.rules.js';

const now = new Date('2026-11-22T12:00:00.000Z');
const open = '4T1BF1FK0MU000001';
const least = {
  vin: `${open.slice(0, 8)}${vinCheckDigit(open)}${open.slice(9)}`,
  make: 'Toyota',
  model: 'Camry',
  year: 2021,
  mileage: 0,
  condition: 'USED' as const,
  askingPrice: 100,
};

function fieldsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    return Object.keys((error as AppError).fields ?? {});
  }
  return [];
}

describe('what an action is to a vehicle of each status', () => {
  const table: Record<VehicleStatus, [publish: string, archive: string, details: boolean, price: boolean]> = {
    DRAFT: ['DO', 'DO', true, true],
    ACTIVE: ['DONE', 'DO', true, true],
    PENDING: ['REFUSE', 'REFUSE', true, false],
    SOLD: ['REFUSE', 'REFUSE', false, false],
    ARCHIVED: ['DO', 'DONE', false, false],
  };
  it.each(Object.keys(VehicleStatus) as VehicleStatus[])('%s', (status) => {
    const { details, price } = editing[status];
    expect([publishing[status], archiving[status], details, price]).toEqual(table[status]);
  });
});

describe('the bounds of a vehicle', () => {
  const edges: Array<[string, number, boolean]> = [
    ['year', 1899, false],
    ['year', 1900, true],
    ['year', 2028, true],
    ['year', 2029, false],
    ['mileage', -1, false],
    ['mileage', 0, true],
    ['mileage', 2_000_000, true],
    ['mileage', 2_000_001, false],
    ['askingPrice', 99, false],
    ['askingPrice', 100, true],
    ['askingPrice', 1_000_000_000, true],
    ['askingPrice', 1_000_000_001, false],
    ['msrp', 99, false],
    ['msrp', 1_000_000_000, true],
  ];
  it.each(edges)('%s %i', (field, value, isRight) => {
    const expected = isRight ? [] : [field];
    expect(fieldsOf(() => newVehicleOf({ ...least, [field]: value }, now))).toEqual(expected);
    expect(fieldsOf(() => vehicleChangesOf({ [field]: value }, now))).toEqual(expected);
  });

  it('takes 100 features of 100 characters, and not one more', () => {
    const features = Array.from({ length: 100 }, (_, index) => String(index).padEnd(100, 'x'));
    expect(newVehicleOf({ ...least, features }, now).details.features).toEqual(features);
    expect(fieldsOf(() => newVehicleOf({ ...least, features: [...features, 'y'] }, now))).toEqual([
      'features',
    ]);
  });

  it('keeps names on one line, for mails to quote; a description has as many as it likes', () => {
    const broken = 'a\nb';
    const named = { stockNumber: broken, trim: broken, exteriorColor: broken, interiorColor: broken };
    expect(fieldsOf(() => newVehicleOf({ ...least, ...named, features: [broken] }, now)).sort()).toEqual(
      [...Object.keys(named), 'features'].sort(),
    );
    const given = { make: 'Alfa\nRomeo', model: 'Giulia\u0085', description: broken };
    expect(fieldsOf(() => newVehicleOf({ ...least, ...given }, now))).toEqual(['model']);
    expect(newVehicleOf({ ...least, make: 'Alfa\nRomeo', description: broken }, now).details).toMatchObject({
      make: 'Alfa Romeo',
      description: broken,
    });
  });

  it('refuses with BAD_USER_INPUT', () => {
    expect(() => newVehicleOf({ ...least, year: 1 }, now)).toThrow(AppError);
  });
});

describe('an update', () => {
  it('names what is given and nothing else', () => {
    expect(vehicleChangesOf({ trim: null, year: 2000 }, now)).toEqual({
      details: { trim: null, year: 2000 },
      askingPrice: undefined,
      rules: {},
    });
    expect(vehicleChangesOf({}, now)).toEqual({ details: {}, askingPrice: undefined, rules: {} });
    expect(vehicleChangesOf({ autoAcceptAt: null }, now).rules).toEqual({ autoAcceptAt: null });
  });
});

describe('days listed', () => {
  const at = (iso: string) => new Date(iso);
  const cases: Array<[string, Date | null, Date | null, number]> = [
    ['never published', null, null, 0],
    ['a moment under a day', at('2026-11-21T12:00:00.001Z'), null, 0],
    ['a day', at('2026-11-21T12:00:00.000Z'), null, 1],
    ['until it was sold', at('2026-11-01T00:00:00.000Z'), at('2026-11-04T23:00:00.000Z'), 3],
    ['a clock that went back', at('2026-11-23T12:00:00.000Z'), null, 0],
  ];
  it.each(cases)('%s', (_what, publishedAt, soldAt, days) => {
    expect(daysListed({ publishedAt, soldAt }, now)).toBe(days);
  });
});

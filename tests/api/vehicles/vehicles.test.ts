import { beforeAll, describe, expect, it } from 'vitest';
import { type VehicleFilter, VehiclesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { setStatus, unknownIds } from './stored.js';

/** Name to vehicle; `a` is also the reference of the bounds. */
const market = {
  a: {
    make: 'Toyota',
    model: 'Camry',
    year: 2020,
    askingPrice: '20000.00',
    mileage: 30_000,
    bodyType: 'SEDAN',
  },
  b: {
    make: 'TOYOTA',
    model: 'RAV4',
    year: 2021,
    askingPrice: '20000.01',
    mileage: 30_001,
    fuelType: 'HYBRID',
  },
  c: { make: 'Honda', model: 'Civic', year: 2019, askingPrice: '19999.99', mileage: 0, transmission: 'CVT' },
  d: {
    make: 'Škoda',
    model: "Ka'roq",
    year: 2022,
    askingPrice: '25000',
    mileage: 10,
    drivetrain: 'AWD',
    condition: 'NEW',
  },
  e: {
    make: 'Land Rover',
    model: 'camry',
    year: 2023,
    askingPrice: '1',
    mileage: 2_000_000,
    bodyType: 'SUV',
  },
} as const;
const all = Object.keys(market);

describe.each(databaseKinds)('vehicles on %s', (kind) => {
  const app = useApp(kind);
  const names = new Map<string, string>();
  const dealers: Record<string, string> = {};

  beforeAll(async () => {
    const texas = await app.build.dealer({ state: 'TX' });
    const idaho = await app.build.dealer({ state: 'id' });
    Object.assign(dealers, { texas: texas.dealerId, idaho: idaho.dealerId });
    for (const [name, vehicle] of Object.entries(market)) {
      const { id } = await app.build.vehicle(name === 'e' ? idaho : texas, vehicle);
      names.set(id, name);
    }
    for (const status of ['DRAFT', 'PENDING', 'SOLD', 'ARCHIVED'] as const) {
      await setStatus(app, (await app.build.vehicle(texas)).id, status);
    }
  });

  const found = async (filter?: VehicleFilter | null) => {
    const { vehicles } = await app.ok(VehiclesDocument, { filter, first: 100 });
    expect(vehicles.totalCount).toBe(vehicles.nodes.length);
    return vehicles.nodes.map(({ id }) => names.get(id) ?? id).sort();
  };

  const cases: Array<[VehicleFilter | null, string[]]> = [
    [null, all],
    [{}, all],
    [{ makes: ['toyota'] }, ['a', 'b']],
    [{ makes: [' TOYOTA ', 'honda', 'toyota'] }, ['a', 'b', 'c']],
    [{ makes: ['šKODA'] }, ['d']],
    [{ makes: ['land   rover'] }, ['e']],
    [{ makes: ['Toy'] }, []],
    [{ makes: ['%'] }, []],
    [{ makes: [''] }, []],
    [{ models: ['CAMRY'] }, ['a', 'e']],
    [{ makes: ['Toyota'], models: ['camry'] }, ['a']],
    [{ models: ["ka'roq"] }, ['d']],
    [{ yearMin: 2020 }, ['a', 'b', 'd', 'e']],
    [{ yearMax: 2020 }, ['a', 'c']],
    [{ yearMin: 2020, yearMax: 2020 }, ['a']],
    [{ yearMin: 2_147_483_647 }, []],
    [{ yearMin: -2_147_483_648 }, all],
    [{ priceMin: '20000.00' }, ['a', 'b', 'd']],
    [{ priceMax: '20000.00' }, ['a', 'c', 'e']],
    [{ priceMin: '20000.00', priceMax: '20000' }, ['a']],
    [{ priceMin: 2, priceMax: 1 }, []],
    [{ priceMax: 0 }, []],
    [{ mileageMax: 30_000 }, ['a', 'c', 'd']],
    [{ mileageMax: -1 }, []],
    [{ bodyTypes: ['SEDAN', 'SUV', 'SUV'] }, ['a', 'e']],
    [{ fuelTypes: ['HYBRID'] }, ['b']],
    [{ transmissions: ['CVT', 'MANUAL'] }, ['c']],
    [{ drivetrains: ['AWD'] }, ['d']],
    [{ conditions: ['NEW', 'CERTIFIED'] }, ['d']],
    [{ conditions: ['USED'], yearMax: 2021, mileageMax: 30_000 }, ['a', 'c']],
    [{ state: 'tX' }, ['a', 'b', 'c', 'd']],
    [{ state: ' ID' }, ['e']],
    [{ state: 'T' }, []],
    [
      { makes: [], models: null, bodyTypes: [], conditions: [], state: ' ', yearMin: null, dealerId: null },
      all,
    ],
  ];
  it.each(cases)('filters by %j', async (filter, expected) => {
    expect(await found(filter)).toEqual([...expected].sort());
  });

  it('filters by dealer, and finds nothing under an id that no dealer has', async () => {
    expect(await found({ dealerId: dealers.idaho })).toEqual(['e']);
    expect(await found({ dealerId: dealers.texas, makes: ['honda'] })).toEqual(['c']);
    for (const dealerId of unknownIds) expect(await found({ dealerId })).toEqual([]);
  });

  it('refuses lists of more than 50 values, each by its name', async () => {
    const fifty = Array.from({ length: 50 }, (_, index) => `make ${index}`);
    expect(await found({ makes: fifty, models: fifty })).toEqual([]);
    const filter: VehicleFilter = {
      makes: [...fifty, 'x'],
      models: [...fifty, 'x'],
      bodyTypes: Array(51).fill('SUV'),
      fuelTypes: Array(51).fill('OTHER'),
      transmissions: Array(51).fill('CVT'),
      drivetrains: Array(51).fill('AWD'),
      conditions: Array(51).fill('NEW'),
    };
    const error = app.errorOf(await app.request(VehiclesDocument, { filter }));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(Object.keys(error.fields ?? {}).sort()).toEqual(Object.keys(filter).sort());
  });

  it('refuses texts that no database can hold', async () => {
    for (const filter of [{ makes: ['\u0000'] }, { models: ['\ud800'] }, { state: 'x'.repeat(101) }]) {
      const error = app.errorOf(await app.request(VehiclesDocument, { filter }));
      expect(Object.keys(error.fields ?? {})).toEqual(Object.keys(filter));
    }
  });

  it('refuses values of a wrong type', async () => {
    for (const filter of [
      { yearMin: '2020' },
      { priceMin: -1 },
      { bodyTypes: ['BOAT'] },
      { makes: [null] },
      'all',
    ]) {
      const answer = await app.request(VehiclesDocument, { filter } as never);
      expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { Vehicle } from '../../../src/modules/vehicles/index.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { insertDealers, insertListings } from '../../support/bulk-listings.js';

const FIELDS = `makes { value count } models { value count } bodyTypes { value count } fuelTypes { value count }
  years { value count } price { min max }`;
const FACETS = `query ($filter: VehicleFilter) { vehicles(filter: $filter) { facets { ${FIELDS} } } }`;

type Counts = Array<{ value: string; count: number }>;
interface Facets {
  makes: Counts;
  models: Counts;
  bodyTypes: Counts;
  fuelTypes: Counts;
  years: Counts;
  price: { min: string | null; max: string | null };
}

/** `Camry 2, Civic 1`. */
const told = (counts: Counts) => counts.map(({ value, count }) => `${value} ${count}`).join(', ');

describe.each(databaseKinds)('facets on %s', (kind) => {
  const app = useApp(kind);
  let other: string;
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    const [id = ''] = await insertDealers(app, [{ latitude: 10, longitude: 20 }]);
    other = id;
    const own = { dealerId: dealer.dealerId };
    const camry = { make: 'Toyota', model: 'Camry', bodyType: 'SEDAN', fuelType: 'GASOLINE' } as const;
    await insertListings(app, [
      { ...own, ...camry, year: 2019, askingPrice: 1_500_000 },
      { ...own, ...camry, make: 'TOYOTA', model: 'camry', year: 2021, askingPrice: 1_800_000 },
      { dealerId: other, ...camry, model: 'RAV4', bodyType: 'SUV', fuelType: 'HYBRID', year: 2021 },
      { dealerId: other, make: 'Honda', model: 'Civic', bodyType: 'SEDAN', year: 2020, askingPrice: 900_000 },
      { ...own, make: 'Ghost', model: 'Draft', status: 'DRAFT', year: 1999, askingPrice: 100 },
      { dealerId: other, make: 'Ghost', model: 'Sold', status: 'SOLD', year: 1998, askingPrice: 99_999_999 },
    ]);
  });

  const facets = async (filter: object = {}) =>
    (await app.ok<{ vehicles: { facets: Facets } }, object>(FACETS, { filter })).vehicles.facets;

  it('counts what is on the market, spellings as one, the most listed first and then by name', async () => {
    expect(await facets()).toEqual({
      makes: [
        { value: 'Toyota', count: 3 },
        { value: 'Honda', count: 1 },
      ],
      models: [
        { value: 'Camry', count: 2 },
        { value: 'Civic', count: 1 },
        { value: 'RAV4', count: 1 },
      ],
      bodyTypes: [
        { value: 'SEDAN', count: 3 },
        { value: 'SUV', count: 1 },
      ],
      fuelTypes: [
        { value: 'GASOLINE', count: 2 },
        { value: 'HYBRID', count: 1 },
      ],
      years: [
        { value: '2021', count: 2 },
        { value: '2020', count: 1 },
        { value: '2019', count: 1 },
      ],
      price: { min: '9000.00', max: '20000.00' },
    });
  });

  it.each([
    ['makes', { makes: ['Honda'] }, { makes: 'Toyota 3, Honda 1', models: 'Civic 1', years: '2020 1' }],
    ['models', { models: ['RAV4'] }, { models: 'Camry 2, Civic 1, RAV4 1', makes: 'Toyota 1' }],
    ['bodyTypes', { bodyTypes: ['SUV'] }, { bodyTypes: 'SEDAN 3, SUV 1', models: 'RAV4 1' }],
    ['fuelTypes', { fuelTypes: ['HYBRID'] }, { fuelTypes: 'GASOLINE 2, HYBRID 1', models: 'RAV4 1' }],
    ['yearMin', { yearMin: 2021 }, { years: '2021 2, 2020 1, 2019 1', models: 'Camry 1, RAV4 1' }],
    ['yearMax', { yearMax: 2019 }, { years: '2021 2, 2020 1, 2019 1', models: 'Camry 1' }],
  ] as const)('leaves %s out of its own facet, and in all others', async (_name, filter, expected) => {
    const found = await facets(filter);
    const names = Object.keys(expected) as Array<keyof typeof expected & keyof Facets>;
    expect(Object.fromEntries(names.map((name) => [name, told(found[name] as Counts)]))).toEqual(expected);
  });

  it('leaves prices out of the price range, and in all others', async () => {
    const found = await facets({ priceMin: '10000.00', priceMax: '16000.00' });
    expect(found.price).toEqual({ min: '9000.00', max: '20000.00' });
    expect(told(found.models)).toBe('Camry 1');
    expect((await facets({ makes: ['Toyota'], priceMax: '1.00' })).price).toEqual({
      min: '15000.00',
      max: '20000.00',
    });
  });

  it('leaves each of several filters out of its own facet alone', async () => {
    const found = await facets({ makes: ['Toyota'], bodyTypes: ['SUV'], yearMin: 2021 });
    expect(told(found.makes)).toBe('Toyota 1');
    expect(told(found.bodyTypes)).toBe('SEDAN 1, SUV 1');
    expect(told(found.years)).toBe('2021 1');
    expect(told(found.fuelTypes)).toBe('HYBRID 1');
  });

  it('counts within a circle, and what a search finds', async () => {
    const near = { latitude: 10, longitude: 20, radiusMiles: 1 };
    expect(told((await facets({ near })).models)).toBe('Civic 1, RAV4 1');
    expect(told((await facets({ near, makes: ['Honda'] })).makes)).toBe('Honda 1, Toyota 1');
    expect(told((await facets({ search: 'civic' })).makes)).toBe('Honda 1');
  });

  it('is empty where nothing is found', async () => {
    const empty = {
      makes: [],
      models: [],
      bodyTypes: [],
      fuelTypes: [],
      years: [],
      price: { min: null, max: null },
    };
    expect(await facets({ state: 'Nowhere' })).toEqual(empty);
    expect(await facets({ near: { latitude: -50, longitude: 0, radiusMiles: 1 } })).toEqual(empty);
  });

  it("counts a dealer's own inventory in all statuses, and only his", async () => {
    const own = `{ myInventory { facets { ${FIELDS} } } }`;
    const { myInventory } = await app.ok<{ myInventory: { facets: Facets } }, object>(own, {}, dealer);
    expect(told(myInventory.facets.makes)).toBe('TOYOTA 2, Ghost 1');
    expect(myInventory.facets.price).toEqual({ min: '1.00', max: '18000.00' });
    const active = '{ myInventory(statuses: [ACTIVE]) { facets { models { value count } } } }';
    const narrowed = await app.ok<{ myInventory: { facets: Facets } }, object>(active, {}, dealer);
    expect(narrowed.myInventory.facets.models.map(({ count }) => count)).toEqual([2]);
  });

  it('counts what each of many dealers has on the market in one statement', async () => {
    const query = `{ dealers { nodes { id vehicles { facets { makes { value count } price { min } } } } } }`;
    type Dealers = { dealers: { nodes: Array<{ id: string; vehicles: { facets: Facets } }> } };
    let found: Dealers | undefined;
    const statements = await app.statements(async () => {
      found = await app.ok<Dealers, object>(query, {});
    });
    const of = (id: string) => found?.dealers.nodes.find((node) => node.id === id)?.vehicles.facets;
    expect(of(dealer.dealerId)).toEqual({
      makes: [{ value: 'TOYOTA', count: 2 }],
      price: { min: '15000.00' },
    });
    expect(told(of(other)?.makes ?? [])).toBe('Honda 1, Toyota 1');
    expect(statements).toHaveLength(2);
  });

  it('takes one statement, and one more for each facet whose own filter is set beside others that no kind tells or that leave little', async () => {
    const all = {
      makes: ['a'],
      models: ['b'],
      bodyTypes: ['SUV'],
      fuelTypes: ['DIESEL'],
      yearMin: 1,
      priceMin: '1',
    };
    expect(await app.statements(() => facets())).toHaveLength(1);
    expect(await app.statements(() => facets({ transmissions: ['CVT'] }))).toHaveLength(1);
    expect(await app.statements(() => facets({ transmissions: ['CVT'], priceMax: '1' }))).toHaveLength(2);
    expect(await app.statements(() => facets({ makes: ['a'], priceMax: '1' }))).toHaveLength(1);
    expect(await app.statements(() => facets({ ...all, models: [] }))).toHaveLength(1);
    expect(await app.statements(() => facets(all))).toHaveLength(kind === 'sqlite' ? 1 : 6);
  });

  it('counts listings that no kind was told of yet like all others', async () => {
    const filters = [{}, { makes: ['Toyota'] }, { yearMin: 2021, priceMax: '18000.00' }];
    const before = await Promise.all(filters.map(facets));
    await app.orm.em.fork().nativeUpdate(Vehicle, { model: 'Civic' }, { kind: 0 });
    await app.orm.em.fork().nativeUpdate(Vehicle, { model: 'camry' }, { kind: 0 });
    expect(await Promise.all(filters.map(facets))).toEqual(before);
  });

  it('reads nothing that is not asked for', async () => {
    const statements = (fields: string) =>
      app.statements(() => app.ok(`{ vehicles(filter: { makes: ["Honda"] }) { ${fields} } }`));
    expect(await statements('totalCount')).toHaveLength(1);
    expect(await statements('facets { __typename }')).toHaveLength(0);
    expect(await statements('facets { makes { count } }')).toHaveLength(1);
  });

  it('names the 200 makes and the 300 models with the most listings', async () => {
    const [dealerId = ''] = await insertDealers(app, [null]);
    const names = Array.from({ length: 301 }, (_, index) => String(index).padStart(3, '0'));
    await insertListings(
      app,
      [...names, '300'].map((name) => ({ dealerId, make: `Make ${name}`, model: `Model ${name}` })),
    );
    const { makes, models } = await facets({ dealerId });
    expect([makes.length, makes[0], makes.at(-1)]).toEqual([
      200,
      { value: 'Make 300', count: 2 },
      { value: 'Make 198', count: 1 },
    ]);
    expect([models.length, models[0], models.at(-1)]).toEqual([
      300,
      { value: 'Model 300', count: 2 },
      { value: 'Model 298', count: 1 },
    ]);
  });

  it('costs so much that a few dozen in an operation are refused', async () => {
    const many = (count: number) =>
      app.request(
        `{ ${Array.from({ length: count }, (_, i) => `f${i}: vehicles { facets { makes { count } } }`).join(' ')} }`,
      );
    expect((await many(20)).errors).toBeUndefined();
    expect(app.errorOf(await many(30)).code).toBe('QUERY_TOO_COMPLEX');
    const nested = (first: number) =>
      app.request(`{ dealers(first: ${first}) { nodes { vehicles { facets { makes { count } } } } } }`);
    expect((await nested(20)).errors).toBeUndefined();
    expect(app.errorOf(await nested(50)).code).toBe('QUERY_TOO_COMPLEX');
  });
});

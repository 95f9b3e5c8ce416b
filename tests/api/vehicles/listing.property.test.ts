import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EARTH_RADIUS_MILES, type GeoPoint, greatCircleMiles } from '../../../src/kernel/geo.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { type BulkListing, insertDealers, insertListings } from '../../support/bulk-listings.js';
import { often } from '../../support/thorough.js';

const LISTING = `query ($filter: VehicleFilter, $orderBy: VehicleOrder) {
  vehicles(filter: $filter, orderBy: $orderBy, first: 100) {
    totalCount nodes { id distanceMiles }
    facets { makes { value count } models { value count } bodyTypes { value count } fuelTypes { value count }
      years { value count } price { min max } }
  }
}`;

type Counts = Array<{ value: string; count: number }>;
interface Answer {
  vehicles: {
    totalCount: number;
    nodes: Array<{ id: string; distanceMiles: number | null }>;
    facets: Record<'makes' | 'models' | 'bodyTypes' | 'fuelTypes' | 'years', Counts> & {
      price: { min: string | null; max: string | null };
    };
  };
}

type Listing = Required<BulkListing> & { readonly id: string; readonly place: GeoPoint | null };

interface Filter {
  makes?: string[];
  models?: string[];
  bodyTypes?: string[];
  fuelTypes?: string[];
  yearMin?: number;
  yearMax?: number;
  priceMin?: number;
  priceMax?: number;
  near?: GeoPoint & { radiusMiles: number };
}

const MAKES = ['Toyota', 'Honda', 'Ford'];
const MODELS = ['Camry', 'Civic', 'F-150', 'Focus'];
const BODIES = ['SEDAN', 'SUV', 'PICKUP'] as const;
const FUELS = ['GASOLINE', 'HYBRID'] as const;

const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 89.99, 0));
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, 180, 179.99, -179.99, 0),
);
const place: fc.Arbitrary<GeoPoint> = fc.record({ latitude, longitude });

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const price = fc.integer({ min: 1, max: 40 }).map((step) => step * 100_000);
const year = fc.integer({ min: 2015, max: 2024 });

/** Circles around anywhere; many with a dealer exactly on the rim, or a hair's breadth outside. */
const circle = (places: readonly GeoPoint[]) =>
  fc
    .record({
      centre: fc.oneof(place, fc.constantFrom(...places)),
      rim: fc.constantFrom(...places),
      radius: fc.double({ min: 0.1, max: 25_000, noNaN: true }),
      kind: fc.constantFrom('on the rim', 'just within it', 'anywhere'),
    })
    .map(({ centre, rim, radius, kind }) => {
      const toRim = greatCircleMiles(centre, rim);
      const exact = kind === 'on the rim' ? toRim : toRim * (1 - 2 * Number.EPSILON);
      return { ...centre, radiusMiles: kind === 'anywhere' || !(exact > 0) ? radius : exact };
    });

const filterOf = (places: readonly GeoPoint[]): fc.Arbitrary<Filter> =>
  fc.record(
    {
      makes: some(MAKES),
      models: some(MODELS),
      bodyTypes: some(BODIES),
      fuelTypes: some(FUELS),
      yearMin: year,
      yearMax: year,
      priceMin: price,
      priceMax: price,
      near: circle(places),
    },
    { requiredKeys: [] },
  );

describe.each(databaseKinds)('the listing against a plain filter of an array on %s', (kind) => {
  const app = useApp(kind);
  let listings: Listing[] = [];
  let places: GeoPoint[] = [];

  beforeAll(async () => {
    const [random = []] = fc.sample(fc.array(place, { minLength: 30, maxLength: 30 }), {
      numRuns: 1,
      seed: 4,
    });
    places = [...random, { latitude: 90, longitude: 7 }, { latitude: -17, longitude: 179.95 }];
    const all = [...places, null];
    const dealers = await insertDealers(app, all);
    const listing = fc.record({
      dealer: fc.nat({ max: dealers.length - 1 }),
      make: fc.constantFrom(...MAKES),
      model: fc.constantFrom(...MODELS),
      bodyType: fc.constantFrom(...BODIES, null),
      fuelType: fc.constantFrom(...FUELS, null),
      year,
      mileage: fc.nat({ max: 100_000 }),
      askingPrice: price,
      status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'SOLD', 'DRAFT' as const),
    });
    const rows = fc.sample(listing, { numRuns: 95, seed: 5 }).map(({ dealer, ...row }) => ({
      ...row,
      dealerId: dealers[dealer] as string,
      place: all[dealer] as GeoPoint | null,
    }));
    const ids = await insertListings(
      app,
      rows.map(({ place: _place, ...row }) => row),
    );
    listings = rows.map((row, index) => ({ ...row, id: ids[index] as string }));
  });

  it('finds, measures, sorts and counts the same', async () => {
    await fc.assert(
      fc.asyncProperty(filterOf(places), async (filter) => {
        const orderBy = filter.near ? 'DISTANCE' : 'PRICE_ASC';
        const { vehicles } = await app.ok<Answer, object>(LISTING, { filter: sent(filter), orderBy });
        const found = listings.filter((listing) => matches(filter, listing));
        const key = (listing: Listing) =>
          filter.near && listing.place ? microMiles(filter.near, listing.place) : listing.askingPrice;
        const sorted = found.toSorted((a, b) => key(a) - key(b) || (a.id < b.id ? -1 : 1));
        expect(vehicles.nodes.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
        expect(vehicles.totalCount).toBe(found.length);
        for (const [index, { distanceMiles }] of vehicles.nodes.entries()) {
          const at = sorted[index]?.place;
          if (filter.near && at)
            expect(Math.abs((distanceMiles ?? -1) - byVectors(filter.near, at))).toBeLessThan(0.0051);
          else expect(distanceMiles).toBeNull();
        }
        expect(vehicles.facets).toEqual({
          makes: counts(filter, ['makes'], ({ make }) => make),
          models: counts(filter, ['models'], ({ model }) => model),
          bodyTypes: counts(filter, ['bodyTypes'], ({ bodyType }) => bodyType),
          fuelTypes: counts(filter, ['fuelTypes'], ({ fuelType }) => fuelType),
          years: counts(filter, ['yearMin', 'yearMax'], (row) => String(row.year), byYear),
          price: priceRange(filter),
        });
      }),
      { numRuns: often(200, 25) },
    );
  });

  function without(filter: Filter, own: ReadonlyArray<keyof Filter>): Listing[] {
    const rest = Object.fromEntries(
      Object.entries(filter).filter(([name]) => !own.includes(name as keyof Filter)),
    );
    return listings.filter((listing) => matches(rest, listing));
  }

  function counts(
    filter: Filter,
    own: ReadonlyArray<keyof Filter>,
    told: (listing: Listing) => string | null,
    order = byCount,
  ): Counts {
    const values = without(filter, own).flatMap((listing) => told(listing) ?? []);
    return [...new Set(values)]
      .map((value) => ({ value, count: values.filter((other) => other === value).length }))
      .sort(order);
  }

  function priceRange(filter: Filter) {
    const prices = without(filter, ['priceMin', 'priceMax']).map(({ askingPrice }) => askingPrice);
    if (prices.length === 0) return { min: null, max: null };
    return { min: dollarsOf(Math.min(...prices)), max: dollarsOf(Math.max(...prices)) };
  }
});

const byCount = (a: Counts[0], b: Counts[0]) =>
  b.count - a.count || (a.value.toLowerCase() < b.value.toLowerCase() ? -1 : 1);
const byYear = (a: Counts[0], b: Counts[0]) => Number(b.value) - Number(a.value);
const dollarsOf = (cents: number) => (cents / 100).toFixed(2);

function sent({ priceMin, priceMax, ...filter }: Filter): object {
  return {
    ...filter,
    ...(priceMin === undefined ? {} : { priceMin: dollarsOf(priceMin) }),
    ...(priceMax === undefined ? {} : { priceMax: dollarsOf(priceMax) }),
  };
}

function matches(filter: Filter, listing: Listing): boolean {
  const oneOf = (values: string[] | undefined, value: string | null) =>
    values === undefined || (value !== null && values.includes(value));
  return (
    listing.status === 'ACTIVE' &&
    oneOf(filter.makes, listing.make) &&
    oneOf(filter.models, listing.model) &&
    oneOf(filter.bodyTypes, listing.bodyType) &&
    oneOf(filter.fuelTypes, listing.fuelType) &&
    listing.year >= (filter.yearMin ?? 0) &&
    listing.year <= (filter.yearMax ?? 9_999) &&
    listing.askingPrice >= (filter.priceMin ?? 0) &&
    listing.askingPrice <= (filter.priceMax ?? Number.POSITIVE_INFINITY) &&
    (filter.near === undefined || (listing.place !== null && isWithin(filter.near, listing.place)))
  );
}

/** By vectors; on the rim itself, where the last bit decides, by the one formula that says what the rim is. */
function isWithin(near: NonNullable<Filter['near']>, at: GeoPoint): boolean {
  const beyond = byVectors(near, at) - near.radiusMiles;
  return Math.abs(beyond) < 1e-6 ? greatCircleMiles(near, at) <= near.radiusMiles : beyond < 0;
}

function microMiles(from: GeoPoint, to: GeoPoint): number {
  return Math.round(greatCircleMiles(from, to) * 1e6);
}

/** The angle between two directions from the centre of the earth, which shares no formula with haversines. */
function byVectors(from: GeoPoint, to: GeoPoint): number {
  const [a, b] = [vectorOf(from), vectorOf(to)];
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return EARTH_RADIUS_MILES * Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

function vectorOf(at: GeoPoint): [number, number, number] {
  const [phi, lambda] = [(at.latitude * Math.PI) / 180, (at.longitude * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

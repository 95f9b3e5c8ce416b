import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dealer } from '../../../../src/modules/dealers/index.js';
import { Vehicle } from '../../../../src/modules/vehicles/index.js';
import {
  filterOf,
  type StoredFilter,
  storedFilterOf,
} from '../../../../src/modules/vehicles/saved/filter-json.js';
import { Batch } from '../../../../src/modules/vehicles/saved/matching.js';
import { readDue } from '../../../../src/modules/vehicles/saved/matching.reads.js';
import { Spellings } from '../../../../src/modules/vehicles/saved/spellings.js';
import { learnMarketWords } from '../../../../src/modules/vehicles/search/search.jobs.js';
import type { VehicleFilter } from '../../../../src/modules/vehicles/vehicle.inputs.js';
import { newVehicleOf } from '../../../../src/modules/vehicles/vehicle.rules.js';
import { databaseKinds, type TestApp, useApp } from '../../../support/app.js';
import { often } from '../../../support/thorough.js';

const LISTINGS = 90;
/** Of one seed, so that a failure can be looked at again. */
const SEED = 20_261_122;

const makes = ['Honda', 'Toyota', 'Land Rover', 'Kia'];
const models = ['Accord', 'Camry', 'CR-V', 'Range', 'Rio'];
const bodies = ['SEDAN', 'SUV', 'PICKUP'] as const;
const fuels = ['GASOLINE', 'ELECTRIC'] as const;
const transmissions = ['AUTOMATIC', 'MANUAL'] as const;
const drivetrains = ['FWD', 'AWD'] as const;
const conditions = ['NEW', 'USED'] as const;
const ratings = ['GREAT', 'FAIR'] as const;
const words = ['Leather', 'roof', 'panoramic', "driver's", 'V6', 'heated', 'Ünïcode'];
/** States and places: one on each side of the antimeridian, one near a pole, one that has not told. */
const places = [
  { state: 'TX', latitude: 30.27, longitude: -97.74 },
  { state: 'CA', latitude: 37.77, longitude: -122.42 },
  { state: 'AK', latitude: 51.9, longitude: 179.9 },
  { state: 'HI', latitude: 51.9, longitude: -179.9 },
  { state: 'NY', latitude: null, longitude: null },
];

const orNull = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: null });
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
const text = (from: readonly string[]) =>
  fc.array(fc.constantFrom(...from), { maxLength: 3 }).map((parts) => parts.join(' '));

const details = fc.record({
  make: fc.constantFrom(...makes),
  model: fc.constantFrom(...models),
  year: fc.integer({ min: 2018, max: 2022 }),
  trim: orNull(['XLE', 'Sport']),
  bodyType: orNull(bodies),
  fuelType: orNull(fuels),
  transmission: orNull(transmissions),
  drivetrain: orNull(drivetrains),
  condition: fc.constantFrom(...conditions),
  exteriorColor: orNull(['Red', 'Blue']),
  mileage: fc.integer({ min: 0, max: 5 }).map((steps) => steps * 10_000),
  features: fc.uniqueArray(fc.constantFrom(...words), { maxLength: 3 }),
  description: fc.option(text([...words, ...models]), { nil: null }),
  askingPrice: fc.integer({ min: 1, max: 6 }).map((steps) => steps * 500_000),
});

const misspelt = [
  'hunda',
  'acord',
  'toyotta',
  'camrys',
  'landrover',
  'crv',
  'cr v',
  'kai',
  'the',
  '2020',
  'xle',
  'zzz',
];
const filters = fc.record({
  search: text([...makes, ...models, ...words, ...misspelt]),
  makes: some([...makes, 'HONDA', ' land  rover ', '']),
  models: some([...models, 'cr-v', 'none']),
  yearMin: fc.integer({ min: 2018, max: 2022 }),
  yearMax: fc.integer({ min: 2018, max: 2022 }),
  priceMin: fc.integer({ min: 1, max: 6 }).map((steps) => steps * 500_000),
  priceMax: fc.integer({ min: 1, max: 6 }).map((steps) => steps * 500_000),
  mileageMax: fc.integer({ min: 0, max: 5 }).map((steps) => steps * 10_000),
  bodyTypes: some(bodies),
  fuelTypes: some(fuels),
  transmissions: some(transmissions),
  drivetrains: some(drivetrains),
  conditions: some(conditions),
  ratings: some(ratings),
  state: fc.constantFrom('tx', ' CA ', 'AK', '', 'none'),
  near: fc.record({
    latitude: fc.constantFrom(30.27, 51.9, -51.9, 90),
    longitude: fc.constantFrom(-97.74, 180, -180, 0),
    radiusMiles: fc.constantFrom(0.5, 20, 1_500, 2_640, 12_000),
  }),
});

const fields = fc.sample(filters, 1).flatMap(Object.keys);

function only(filter: object, wanted: readonly string[]): VehicleFilter {
  return Object.fromEntries(Object.entries(filter).filter(([field]) => wanted.includes(field)));
}

describe.each(databaseKinds)('what matches a saved search, on %s', (kind) => {
  const app = useApp(kind);
  let batch: Batch;
  let dealerIds: string[];

  beforeAll(async () => {
    dealerIds = await listAtRandom(app);
    await learnMarketWords.run(app.system.makeCtx());
    batch = new Batch(await readDue(app.system.makeCtx(), null, LISTINGS));
    expect(batch.listings).toHaveLength(LISTINGS);
  });

  async function onTheMarket(filter: StoredFilter): Promise<string[]> {
    type Answer = { vehicles: { nodes: Array<{ id: string }> } };
    const document =
      'query ($filter: VehicleFilter) { vehicles(filter: $filter, first: 100) { nodes { id } } }';
    const { vehicles } = await app.ok<Answer, object>(document, { filter });
    return vehicles.nodes.map(({ id }) => id).sort();
  }

  /** By a search that is older than any change, and of somebody who sells nothing. */
  async function byTheSearch(stored: StoredFilter): Promise<string[]> {
    const filter = filterOf(JSON.parse(JSON.stringify(stored)));
    const search = { id: '00000000-0000-7000-8000-000000000000', userId: '', createdAt: 0, filter };
    const pairs = await batch.pairs([search], new Spellings(app.system.makeCtx().em));
    return pairs.map(({ listing }) => listing.id).sort();
  }

  it('is what the market lists under its filter', async () => {
    const whole = fc.record({ filter: filters, dealerId: fc.constantFrom(...dealerIds) });
    // More fields than these leave nothing over.
    const asked = fc
      .record({ given: whole, fields: fc.subarray([...fields, 'dealerId'], { minLength: 1, maxLength: 4 }) })
      .map(({ given: { filter, dealerId }, fields }) => only({ ...filter, dealerId }, fields));
    let found = 0;
    await fc.assert(
      fc.asyncProperty(asked, async (filter) => {
        const stored = storedFilterOf(filter);
        const listed = await onTheMarket(stored);
        found += listed.length > 0 && listed.length < LISTINGS ? 1 : 0;
        expect(await byTheSearch(stored)).toEqual(listed);
      }),
      { numRuns: often(1_000, 40), seed: SEED },
    );
    // Filters that find nothing, or everything, prove little.
    expect(found).toBeGreaterThan(20);
  });

  it.each(['search', 'makes', 'state', 'near'] as const)('is so for %s alone', async (field) => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const stored = storedFilterOf(only(filter, [field]));
        expect(await byTheSearch(stored)).toEqual(await onTheMarket(stored));
      }),
      { numRuns: often(400, 20), seed: SEED },
    );
  });
});

/** Listings of five dealers, all written at once; the dealers' ids. */
async function listAtRandom(app: TestApp): Promise<string[]> {
  const em = app.orm.em.fork();
  const now = app.clock.now();
  const dealers = await Promise.all(places.map(({ state }) => app.build.dealer({ state })));
  for (const [index, { latitude, longitude }] of places.entries()) {
    await em.nativeUpdate(Dealer, { id: dealers[index]?.dealerId as string }, { latitude, longitude });
  }
  const given = fc.sample(fc.tuple(details, fc.nat(places.length - 1), orNull(ratings)), {
    numRuns: LISTINGS,
    seed: SEED,
  });
  for (const [car, owner, dealRating] of given) {
    const { vin, askingPrice, details: known } = newVehicleOf({ ...car, vin: app.build.vin() }, now);
    const dealer = em.getReference(Dealer, dealers[owner]?.dealerId as string, { wrapped: true });
    const { vehicle, firstPrice } = Vehicle.draft(dealer, vin, askingPrice, known, now);
    vehicle.publish(now);
    vehicle.dealRating = dealRating;
    em.persist([vehicle, firstPrice]);
  }
  await em.flush();
  return dealers.map(({ dealerId }) => dealerId);
}

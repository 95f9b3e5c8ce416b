import { beforeAll, describe, expect, it } from 'vitest';
import {
  CreateVehicleDocument,
  type CreateVehicleInput,
  VehicleDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { refused, setStatus } from './stored.js';

describe.each(databaseKinds)('createVehicle on %s', (kind) => {
  const app = useApp(kind);
  const least = (overrides: Partial<CreateVehicleInput> = {}): CreateVehicleInput => ({
    vin: app.build.vin(),
    make: 'Toyota',
    model: 'Camry',
    year: 2021,
    mileage: 10,
    askingPrice: '20000.50',
    ...overrides,
  });
  const whole = (): CreateVehicleInput => ({
    vin: ` ${app.build.vin().toLowerCase()} `,
    stockNumber: ' A-1 ',
    make: ' Land  Rover ',
    model: 'Range Rover',
    year: 2024,
    trim: 'SE',
    bodyType: 'SUV',
    fuelType: 'PLUGIN_HYBRID',
    transmission: 'AUTOMATIC',
    drivetrain: 'AWD',
    condition: 'CERTIFIED',
    exteriorColor: 'Blue',
    interiorColor: 'Tan',
    mileage: 2_000_000,
    features: [' Tow bar ', 'Sunroof', '', 'Tow bar', 'Ünïcode ☂'],
    description: 'One owner.\nNo accidents.',
    askingPrice: 10_000_000,
    msrp: '1',
    isNegotiable: false,
    publish: true,
  });

  it('publishes a whole vehicle, with its first price, and answers with it', async () => {
    const dealer = await app.build.dealer({ businessName: 'Lot' });
    const input = whole();
    const { createVehicle } = await app.ok(CreateVehicleDocument, { input }, dealer);
    const now = app.clock.now().toISOString();
    const { publish: _, ...given } = input;
    expect(createVehicle.vehicle).toEqual({
      ...given,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      vin: input.vin.trim().toUpperCase(),
      stockNumber: 'A-1',
      make: 'Land Rover',
      features: ['Tow bar', 'Sunroof', 'Ünïcode ☂'],
      askingPrice: '10000000.00',
      msrp: '1.00',
      status: 'ACTIVE',
      daysListed: 0,
      createdAt: now,
      updatedAt: now,
      publishedAt: now,
      soldAt: null,
      priceHistory: [{ price: '10000000.00', changedAt: now }],
      dealer: { id: dealer.dealerId, businessName: 'Lot' },
    });
    const { vehicle } = await app.ok(VehicleDocument, { id: createVehicle.vehicle.id });
    expect(vehicle).toEqual(createVehicle.vehicle);
  });

  it('makes a draft of the least, by an unverified dealer too', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const { createVehicle } = await app.ok(CreateVehicleDocument, { input: least() }, dealer);
    expect(createVehicle.vehicle).toMatchObject({
      status: 'DRAFT',
      condition: 'USED',
      isNegotiable: true,
      publishedAt: null,
      features: [],
      trim: null,
      bodyType: null,
      msrp: null,
      askingPrice: '20000.50',
    });
  });

  it('takes null for what may be left out', async () => {
    const none = {
      trim: null,
      bodyType: null,
      features: null,
      msrp: null,
      isNegotiable: null,
      description: null,
    };
    const { createVehicle } = await app.ok(
      CreateVehicleDocument,
      { input: least(none) },
      await app.build.dealer(),
    );
    expect(createVehicle.vehicle).toMatchObject({ ...none, features: [], isNegotiable: true });
  });

  it('refuses to publish for a dealer that is not verified, and keeps no draft', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const error = await refused(app, () =>
      app.request(CreateVehicleDocument, { input: least({ publish: true }) }, dealer),
    );
    expect(error).toMatchObject({ code: 'DEALER_NOT_VERIFIED', statusCode: 403 });
  });

  it('refuses guests, buyers, admins, and dealers before they register a business', async () => {
    const unregistered = await app.build.register({ userType: 'DEALER' });
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin(), unregistered]) {
      codes.push(
        (await refused(app, () => app.request(CreateVehicleDocument, { input: least() }, person))).code,
      );
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    const told = await refused(app, () =>
      app.request(CreateVehicleDocument, { input: least() }, unregistered),
    );
    expect(told.message).toBe('Register your dealership before you list vehicles.');
  });

  it('refuses the same VIN twice in one inventory, until the first is archived; not in two inventories', async () => {
    const [one, other] = [await app.build.dealer(), await app.build.dealer()];
    const input = least();
    const first = await app.ok(CreateVehicleDocument, { input }, one);
    await app.ok(CreateVehicleDocument, { input }, other);
    const again = { ...input, vin: input.vin.toLowerCase() };
    const error = await refused(app, () => app.request(CreateVehicleDocument, { input: again }, one));
    expect(error).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
    await setStatus(app, first.createVehicle.vehicle.id, 'ARCHIVED');
    await app.ok(CreateVehicleDocument, { input: again }, one);
  });

  it('lets one of 16 with the same VIN at once win', async () => {
    const dealer = await app.build.dealer();
    for (let round = 0; round < 3; round++) {
      const input = least({ publish: true });
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => app.request(CreateVehicleDocument, { input }, dealer)),
      );
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'ok').sort();
      expect(codes).toEqual([...Array(15).fill('CONFLICT'), 'ok']);
    }
  });

  it('tells all that is missing or wrong at once, field by field', async () => {
    const dealer = await app.build.dealer();
    const input: CreateVehicleInput = {
      vin: '4T1BF1FK0MU000000',
      make: ' ',
      mileage: -1,
      askingPrice: '0.99',
      msrp: '10000000.01',
      features: ['x'.repeat(101)],
      description: '\u0000',
      trim: '\ud800',
    };
    const error = await refused(app, () => app.request(CreateVehicleDocument, { input }, dealer));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.fields).toEqual({
      vin: [expect.stringContaining('check digit')],
      make: ['This field may not be blank.'],
      model: ['This field may not be blank.'],
      year: ['This field is required.'],
      trim: ['This is not well-formed Unicode text.'],
      mileage: ['Ensure this value is between 0 and 2000000.'],
      features: ['Ensure this field has no more than 100 characters.'],
      description: ['Control characters are not allowed.'],
      askingPrice: ['Ensure this value is between 1.00 and 10000000.00.'],
      msrp: ['Ensure this value is between 1.00 and 10000000.00.'],
    });
  });

  let dealer: DealerPerson;
  beforeAll(async () => {
    dealer = await app.build.dealer();
  });
  const faulty: Array<[string, object, string]> = [
    ['a short VIN', { vin: '123' }, 'vin'],
    ['a VIN with I', { vin: '4T1BF1FK0MUI00001' }, 'vin'],
    ['a year before cars', { year: 1899 }, 'year'],
    ['a year too far ahead', { year: new Date().getUTCFullYear() + 3 }, 'year'],
    ['a mileage over the bound', { mileage: 2_000_001 }, 'mileage'],
    ['101 features', { features: Array.from({ length: 101 }, (_, index) => `${index}`) }, 'features'],
    ['a make of 101 characters', { make: 'x'.repeat(101) }, 'make'],
    ['a make whose lower case does not fit', { make: 'İ'.repeat(100) }, 'make'],
    ['a description of 5,001 characters', { description: 'x'.repeat(5_001) }, 'description'],
    ['NUL in a feature', { features: ['a\u0000'] }, 'features'],
  ];
  it.each(faulty)('refuses %s', async (_what, overrides, field) => {
    const error = await refused(app, () =>
      app.request(CreateVehicleDocument, { input: least(overrides) }, dealer),
    );
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(Object.keys(error.fields ?? {})).toEqual([field]);
  });

  const malformed: Array<[string, object]> = [
    ['a negative price', { askingPrice: '-1.00' }],
    ['a price of three decimals', { askingPrice: '1.001' }],
    ['a price that is no number', { askingPrice: 'much' }],
    ['a huge price', { askingPrice: 1e30 }],
    ['an unknown body type', { bodyType: 'BOAT' }],
    ['a year that is no integer', { year: 2020.5 }],
    ['a year beyond 32 bits', { year: 3_000_000_000 }],
    ['no mileage', { mileage: null }],
    ['features that are no list of texts', { features: [null] }],
    ['an unknown field', { autoSell: true }],
  ];
  it.each(malformed)('refuses %s', async (_what, overrides) => {
    const error = await refused(app, () =>
      app.request(CreateVehicleDocument, { input: least(overrides) }, dealer),
    );
    expect(error.code).toBe('BAD_USER_INPUT');
  });
});

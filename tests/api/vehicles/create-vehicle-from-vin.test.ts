import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VinFacts } from '../../../src/kernel/ports.js';
import { fillFromVin, type Given } from '../../../src/modules/vehicles/vin/vin-fill.js';
import { WorkerVinDecoder } from '../../../src/platform/vin/worker-vin-decoder.js';
import { CreateVehicleDocument, type CreateVehicleInput } from '../../generated/operations.js';
import { databaseKinds, testLog, useApp } from '../../support/app.js';
import { SayingDecoder, unpackVins, vinDirectory, withCheckDigit } from '../../support/vins.js';
import { refused } from './stored.js';

const ACCORD = '1HGCM82633A004352';
const PACIFICA = withCheckDigit('2C4RC1L70NR000001');
const UNKNOWN = withCheckDigit('WVWZZZ1K06W000001');

const given = (input: Partial<CreateVehicleInput>): CreateVehicleInput => ({
  vin: ACCORD,
  mileage: 10,
  askingPrice: '9000.00',
  ...input,
});

describe.each(databaseKinds)('createVehicle with the rest left to the VIN, on %s', (kind) => {
  const app = useApp(kind, {
    adapters: {
      vinDecoder: new WorkerVinDecoder({ directory: vinDirectory, log: testLog }),
    },
  });
  beforeAll(unpackVins, 60_000);
  const create = async (input: Partial<CreateVehicleInput>) => {
    const answer = await app.ok(CreateVehicleDocument, { input: given(input) }, await app.build.dealer());
    return answer.createVehicle.vehicle;
  };

  it('fills in all that the VIN says', async () => {
    expect(await create({ publish: true })).toMatchObject({
      ...{ vin: ACCORD, make: 'Honda', model: 'Accord', year: 2003, trim: 'EX-V6' },
      ...{ bodyType: 'COUPE', fuelType: 'GASOLINE', transmission: null, drivetrain: null, status: 'ACTIVE' },
    });
    expect(await create({ vin: ` ${PACIFICA.toLowerCase()} ` })).toMatchObject({
      ...{ vin: PACIFICA, make: 'Chrysler', model: 'Pacifica', year: 2022, trim: 'Touring L' },
      ...{ bodyType: 'MINIVAN', fuelType: 'PLUGIN_HYBRID' },
    });
  });

  it('changes nothing that the dealer wrote, be it wrong', async () => {
    const wrote = {
      make: 'Acura',
      year: 2004,
      trim: 'Type S',
      bodyType: 'SEDAN',
      fuelType: 'DIESEL',
    } as const;
    expect(await create(wrote)).toMatchObject({ ...wrote, model: 'Accord' });
    const rest = { model: 'CL', transmission: 'MANUAL', drivetrain: 'FWD' } as const;
    expect(await create({ ...wrote, ...rest })).toMatchObject({ ...wrote, ...rest });
  });

  it('takes null and blanks for left out', async () => {
    expect(await create({ make: ' ', model: '', year: null, trim: null, bodyType: null })).toMatchObject({
      ...{ make: 'Honda', model: 'Accord', year: 2003, trim: 'EX-V6', bodyType: 'COUPE' },
    });
  });

  it('names what is missing of a VIN that nobody knows, and stores nothing', async () => {
    const dealer = await app.build.dealer();
    const error = await refused(app, () =>
      app.request(CreateVehicleDocument, { input: given({ vin: UNKNOWN, model: 'Golf' }) }, dealer),
    );
    expect(error).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { make: ['This field may not be blank.'], year: ['This field is required.'] },
    });
    expect(await create({ vin: UNKNOWN, make: 'Volkswagen', model: 'Golf', year: 2006 })).toMatchObject({
      ...{ make: 'Volkswagen', model: 'Golf', year: 2006, trim: null, bodyType: null },
    });
  });
});

describe('what createVehicle asks of the decoder', () => {
  const decoder = new SayingDecoder();
  const app = useApp('sqlite', { adapters: { vinDecoder: decoder } });
  const camry: VinFacts = {
    ...{ modelYear: 2021, make: 'Toyota', model: 'Camry', trim: 'SE', bodyClass: 'Sedan/Saloon' },
    ...{ primaryFuel: 'Gasoline', secondaryFuel: 'Electric', electrification: null, driveType: null },
  };
  const whole = {
    make: 'Kia',
    model: 'Rio',
    year: 2020,
    trim: 'LX',
    bodyType: 'SEDAN',
    fuelType: 'GASOLINE',
    drivetrain: 'FWD',
  } as const;
  const three = { make: 'Kia', model: 'Rio', year: 2020 };
  beforeEach(() => {
    decoder.asked.length = 0;
    decoder.answer = () => camry;
  });
  const request = async (input: Partial<CreateVehicleInput>) =>
    app.request(CreateVehicleDocument, { input: given(input) }, await app.build.dealer());

  it('asks nothing where nothing is left out that a VIN could say', async () => {
    expect((await request(whole)).errors).toBeUndefined();
    expect(decoder.asked).toEqual([]);
  });

  it('asks once for anything else, with what it may store', async () => {
    decoder.answer = () => ({ ...camry, trim: 'LE/SE', model: 'x'.repeat(101), bodyClass: 'Truck' });
    const { data } = await request({ ...three, model: 'Camry' });
    expect(data?.createVehicle.vehicle).toMatchObject({
      ...{ make: 'Kia', model: 'Camry', trim: null, bodyType: null, fuelType: 'HYBRID', drivetrain: null },
    });
    expect(decoder.asked).toEqual([[ACCORD]]);
  });

  it('asks nothing for a VIN that is wrong, or for who may not list', async () => {
    const error = app.errorOf(await request({ vin: '1HGCM82643A004352' }));
    expect(Object.keys(error.fields ?? {})).toEqual(['vin', 'make', 'model', 'year']);
    await app.request(CreateVehicleDocument, { input: given({}) }, await app.build.buyer());
    expect(decoder.asked).toEqual([]);
  });

  it('lists without an answer what can do without, and refuses the rest', async () => {
    decoder.answer = () => Promise.reject(new Error('away'));
    const { data } = await request(three);
    expect(data?.createVehicle.vehicle).toMatchObject({ ...three, trim: null, bodyType: null });
    expect(app.errorOf(await request({}))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { make: expect.anything(), model: expect.anything(), year: expect.anything() },
    });
  });

  it('waits three seconds for what can do without, and longer for the rest and for many', async () => {
    decoder.answer = () => new Promise(() => {});
    const ctx = app.system.makeCtx();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const settled: string[] = [];
      const one = { vin: ACCORD, ...three };
      void fillFromVin(ctx, [one]).then((filled) => settled.push(JSON.stringify(filled)));
      void fillFromVin(ctx, [{ ...one, year: null }]).then(() => settled.push('without a year'));
      void fillFromVin(ctx, [one, one]).then(() => settled.push('many'));
      await vi.advanceTimersByTimeAsync(2_999);
      expect(settled).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(settled).toEqual([JSON.stringify([one])]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(settled).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks for many at once, and gives each its own', async () => {
    decoder.answer = (vin) => (vin === ACCORD ? { ...camry, model: 'Accord' } : null);
    const listings: Array<Given & { stockNumber?: string }> = [
      { vin: ACCORD, stockNumber: 'A' },
      { vin: PACIFICA, make: 'Chrysler' },
      { vin: 'faulty' },
      { vin: ACCORD, ...whole },
      { vin: ACCORD.toLowerCase(), model: 'Mine' },
    ];
    const filled = await fillFromVin(app.system.makeCtx(), listings);
    const said = { make: 'Toyota', year: 2021, trim: 'SE', bodyType: 'SEDAN', fuelType: 'HYBRID' };
    expect(filled).toEqual([
      { vin: ACCORD, stockNumber: 'A', ...said, model: 'Accord' },
      ...listings.slice(1, 4),
      { vin: ACCORD.toLowerCase(), ...said, model: 'Mine' },
    ]);
    expect(decoder.asked).toEqual([[ACCORD, PACIFICA, ACCORD]]);
    expect(await fillFromVin(app.system.makeCtx(), [])).toEqual([]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { WorkerVinDecoder } from '../../../src/platform/vin/worker-vin-decoder.js';
import { testLog, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { SayingDecoder, unpackVins, vinDirectory, withCheckDigit } from '../../support/vins.js';

const DECODE = `query ($vin: String!) { decodeVin(vin: $vin) {
  vin valid make model year trim bodyType fuelType transmission drivetrain errors
} }`;

interface Decoded {
  decodeVin: { vin: string; valid: boolean; errors: string[]; [detail: string]: unknown };
}

const nothing = {
  ...{ make: null, model: null, year: null, trim: null, bodyType: null, fuelType: null },
  ...{ transmission: null, drivetrain: null },
};

// It asks the database for nothing: one of them is enough.
describe('decodeVin', () => {
  const app = useApp('sqlite', {
    adapters: {
      vinDecoder: new WorkerVinDecoder({ directory: vinDirectory, log: testLog }),
    },
  });
  let dealer: DealerPerson;
  beforeAll(async () => {
    dealer = await app.build.dealer({ verified: false });
    await unpackVins();
  }, 60_000);
  const decode = async (vin: string) => (await app.ok<Decoded, object>(DECODE, { vin }, dealer)).decodeVin;

  const cars: Array<[vin: string, details: object]> = [
    [
      '1HGCM82633A004352',
      { make: 'Honda', model: 'Accord', year: 2003, trim: 'EX-V6', bodyType: 'COUPE', fuelType: 'GASOLINE' },
    ],
    [
      '1FTFW1ET0DFC10312',
      { make: 'Ford', model: 'F-150', year: 2013, trim: null, bodyType: 'PICKUP', fuelType: 'GASOLINE' },
    ],
    [
      '5YJ3E1EA0JF000001',
      { make: 'Tesla', model: 'Model 3', year: 2018, trim: null, bodyType: 'SEDAN', fuelType: 'ELECTRIC' },
    ],
    [
      '2C4RC1L70NR000001',
      { make: 'Chrysler', model: 'Pacifica', year: 2022, bodyType: 'MINIVAN', fuelType: 'PLUGIN_HYBRID' },
    ],
    [
      'JTDACAAU0P3000001',
      { make: 'Toyota', model: 'Prius', year: 2023, bodyType: 'HATCHBACK', fuelType: 'HYBRID' },
    ],
    ['JTDBVRBD0HA000001', { make: 'Toyota', model: 'Mirai', year: 2017, fuelType: 'HYDROGEN' }],
    ['JN8AZ2NE0F9000001', { make: 'Infiniti', model: 'QX80', year: 2015, bodyType: 'CROSSOVER' }],
    ['1FT7W2BT0GEA00001', { make: 'Ford', model: 'F-250', year: 2016, fuelType: 'DIESEL' }],
    // Several trims, none of them named: "L/LE/SE/XLE/XSE".
    ['2T1BURHE0JC034202', { make: 'Toyota', model: 'Corolla', year: 2018, trim: null }],
    // A motorcycle, and a chassis on which others build.
    ['1HD1KHM10GB000001', { make: 'Harley-Davidson', model: 'Road Glide', year: 2016, bodyType: 'OTHER' }],
    ['1FDUF5HT0CEA00001', { make: 'Ford', model: 'F-550', year: 2012, bodyType: null, fuelType: 'DIESEL' }],
    ['1J4FA49S02P000001', { make: 'Jeep', model: 'Wrangler', year: 2002, trim: 'Sport', bodyType: 'SUV' }],
  ];
  it.each(cars)('%s is %j', async (open, details) => {
    const vin = withCheckDigit(open);
    expect(await decode(vin)).toEqual({
      ...{ vin, valid: true, errors: [], transmission: null, drivetrain: null },
      ...{
        trim: expect.toBeOneOf([expect.any(String), null]),
        bodyType: expect.toBeOneOf([expect.any(String), null]),
      },
      ...{ fuelType: expect.any(String) },
      ...details,
    });
  });

  it('reads a VIN as it is typed', async () => {
    expect(await decode(' 1hgcm82633a004352\n')).toMatchObject({
      vin: '1HGCM82633A004352',
      valid: true,
      model: 'Accord',
    });
  });

  it.each([
    ['too short a one', '1HGCM82633A00435', '16'],
    ['none', '', '0'],
    ['too long a one', '1HGCM82633A0043520', '17 characters'],
    ['one with O', '1HGCM82633AO04352', 'I, O or Q'],
    ['one with a dash', '1HGCM82633A-04352', 'only the letters'],
    ['one with a wrong check digit', '1HGCM82643A004352', 'check digit'],
    ['one with two characters swapped', '1HGCM82633A003452', 'check digit'],
  ])('says what is wrong with %s, and nothing else of it', async (_what, vin, message) => {
    expect(await decode(vin)).toEqual({
      ...nothing,
      vin: vin.toUpperCase(),
      valid: false,
      errors: [expect.stringContaining(message)],
    });
  });

  it.each([
    ['pages of text', `1HGCM82633A004352${'0'.repeat(10_000)}`],
    ['NUL', '1HGCM82633A\u000004352'],
    ['half a character', '1HGCM82633A\ud80004352'],
  ])('refuses %s', async (_what, vin) => {
    const refusal = app.errorOf(await app.request(DECODE, { vin }, dealer));
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: { vin: [expect.any(String)] } });
  });

  it.each([
    ['a maker that is not on record', 'ZZZZZZZZ0ZZZZZZZZ'],
    ['a European car', 'WVWZZZ1K06W000001'],
    ['a year that is none', '1HGCM82600A004352'],
  ])('says that it does not know %s', async (_what, open) => {
    const vin = withCheckDigit(open);
    expect(await decode(vin)).toEqual({
      ...nothing,
      vin,
      valid: true,
      errors: ['Nothing is known of this VIN: say yourself what the vehicle is.'],
    });
  });

  it('is for dealers alone', async () => {
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin()]) {
      codes.push(app.errorOf(await app.request(DECODE, { vin: '1HGCM82633A004352' }, person)).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('sends no statement', async () => {
    expect(await app.statements(() => decode('1HGCM82633A004352'))).toEqual([]);
  });
});

describe('decodeVin with a decoder that does not answer', () => {
  const decoder = new SayingDecoder();
  const app = useApp('sqlite', { adapters: { vinDecoder: decoder } });

  it('says so, and is asked no faulty VIN', async () => {
    decoder.answer = () => Promise.reject(new Error('a path that is nobody’s business'));
    const dealer = await app.build.dealer({ verified: false });
    const vin = '1HGCM82633A004352';
    expect((await app.ok<Decoded, object>(DECODE, { vin }, dealer)).decodeVin).toEqual({
      ...nothing,
      vin,
      valid: true,
      errors: ['VINs cannot be decoded at the moment. Try again later.'],
    });
    await app.ok(DECODE, { vin: '1HGCM82643A004352' }, dealer);
    expect(decoder.asked).toEqual([[vin]]);
  });
});

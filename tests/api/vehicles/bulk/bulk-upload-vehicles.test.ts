import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { DealerPerson } from '../../../support/builders.js';
import { setStatus } from '../stored.js';
import { bring, HEADER, inShort, inventory, rowOf, send, uploads } from './files.js';

describe.each(databaseKinds)('bulkUploadVehicles on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const one = async (vin: string) => (await inventory(app, dealer.dealerId)).filter((row) => row.vin === vin);
  const prices = async (id: unknown) => {
    const rows: Array<{ price: number | string }> = await app.orm.em
      .fork()
      .getConnection()
      .execute('select price from price_changes where vehicle_id = ? order by changed_at, id', [
        id as string,
      ]);
    return rows.map(({ price }) => Number(price));
  };

  it('adds vehicles as drafts with all that a file says, and keeps nothing of the file', async () => {
    const vin = app.build.vin();
    const header =
      'vin,stock_number,make,model,year,trim,body_type,fuel_type,transmission,drivetrain,condition,mileage,' +
      'asking_price,msrp,exterior_color,interior_color,features,description';
    const row =
      `${vin.toLowerCase()},A-1,Ford,F-150,2021,XLT,Crew Cab Pickup,Gas,10-Speed Automatic,4WD,Certified Pre-Owned,` +
      '"45,000","$23,500.50",39999,Blue,Black,"Tow hitch; Bed liner; Tow hitch","Two\nlines, one ""quoted"""';
    const told = await bring(app, dealer, `${header}\n${row}\n`);
    expect(told).toMatchObject({
      totalRows: 1,
      created: 1,
      updated: 0,
      failed: 0,
      dryRun: false,
      errors: [],
      bulkUpload: { status: 'COMPLETED', failure: null, ignoredColumns: [] },
    });
    const [stored] = await one(vin);
    const features = typeof stored?.features === 'string' ? JSON.parse(stored.features) : stored?.features;
    expect({
      ...stored,
      features,
      asking_price: Number(stored?.asking_price),
      msrp: Number(stored?.msrp),
    }).toMatchObject({
      status: 'DRAFT',
      stock_number: 'A-1',
      make: 'Ford',
      model: 'F-150',
      make_key: 'ford',
      year: 2021,
      trim: 'XLT',
      body_type: 'PICKUP',
      fuel_type: 'GASOLINE',
      transmission: 'AUTOMATIC',
      drivetrain: 'FOUR_WD',
      condition: 'CERTIFIED',
      mileage: 45_000,
      asking_price: 2_350_050,
      msrp: 3_999_900,
      exterior_color: 'Blue',
      interior_color: 'Black',
      features: ['Tow hitch', 'Bed liner'],
      description: 'Two\nlines, one "quoted"',
    });
    expect(stored?.search_terms).not.toBe('');
    expect(await prices(stored?.id)).toEqual([2_350_050]);
    expect(await readdir(join(app.files, 'uploads', 'bulk_uploads'))).toEqual([]);
    const upload = (await uploads(app)).find(({ id }) => id === told.bulkUpload.id);
    expect(upload).toMatchObject({ key: null, leased_until: null });
  });

  it('lands good rows and names bad ones by line and column, all that is wrong with each', async () => {
    const vins = Array.from({ length: 3 }, () => app.build.vin()) as [string, string, string];
    const told = await bring(
      app,
      dealer,
      [
        `${HEADER},Body,description`,
        `${rowOf(vins[0])},Sedan,"one\r\ntwo\r\nthree"`,
        '',
        `1HGBH41JXMN109187,,Rio,1066,many,cheap,Spaceship,`,
        `${rowOf(vins[1])},,`,
        ',,,,,,,',
        `${vins[2]},Kia,,,,`,
      ].join('\r\n'),
    );
    expect(inShort(told)).toEqual([
      2,
      0,
      2,
      '6 vin',
      '6 make',
      '6 year',
      '6 Body',
      '6 mileage',
      '6 asking_price',
      '9 null',
    ]);
    expect(told.totalRows).toBe(4);
    expect(told.errors.map(({ message }) => message)).toEqual([
      'The check digit in position 9 does not fit the other characters: at least one of them is wrong.',
      'This field may not be blank.',
      'Ensure this value is between 1900 and 2028.',
      '"Spaceship" is no body type. Use one of: SEDAN, COUPE, HATCHBACK, WAGON, SUV, CROSSOVER, PICKUP, VAN, MINIVAN, CONVERTIBLE, OTHER.',
      '"many" is no whole number. Write it as 45000.',
      '"cheap" is no amount of US dollars. Write it as 23500.00.',
      'The row has 6 cells, the header 8. Is a separator not quoted?',
    ]);
    expect([(await one(vins[0])).length, (await one(vins[1])).length, (await one(vins[2])).length]).toEqual([
      1, 1, 0,
    ]);
  });

  it('changes what is there by its VIN, where cells are not empty, with its price history', async () => {
    const { id, vin } = await app.build.vehicle(dealer, {
      trim: 'XLE',
      mileage: 30_000,
      askingPrice: '20000.00',
    });
    const text = `vin,trim,mileage,price,color\n${vin},,31000,19000,Red\n`;
    const told = await bring(app, dealer, text, { publish: true });
    expect(inShort(told)).toEqual([0, 1, 0]);
    expect(await one(vin)).toMatchObject([
      { id, status: 'ACTIVE', make: 'Toyota', trim: 'XLE', mileage: 31_000, exterior_color: 'Red' },
    ]);
    expect(await prices(id)).toEqual([2_000_000, 1_900_000]);

    const before = await one(vin);
    app.clock.advance(1_000);
    expect(inShort(await bring(app, dealer, text))).toEqual([0, 1, 0]);
    expect(await one(vin), 'a file that says nothing new changes nothing').toEqual(before);
    expect(await prices(id)).toEqual([2_000_000, 1_900_000]);
  });

  it('holds what a vehicle has come to against the file, as updateVehicle does', async () => {
    const [sold, pending, archived] = await Promise.all([
      app.build.vehicle(dealer),
      app.build.vehicle(dealer),
      app.build.vehicle(dealer),
    ]);
    await setStatus(app, sold.id, 'SOLD');
    await setStatus(app, pending.id, 'PENDING');
    await setStatus(app, archived.id, 'ARCHIVED');
    const lines = [rowOf(sold.vin), rowOf(pending.vin, '19999'), rowOf(archived.vin)];
    const told = await bring(app, dealer, [HEADER, ...lines].join('\n'));
    expect(inShort(told)).toEqual([1, 0, 2, '2 vin', '3 asking_price']);
    expect(await one(pending.vin)).toMatchObject([{ make: 'Toyota', status: 'PENDING' }]);
    expect((await one(archived.vin)).map(({ status }) => status)).toEqual(['ARCHIVED', 'DRAFT']);
    const same = await bring(app, dealer, [HEADER, rowOf(pending.vin, '20000.00')].join('\n'));
    expect(inShort(same)).toEqual([0, 1, 0]);
    expect(await one(pending.vin)).toMatchObject([{ make: 'Kia', status: 'PENDING' }]);
  });

  it("knows a VIN within the dealer's own inventory alone", async () => {
    const other = await app.build.vehicle();
    const before = await inventory(app, other.dealer.dealerId);
    expect(inShort(await bring(app, dealer, [HEADER, rowOf(other.vin)].join('\n')))).toEqual([1, 0, 0]);
    expect(await inventory(app, other.dealer.dealerId)).toEqual(before);
  });

  it('takes the first of two rows with one VIN, and says of the second where the first is', async () => {
    const vin = app.build.vin();
    const told = await bring(
      app,
      dealer,
      [HEADER, rowOf(vin, '100'), rowOf(vin.toLowerCase(), '200')].join('\n'),
    );
    expect(inShort(told)).toEqual([1, 0, 1, '3 vin']);
    expect(told.errors[0]?.message).toBe('Line 2 has this VIN already.');
    expect((await one(vin)).map((row) => Number(row.asking_price))).toEqual([10_000]);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const { vin } = await app.build.vehicle(dealer);
    const fresh = app.build.vin();
    const before = await inventory(app, dealer.dealerId);
    const file = [HEADER, rowOf(vin, '12345'), rowOf(fresh), rowOf(fresh), 'x,,,,,'].join('\n');
    const told = await bring(app, dealer, file, { dryRun: true });
    expect(inShort(told)).toEqual([
      1,
      1,
      2,
      '4 vin',
      '5 vin',
      '5 make',
      '5 model',
      '5 year',
      '5 mileage',
      '5 asking_price',
    ]);
    expect([told.dryRun, told.totalRows]).toEqual([true, 4]);
    expect(await inventory(app, dealer.dealerId)).toEqual(before);
  });

  it('puts new vehicles on the market where that is wanted', async () => {
    const vin = app.build.vin();
    await bring(app, dealer, [HEADER, rowOf(vin)].join('\n'), { publish: true });
    const [row] = await one(vin);
    expect(row).toMatchObject({ status: 'ACTIVE' });
    expect(row?.published_at).not.toBeNull();
  });

  it('counts every bad row and keeps the first 1,000 faults', { timeout: 30_000 }, async () => {
    const bad = Array.from({ length: 600 }, (_, index) => `${index},Kia,Rio,2020,many,1`);
    const told = await bring(app, dealer, [HEADER, ...bad].join('\n'));
    expect([told.failed, told.totalRows, told.errors.length]).toEqual([600, 600, 1_000]);
    expect(told.errors.at(-1)?.line).toBe(501);
  });

  it('stores formulas as the text that they are', async () => {
    const vin = app.build.vin();
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)'];
    const header = `${HEADER},trim,exterior_color,interior_color,description`;
    await bring(app, dealer, `${header}\n${rowOf(vin)},${formulas.join(',')}\n`);
    expect(await one(vin)).toMatchObject([
      { trim: '=1+1', exterior_color: '+1', interior_color: '-1', description: '@SUM(A1)' },
    ]);
  });

  it('is for dealers with a business, and publishes for verified ones alone', async () => {
    const newcomer = await app.build.register({ userType: 'DEALER' });
    const unverified = await app.build.dealer({ verified: false });
    const file = [HEADER, rowOf(app.build.vin())].join('\n');
    const before = await uploads(app);
    const codeOf = async (...args: [Parameters<typeof send>[1], { publish?: boolean }?]) =>
      app.errorOf(await send(app, args[0], file, args[1])).code;
    expect(await codeOf(undefined)).toBe('UNAUTHENTICATED');
    expect(await codeOf(await app.build.buyer())).toBe('FORBIDDEN');
    expect(await codeOf(await app.build.admin())).toBe('FORBIDDEN');
    expect(await codeOf(newcomer)).toBe('FORBIDDEN');
    expect(await codeOf(unverified, { publish: true })).toBe('DEALER_NOT_VERIFIED');
    expect(await uploads(app)).toEqual(before);
    expect(inShort(await bring(app, unverified, file))).toEqual([1, 0, 0]);
    expect(await readdir(join(app.files, 'uploads', 'bulk_uploads'))).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { useApp } from '../../../support/app.js';
import { SayingDecoder } from '../../../support/vins.js';
import { bring, inShort, inventory } from './files.js';

const decoder = new SayingDecoder();
const app = useApp('sqlite', { adapters: { vinDecoder: decoder } });

const CIVIC = {
  ...{ modelYear: 2019, make: 'Honda', model: 'Civic', trim: 'LX', bodyClass: 'Sedan/Saloon' },
  ...{ primaryFuel: 'Gasoline', secondaryFuel: null, electrification: null, driveType: null },
};

it('fills new vehicles in from their VINs, outside of any transaction, and no others', async () => {
  const dealer = await app.build.dealer();
  const { vin: listed } = await app.build.vehicle(dealer, { trim: null });
  const [known, unknown, broken] = [app.build.vin(), app.build.vin(), app.build.vin()];
  decoder.asked.length = 0;
  decoder.answer = (vin) => (vin === unknown ? null : CIVIC);
  const rows = [`${known},,5,9000,EX`, `${unknown},,5,9000,`, `${listed},,5,9000,`, `${broken},,many,9000,`];
  const told = await bring(app, dealer, ['vin,make,mileage,price,trim', ...rows].join('\n'));
  expect(inShort(told)).toEqual([1, 1, 2, '3 make', '3 model', '3 year', '5 mileage']);
  const byVin = new Map((await inventory(app, dealer.dealerId)).map((row) => [row.vin, row]));
  expect(byVin.get(known)).toMatchObject({
    ...{ make: 'Honda', model: 'Civic', year: 2019, trim: 'EX', body_type: 'SEDAN', fuel_type: 'GASOLINE' },
  });
  expect(byVin.get(listed)).toMatchObject({ make: 'Toyota', trim: null, body_type: null, mileage: 5 });
  // What is in the inventory is not looked up; of what is refused no more is told than is wrong.
  expect(decoder.asked).toEqual([[known, unknown, broken]]);
});

it('asks for a few VINs at a time, and lists without what it cannot learn', async () => {
  const dealer = await app.build.dealer();
  decoder.asked.length = 0;
  decoder.answer = () => {
    throw new Error('Nobody could look');
  };
  const rows = Array.from({ length: 60 }, () => `${app.build.vin()},Kia,Rio,2020,5,9000`);
  const told = await bring(app, dealer, ['vin,make,model,year,mileage,price', ...rows].join('\n'));
  expect(inShort(told)).toEqual([60, 0, 0]);
  expect(decoder.asked.map(({ length }) => length)).toEqual([25, 25, 10]);
});

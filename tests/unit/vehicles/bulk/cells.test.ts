import { describe, expect, it } from 'vitest';
import {
  quoted,
  readFeatures,
  readMoney,
  readText,
  readWhole,
  wordOf,
} from '../../../../src/modules/vehicles/bulk/csv/cells.js';
import { columns } from '../../../../src/modules/vehicles/bulk/csv/columns.js';

describe('an amount in a cell', () => {
  it.each([
    ['23500', 2_350_000],
    ['23500.5', 2_350_050],
    ['23500.50', 2_350_050],
    ['23,500', 2_350_000],
    ['$23,500.00', 2_350_000],
    ['$ 23500', 2_350_000],
    ['US$1,234,567', 123_456_700],
    ['23500.00 USD', 2_350_000],
    ['0', 0],
  ])('%s is understood', (text, cents) => {
    expect(readMoney(text)).toEqual({ value: cents });
  });

  it.each([
    '23.500,00',
    '23500,00',
    '2,35,000',
    '23,50',
    '-5',
    '(5)',
    '1e4',
    '€500',
    '500 EUR',
    'call us',
    '23500.005',
    '=1+1',
    '99999999999',
    '9999999999.99',
    '２３',
  ])('%s is refused', (text) => {
    expect(readMoney(text)).toEqual({ fault: expect.any(String) });
  });
});

describe('a whole number in a cell', () => {
  it.each([
    ['45000', 45_000],
    ['45,000', 45_000],
    ['45,000 mi', 45_000],
    ['45000 miles', 45_000],
    ['45000mi.', 45_000],
    ['2021.0', 2021],
    ['007', 7],
  ])('%s is understood', (text, value) => {
    expect(readWhole(text)).toEqual({ value });
  });

  it.each(['45.000', '45000.5', '4,50', '-1', '72,000 km', 'many', '1e5', '0x10', '99999999999'])(
    '%s is refused',
    (text) => {
      expect(readWhole(text)).toEqual({ fault: `"${text}" is no whole number. Write it as 45000.` });
    },
  );
});

describe('a choice in a cell', () => {
  const read = (field: string, text: string) => columns.find((column) => column.field === field)?.read(text);

  it.each([
    ['bodyType', 'Sedan', 'SEDAN'],
    ['bodyType', 'Sport Utility', 'SUV'],
    ['bodyType', 'Crew Cab Pickup', 'PICKUP'],
    ['bodyType', 'station wagon', 'WAGON'],
    ['fuelType', 'Gas', 'GASOLINE'],
    ['fuelType', 'Plug-In Hybrid', 'PLUGIN_HYBRID'],
    ['fuelType', 'PLUGIN_HYBRID', 'PLUGIN_HYBRID'],
    ['fuelType', 'Gas/Electric Hybrid', 'HYBRID'],
    ['fuelType', 'Hybrid', 'HYBRID'],
    ['fuelType', 'EV', 'ELECTRIC'],
    ['transmission', '8-Speed Automatic w/Manual Mode', 'AUTOMATIC'],
    ['transmission', '6-speed manual', 'MANUAL'],
    ['transmission', 'Continuously Variable (CVT)', 'CVT'],
    ['transmission', 'M/T', 'MANUAL'],
    ['drivetrain', '4WD', 'FOUR_WD'],
    ['drivetrain', '4x4', 'FOUR_WD'],
    ['drivetrain', 'Front-Wheel Drive', 'FWD'],
    ['drivetrain', 'four_wd', 'FOUR_WD'],
    ['condition', 'certified pre-owned', 'CERTIFIED'],
    ['condition', 'Used', 'USED'],
  ])('%s %s is %s', (field, text, value) => {
    expect(read(field, text)).toEqual({ value });
  });

  it.each([
    ['bodyType', 'constructor'],
    ['bodyType', '__proto__'],
    ['fuelType', 'water'],
    ['drivetrain', '2WD'],
    ['condition', 'refurbished'],
    ['transmission', '8'],
  ])('%s %s is refused', (field, text) => {
    expect(read(field, text)).toEqual({ fault: expect.stringContaining(`"${text}" is no `) });
  });
});

describe('other cells', () => {
  it('are texts as they stand, and lists of features', () => {
    expect(readText('=HYPERLINK("x")')).toEqual({ value: '=HYPERLINK("x")' });
    expect(readFeatures('Tow hitch;; Sunroof ; ')).toEqual({ value: ['Tow hitch', 'Sunroof'] });
  });

  it('are quoted short, on one line, and without what no database takes', () => {
    expect(quoted('a\u0000b\nc')).toBe('"a b c"');
    expect(quoted('x'.repeat(50))).toBe(`"${'x'.repeat(39)}…"`);
    expect(quoted(`${'x'.repeat(38)}😀😀`).isWellFormed()).toBe(true);
  });

  it('compare by letters and digits', () => {
    expect(['Fuel Type', 'fuel_type', 'FUEL-TYPE ', 'fuelType'].map(wordOf)).toEqual(
      Array(4).fill('fueltype'),
    );
  });
});

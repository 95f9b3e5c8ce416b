import { describe, expect, it } from 'vitest';
import { modelYearsOf } from '../../../src/modules/vehicles/vin/model-years.js';
import {
  bodyTypeOf,
  drivetrainOf,
  fuelTypeOf,
  textOf,
  trimOf,
} from '../../../src/modules/vehicles/vin/vin-names.js';

describe('the model years of a VIN', () => {
  const at = (seventh: string, tenth: string, year = 2026) =>
    modelYearsOf(`1AAAAA${seventh}AA${tenth}AAAAAAA`, new Date(Date.UTC(year, 10, 22)));
  const table: Array<[string, string, number[]]> = [
    ['3', '3', [2003]],
    ['3', 'A', [1980, 2010]],
    ['B', 'A', [2010, 1980]],
    ['G', 'D', [2013, 1983]],
    ['9', 'Y', [2000]],
    // Further ahead than makers sell: it was thirty years before.
    ['B', 'W', [2028, 1998]],
    ['B', 'X', [1999]],
    ['B', 'Y', [2000]],
    ['B', '1', [2001]],
    ['B', '9', [2009]],
    ['B', '0', []],
    ['B', 'U', []],
    ['B', 'Z', []],
  ];
  it.each(table)('position 7 %s, position 10 %s: %j', (seventh, tenth, years) => {
    expect(at(seventh, tenth)).toEqual(years);
  });

  it('goes on with the calendar', () => {
    expect(at('B', 'X', 2027)).toEqual([2029, 1999]);
    expect(at('B', '9', 2037)).toEqual([2039, 2009]);
  });
});

describe("NHTSA's words in ours", () => {
  const fuel = (primaryFuel: string | null, secondaryFuel: string | null = null, electrification?: string) =>
    fuelTypeOf({ primaryFuel, secondaryFuel, electrification: electrification ?? null });
  const fuels: Array<[Parameters<typeof fuel>, ReturnType<typeof fuel>]> = [
    [['Gasoline'], 'GASOLINE'],
    [['Gasoline', 'Ethanol (E85)'], 'GASOLINE'],
    [['Flexible Fuel Vehicle (FFV)'], 'GASOLINE'],
    [['Gasoline', 'Compressed Natural Gas (CNG)'], 'GASOLINE'],
    [['Gasoline', 'Electric'], 'HYBRID'],
    [['Diesel', 'Electric'], 'HYBRID'],
    [['Electric', 'Gasoline'], 'PLUGIN_HYBRID'],
    [['Electric', 'Diesel'], 'PLUGIN_HYBRID'],
    [['Electric'], 'ELECTRIC'],
    [['Electric', 'Fuel Cell'], 'HYDROGEN'],
    [['Fuel Cell', 'Electric'], 'HYDROGEN'],
    [['Compressed Hydrogen/Hydrogen'], 'HYDROGEN'],
    [['Compressed Natural Gas (CNG)'], 'OTHER'],
    [['Gasoline', 'Electric', 'PHEV (Plug-in Hybrid Electric Vehicle)'], 'PLUGIN_HYBRID'],
    [['Electric', 'Gasoline', 'Strong HEV (Hybrid Electric Vehicle)'], 'HYBRID'],
    [['Gasoline', 'Electric', 'Mild HEV (Hybrid Electric Vehicle)'], 'GASOLINE'],
    [[null, null, 'BEV (Battery Electric Vehicle)'], 'ELECTRIC'],
    [['Gasoline', 'Electric', 'a level not known to us'], 'HYBRID'],
    [['Wood gas'], null],
    [['toString'], null],
    [[null, 'Electric'], null],
    [[null], null],
  ];
  it.each(fuels)('fuels %j: %s', (words, expected) => {
    expect(fuel(...words)).toBe(expected);
  });

  it.each([
    ['Sedan/Saloon', 'SEDAN'],
    ['Crossover Utility Vehicle (CUV)', 'CROSSOVER'],
    ['Sport Utility Truck (SUT)', 'PICKUP'],
    ['Cargo Van', 'VAN'],
    ['Motorcycle - Three-Wheeled Motorcycle [2 Rear Wheels]', 'OTHER'],
    ['Bus - School Bus', 'OTHER'],
    ['Incomplete - Chassis Cab (Single Cab)', null],
    ['Incomplete', null],
    ['Truck', null],
    ['Truck-Tractor', 'OTHER'],
    ['Flying carpet', null],
    ['constructor', null],
    [null, null],
  ])('body %s: %s', (name, expected) => {
    expect(bodyTypeOf(name)).toBe(expected);
  });

  it('drives', () => {
    expect(['4WD/4-Wheel Drive/4x4', 'AWD/All-Wheel Drive', '6x4', null].map(drivetrainOf)).toEqual([
      'FOUR_WD',
      'AWD',
      null,
      null,
    ]);
  });

  it.each([
    ['EX-V6', 'EX-V6'],
    [' quattro  Premium ', 'quattro Premium'],
    ['R/T', 'R/T'],
    ['IROC R/T', 'IROC R/T'],
    ['L/LE/SE/XLE/XSE', null],
    ['SE, ECO', null],
    ['w/Diesel Option', null],
    ['R/T/SXT', null],
    ['N/A', null],
    ['', null],
    [null, null],
    ['x'.repeat(101), null],
  ])('trim %s: %s', (name, expected) => {
    expect(trimOf(name)).toBe(expected);
  });

  it('gives no name that a listing could not have', () => {
    expect(['x'.repeat(100), 'x'.repeat(101), 'a\u0000', 'a\nb'].map(textOf)).toEqual([
      'x'.repeat(100),
      null,
      null,
      'a b',
    ]);
  });
});

import { BodyType, Drivetrain, FuelType, Transmission, VehicleCondition } from '../../vehicle.enums.js';
import { type Spellings, wordOf } from './cells.js';

/** Our own names, and what else is said for them. */
function known<V extends string>(
  values: Readonly<Record<V, V>>,
  others: Readonly<Record<string, V>>,
  patterns: ReadonlyArray<readonly [RegExp, V]> = [],
): Spellings {
  const own = Object.keys(values).map((name) => [wordOf(name), name] as const);
  return { words: { ...Object.fromEntries(own), ...others }, patterns };
}

export const bodyTypes = known<BodyType>(
  BodyType,
  {
    saloon: 'SEDAN',
    '4doorsedan': 'SEDAN',
    '4drsedan': 'SEDAN',
    hatch: 'HATCHBACK',
    stationwagon: 'WAGON',
    estate: 'WAGON',
    sportutility: 'SUV',
    sportutilityvehicle: 'SUV',
    cuv: 'CROSSOVER',
    truck: 'PICKUP',
    cargovan: 'VAN',
    passengervan: 'VAN',
    fullsizevan: 'VAN',
    cabriolet: 'CONVERTIBLE',
    roadster: 'CONVERTIBLE',
    spyder: 'CONVERTIBLE',
  },
  [[/pickup|(?:crew|extended|regular|double|quad|mega)cab/, 'PICKUP']],
);

export const fuelTypes = known<FuelType>(
  FuelType,
  {
    gas: 'GASOLINE',
    petrol: 'GASOLINE',
    unleaded: 'GASOLINE',
    regularunleaded: 'GASOLINE',
    premiumunleaded: 'GASOLINE',
    flex: 'GASOLINE',
    flexfuel: 'GASOLINE',
    flexiblefuel: 'GASOLINE',
    e85: 'GASOLINE',
    gasolinefuel: 'GASOLINE',
    dieselfuel: 'DIESEL',
    biodiesel: 'DIESEL',
    hev: 'HYBRID',
    gaselectrichybrid: 'HYBRID',
    gaselectric: 'HYBRID',
    hybridelectric: 'HYBRID',
    phev: 'PLUGIN_HYBRID',
    pluginhybridelectric: 'PLUGIN_HYBRID',
    ev: 'ELECTRIC',
    bev: 'ELECTRIC',
    batteryelectric: 'ELECTRIC',
    fuelcell: 'HYDROGEN',
    fcev: 'HYDROGEN',
    cng: 'OTHER',
    lpg: 'OTHER',
    naturalgas: 'OTHER',
    propane: 'OTHER',
  },
  [[/plugin/, 'PLUGIN_HYBRID']],
);

/** Gearboxes are written with their gears: "8-Speed Automatic with Manual Mode". */
export const transmissions = known<Transmission>(
  Transmission,
  { at: 'AUTOMATIC', mt: 'MANUAL', stick: 'MANUAL', stickshift: 'MANUAL', singlespeed: 'OTHER' },
  [
    [/cvt|continuouslyvariable|variablespeed/, 'CVT'],
    [/auto|dualclutch|dct|dsg|pdk|tiptronic|steptronic/, 'AUTOMATIC'],
    [/manual/, 'MANUAL'],
  ],
);

export const drivetrains = known<Drivetrain>(Drivetrain, {
  frontwheeldrive: 'FWD',
  front: 'FWD',
  rearwheeldrive: 'RWD',
  rear: 'RWD',
  allwheeldrive: 'AWD',
  quattro: 'AWD',
  xdrive: 'AWD',
  '4matic': 'AWD',
  '4wd': 'FOUR_WD',
  '4x4': 'FOUR_WD',
  fourwheeldrive: 'FOUR_WD',
  '4wheeldrive': 'FOUR_WD',
});

export const conditions = known<VehicleCondition>(VehicleCondition, {
  preowned: 'USED',
  secondhand: 'USED',
  cpo: 'CERTIFIED',
  certifiedpreowned: 'CERTIFIED',
  certifiedused: 'CERTIFIED',
  brandnew: 'NEW',
});

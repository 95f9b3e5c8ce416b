import type { VinFacts } from '../../../kernel/ports.js';
import { lineFault, textLimits } from '../../../kernel/text.js';
import type { BodyType, Drivetrain, FuelType } from '../vehicle.enums.js';

/** NHTSA's words for bodies, as vPIC writes them, in ours. Null for what leaves open which body it is. */
export const bodyTypes: Readonly<Record<string, BodyType | null>> = {
  'Sedan/Saloon': 'SEDAN',
  Coupe: 'COUPE',
  'Hatchback/Liftback/Notchback': 'HATCHBACK',
  Wagon: 'WAGON',
  'Sport Utility Vehicle (SUV)/Multi-Purpose Vehicle (MPV)': 'SUV',
  'Crossover Utility Vehicle (CUV)': 'CROSSOVER',
  Pickup: 'PICKUP',
  'Sport Utility Truck (SUT)': 'PICKUP',
  Van: 'VAN',
  'Cargo Van': 'VAN',
  'Step Van / Walk-in Van': 'VAN',
  Minivan: 'MINIVAN',
  'Convertible/Cabriolet': 'CONVERTIBLE',
  Roadster: 'CONVERTIBLE',
  // Any truck, a pickup among them.
  Truck: null,
};

/** Families of bodies of which we name none: `Motorcycle - Street`, `Bus - School Bus`. */
const otherBodies =
  /^(?:Motorcycle|Off-road Vehicle|Bus|Trailer|Truck-Tractor|Low Speed Vehicle|Motorhome|Limousine|Ambulance|Fire Apparatus|Street Sweeper|Streetcar)\b/;
/** Somebody else builds the body on it. */
const unfinishedBodies = /^Incomplete\b/;

/** NHTSA's fuels in ours, where there is but one. */
export const fuelTypes: Readonly<Record<string, FuelType>> = {
  Gasoline: 'GASOLINE',
  'Flexible Fuel Vehicle (FFV)': 'GASOLINE',
  'Ethanol (E85)': 'GASOLINE',
  Diesel: 'DIESEL',
  Electric: 'ELECTRIC',
  'Fuel Cell': 'HYDROGEN',
  'Compressed Hydrogen/Hydrogen': 'HYDROGEN',
  'Compressed Natural Gas (CNG)': 'OTHER',
  'Liquefied Natural Gas (LNG)': 'OTHER',
  'Liquefied Petroleum Gas (propane or LPG)': 'OTHER',
  'Natural Gas': 'OTHER',
  'Methanol (M85)': 'OTHER',
  'Neat Ethanol (E100)': 'OTHER',
  'Neat Methanol (M100)': 'OTHER',
};

/** How far a car is electric says more than its fuels do. A mild hybrid is sold as what fills its tank. */
export const electrifications: Readonly<Record<string, FuelType | 'AS_ITS_TANK'>> = {
  'BEV (Battery Electric Vehicle)': 'ELECTRIC',
  'FCEV (Fuel Cell Electric Vehicle)': 'HYDROGEN',
  'PHEV (Plug-in Hybrid Electric Vehicle)': 'PLUGIN_HYBRID',
  'Strong HEV (Hybrid Electric Vehicle)': 'HYBRID',
  'HEV (Hybrid Electric Vehicle) - Level Unknown': 'HYBRID',
  'Mild HEV (Hybrid Electric Vehicle)': 'AS_ITS_TANK',
};

export const drivetrains: Readonly<Record<string, Drivetrain>> = {
  'FWD/Front-Wheel Drive': 'FWD',
  'RWD/Rear-Wheel Drive': 'RWD',
  'AWD/All-Wheel Drive': 'AWD',
  '4WD/4-Wheel Drive/4x4': 'FOUR_WD',
};

export function bodyTypeOf(name: string | null): BodyType | null {
  if (name === null || unfinishedBodies.test(name)) return null;
  return wordOf(bodyTypes, name) ?? (otherBodies.test(name) ? 'OTHER' : null);
}

type Fuels = Pick<VinFacts, 'primaryFuel' | 'secondaryFuel' | 'electrification'>;

/** Of two fuels one of which is electricity, NHTSA names that first which the car can do without the other: a plug-in. */
export function fuelTypeOf({ primaryFuel, secondaryFuel, electrification }: Fuels): FuelType | null {
  const primary = wordOf(fuelTypes, primaryFuel);
  const told = wordOf(electrifications, electrification);
  if (told === 'AS_ITS_TANK') return primary;
  if (told) return told;
  const secondary = wordOf(fuelTypes, secondaryFuel);
  if (primary === 'ELECTRIC' && burns(secondary)) return 'PLUGIN_HYBRID';
  if (primary === 'ELECTRIC' && secondary === 'HYDROGEN') return 'HYDROGEN';
  if (burns(primary) && secondary === 'ELECTRIC') return 'HYBRID';
  return primary;
}

export function drivetrainOf(name: string | null): Drivetrain | null {
  return wordOf(drivetrains, name);
}

/** "R/T" and "C/V" are trims; "LE/SE" and "SE, ECO" are several, and "w/Diesel Option" is none. */
export function trimOf(name: string | null): string | null {
  const text = textOf(name);
  if (text === null || text === 'N/A') return null;
  return /[,/]/.test(text.replace(/\b(?:R\/T|C\/V|RT\/10)(?![\w/])/g, '')) ? null : text;
}

/** A name as a listing may have it, or null where it is too long for one. */
export function textOf(name: string | null): string | null {
  const text = name?.replace(/\s+/g, ' ').trim() ?? '';
  return text === '' || lineFault(text, textLimits.name) ? null : text;
}

function burns(fuel: FuelType | null): boolean {
  return fuel === 'GASOLINE' || fuel === 'DIESEL';
}

function wordOf<T>(words: Readonly<Record<string, T>>, name: string | null): T | null {
  return name !== null && Object.hasOwn(words, name) ? (words[name] ?? null) : null;
}

import { registerEnumType } from 'type-graphql';
import { enumOf } from '../../kernel/enums.js';

export const VehicleStatus = enumOf('DRAFT', 'ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED');
export type VehicleStatus = keyof typeof VehicleStatus;

export const BodyType = enumOf(
  'SEDAN',
  'COUPE',
  'HATCHBACK',
  'WAGON',
  'SUV',
  'CROSSOVER',
  'PICKUP',
  'VAN',
  'MINIVAN',
  'CONVERTIBLE',
  'OTHER',
);
export type BodyType = keyof typeof BodyType;

export const FuelType = enumOf(
  'GASOLINE',
  'DIESEL',
  'HYBRID',
  'PLUGIN_HYBRID',
  'ELECTRIC',
  'HYDROGEN',
  'OTHER',
);
export type FuelType = keyof typeof FuelType;

export const Transmission = enumOf('AUTOMATIC', 'MANUAL', 'CVT', 'OTHER');
export type Transmission = keyof typeof Transmission;

export const Drivetrain = enumOf('FWD', 'RWD', 'AWD', 'FOUR_WD');
export type Drivetrain = keyof typeof Drivetrain;

export const VehicleCondition = enumOf('NEW', 'USED', 'CERTIFIED');
export type VehicleCondition = keyof typeof VehicleCondition;

registerEnumType(VehicleStatus, {
  name: 'VehicleStatus',
  description: 'Where a vehicle is on its way from draft to sold.',
  valuesConfig: {
    DRAFT: { description: 'Seen by its dealer alone.' },
    ACTIVE: { description: 'On the market.' },
    PENDING: {
      description: 'A price is agreed; kept for that buyer until the sale is completed or falls through.',
    },
    SOLD: { description: 'Sold.' },
    ARCHIVED: { description: 'Taken off the market by its dealer.' },
  },
});
registerEnumType(BodyType, {
  name: 'BodyType',
  description: 'Body style.',
  valuesConfig: {
    SEDAN: { description: 'Closed, with a separate trunk.' },
    COUPE: { description: 'Closed, two doors, with a sloping rear.' },
    HATCHBACK: { description: 'A rear door that takes the window with it.' },
    WAGON: { description: 'The roof runs on to the rear: an estate.' },
    SUV: { description: 'Tall, on a frame made for rough roads.' },
    CROSSOVER: { description: "Tall like an SUV, on a passenger car's frame." },
    PICKUP: { description: 'With an open cargo bed.' },
    VAN: { description: 'Made for cargo or for many seats.' },
    MINIVAN: { description: 'A family van, often with sliding doors.' },
    CONVERTIBLE: { description: 'With a roof that opens.' },
    OTHER: { description: 'None of these.' },
  },
});
registerEnumType(FuelType, {
  name: 'FuelType',
  description: 'What a vehicle runs on.',
  valuesConfig: {
    GASOLINE: { description: 'Petrol, and blends with ethanol.' },
    DIESEL: { description: 'Diesel, and biodiesel.' },
    HYBRID: { description: 'Gasoline and a battery that only the car itself charges.' },
    PLUGIN_HYBRID: { description: 'Gasoline and a battery that a socket charges.' },
    ELECTRIC: { description: 'A battery alone.' },
    HYDROGEN: { description: 'A fuel cell.' },
    OTHER: { description: 'None of these.' },
  },
});
registerEnumType(Transmission, {
  name: 'Transmission',
  description: 'Kind of gearbox.',
  valuesConfig: {
    AUTOMATIC: { description: 'Shifts by itself, dual-clutch gearboxes included.' },
    MANUAL: { description: 'Shifted by hand, with a clutch.' },
    CVT: { description: 'Continuously variable.' },
    OTHER: { description: 'None of these, such as the single gear of an electric car.' },
  },
});
registerEnumType(Drivetrain, {
  name: 'Drivetrain',
  description: 'Which wheels are driven.',
  valuesConfig: {
    FWD: { description: 'The front wheels.' },
    RWD: { description: 'The rear wheels.' },
    AWD: { description: 'All wheels, always or as the car decides.' },
    FOUR_WD: { description: 'All wheels, as the driver decides.' },
  },
});
registerEnumType(VehicleCondition, {
  name: 'VehicleCondition',
  description: 'New, used, or used and certified.',
  valuesConfig: {
    NEW: { description: 'Never registered.' },
    USED: { description: 'Had an owner before.' },
    CERTIFIED: { description: 'Used, inspected and warranted by its maker: certified pre-owned.' },
  },
});

export const VehicleOrder = enumOf(
  'NEWEST',
  'OLDEST',
  'PRICE_ASC',
  'PRICE_DESC',
  'YEAR_ASC',
  'YEAR_DESC',
  'MILEAGE_ASC',
  'MILEAGE_DESC',
  'BEST_DEAL',
  'DISTANCE',
  'RELEVANCE',
);
export type VehicleOrder = keyof typeof VehicleOrder;
registerEnumType(VehicleOrder, {
  name: 'VehicleOrder',
  description: 'Orders of a list of vehicles.',
  valuesConfig: {
    NEWEST: { description: 'Last published first; a draft counts from when it was made.' },
    OLDEST: { description: 'First published first; a draft counts from when it was made.' },
    PRICE_ASC: { description: 'Lowest asking price first.' },
    PRICE_DESC: { description: 'Highest asking price first.' },
    YEAR_ASC: { description: 'Oldest model year first.' },
    YEAR_DESC: { description: 'Newest model year first.' },
    MILEAGE_ASC: { description: 'Fewest miles first.' },
    MILEAGE_DESC: { description: 'Most miles first.' },
    BEST_DEAL: {
      description: 'The least asked against what comparable listings ask first; unrated ones last.',
    },
    DISTANCE: { description: "Nearest to the filter's `near` first; BAD_USER_INPUT without one." },
    RELEVANCE: {
      description:
        "What fits the filter's `search` best first, then the last published; BAD_USER_INPUT without words to search for.",
    },
  },
});

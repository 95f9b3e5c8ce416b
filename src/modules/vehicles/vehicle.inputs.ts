import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../kernel/money.js';
import { DealRating } from './market/deal-rating.js';
import { BodyType, Drivetrain, FuelType, Transmission, VehicleCondition } from './vehicle.enums.js';

const ACCEPT_AT =
  "A buyer's offer of this amount or more is accepted at once. At most the asking price. No buyer ever learns of it.";
const DECLINE_BELOW =
  "A buyer's offer of less than this is turned down at once. Below autoAcceptAt, and at most the asking price. No buyer " +
  'ever learns of it.';

@InputType({ description: 'All within so many miles of a place, along the surface of the earth.' })
export class GeoRadius {
  @Field(() => Float, { description: 'Degrees north, -90 to 90.' })
  latitude!: number;

  @Field(() => Float, { description: 'Degrees east, -180 to 180.' })
  longitude!: number;

  @Field(() => Float, { description: 'More than 0 and at most 25,000; what lies on the rim is within.' })
  radiusMiles!: number;
}

@InputType({
  description:
    'Which vehicles to list. What is left out, null or an empty list does not narrow; lists take 50 values at most.',
})
export class VehicleFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Words that are all in make, model, year, trim, equipment, body, fuel, colour or description, without case, accents and endings; misspelt makes and models are forgiven. 200 characters and 16 words at most; without a word that says something of a car it does not narrow.',
  })
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'Any of these makes; case does not count.' })
  makes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these models; case does not count.' })
  models?: string[] | null;

  @Field(() => Int, { nullable: true, description: 'This model year or later.' })
  yearMin?: number | null;

  @Field(() => Int, { nullable: true, description: 'This model year or earlier.' })
  yearMax?: number | null;

  @Field(() => MoneyScalar, { nullable: true, description: 'An asking price of this or more.' })
  priceMin?: Cents | null;

  @Field(() => MoneyScalar, { nullable: true, description: 'An asking price of this or less.' })
  priceMax?: Cents | null;

  @Field(() => Int, { nullable: true, description: 'This many miles or fewer.' })
  mileageMax?: number | null;

  @Field(() => [BodyType], { nullable: true, description: 'Any of these body styles.' })
  bodyTypes?: BodyType[] | null;

  @Field(() => [FuelType], { nullable: true, description: 'Any of these fuels.' })
  fuelTypes?: FuelType[] | null;

  @Field(() => [Transmission], { nullable: true, description: 'Any of these gearboxes.' })
  transmissions?: Transmission[] | null;

  @Field(() => [Drivetrain], { nullable: true, description: 'Any of these drivetrains.' })
  drivetrains?: Drivetrain[] | null;

  @Field(() => [VehicleCondition], { nullable: true, description: 'Any of these conditions.' })
  conditions?: VehicleCondition[] | null;

  @Field(() => ID, { nullable: true, description: 'Of this dealer.' })
  dealerId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of dealers in this state, such as "TX"; case does not count.',
  })
  state?: string | null;

  @Field(() => GeoRadius, {
    nullable: true,
    description: 'Of dealers within this circle; dealers that have not told where they are lie in none.',
  })
  near?: GeoRadius | null;

  @Field(() => [DealRating], {
    nullable: true,
    description: 'Any of these ratings; a vehicle without a rating has none of them.',
  })
  ratings?: DealRating[] | null;
}

@InputType({
  description:
    "A vehicle for the own dealership's inventory. What is left out is what its VIN says; BAD_USER_INPUT where that is not enough for make, model and year.",
})
export class CreateVehicleInput {
  @Field(() => String, {
    description: '17 characters without I, O and Q, with the right check digit; not twice in an inventory.',
  })
  vin!: string;

  @Field(() => String, {
    nullable: true,
    description: "The dealer's own number for it, 100 characters at most.",
  })
  stockNumber?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Who made it, "Toyota", 100 characters at most. Without it, what the VIN says.',
  })
  make?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Model, "Camry", 100 characters at most. Without it, what the VIN says.',
  })
  model?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Model year, from 1900 to two years from now. Without it, what the VIN says.',
  })
  year?: number | null;

  @Field(() => String, { nullable: true, description: 'Trim level, "XLE", 100 characters at most.' })
  trim?: string | null;

  @Field(() => BodyType, { nullable: true, description: 'Body style.' })
  bodyType?: BodyType | null;

  @Field(() => FuelType, { nullable: true, description: 'What it runs on.' })
  fuelType?: FuelType | null;

  @Field(() => Transmission, { nullable: true, description: 'Kind of gearbox.' })
  transmission?: Transmission | null;

  @Field(() => Drivetrain, { nullable: true, description: 'Which wheels are driven.' })
  drivetrain?: Drivetrain | null;

  @Field(() => VehicleCondition, {
    defaultValue: 'USED',
    description: 'New, used, or used and certified by its maker.',
  })
  condition!: VehicleCondition;

  @Field(() => String, { nullable: true, description: 'Colour outside, 100 characters at most.' })
  exteriorColor?: string | null;

  @Field(() => String, { nullable: true, description: 'Colour inside, 100 characters at most.' })
  interiorColor?: string | null;

  @Field(() => Int, { description: 'Miles on the odometer, 2,000,000 at most.' })
  mileage!: number;

  @Field(() => [String], {
    nullable: true,
    description: 'Equipment worth naming: 100 entries of 100 characters at most; repeated ones count once.',
  })
  features?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the dealer says of it, 5,000 characters at most.',
  })
  description?: string | null;

  @Field(() => MoneyScalar, { description: 'What the dealer asks, 1.00 to 10000000.00.' })
  askingPrice!: Cents;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: "The maker's list price when it was new, within the same bounds.",
  })
  msrp?: Cents | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'Whether offers are taken.' })
  isNegotiable?: boolean | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: `${ACCEPT_AT} None without it.`,
  })
  autoAcceptAt?: Cents | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: `${DECLINE_BELOW} None without it.`,
  })
  autoDeclineBelow?: Cents | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Puts it on the market at once; needs a VERIFIED dealer.',
  })
  publish!: boolean;
}

@InputType({
  description: 'What to change of a vehicle: what is left out stays, and null clears what may be empty.',
})
export class UpdateVehicleInput {
  @Field(() => ID, { description: 'The vehicle.' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: "The dealer's own number for it, 100 characters at most.",
  })
  stockNumber?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Who made it, "Toyota", 100 characters at most; never null.',
  })
  make?: string | null;

  @Field(() => String, { nullable: true, description: 'Model, "Camry", 100 characters at most; never null.' })
  model?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Model year, from 1900 to two years from now; never null.',
  })
  year?: number | null;

  @Field(() => String, { nullable: true, description: 'Trim level, "XLE", 100 characters at most.' })
  trim?: string | null;

  @Field(() => BodyType, { nullable: true, description: 'Body style.' })
  bodyType?: BodyType | null;

  @Field(() => FuelType, { nullable: true, description: 'What it runs on.' })
  fuelType?: FuelType | null;

  @Field(() => Transmission, { nullable: true, description: 'Kind of gearbox.' })
  transmission?: Transmission | null;

  @Field(() => Drivetrain, { nullable: true, description: 'Which wheels are driven.' })
  drivetrain?: Drivetrain | null;

  @Field(() => VehicleCondition, {
    nullable: true,
    description: 'New, used, or used and certified by its maker; never null.',
  })
  condition?: VehicleCondition | null;

  @Field(() => String, { nullable: true, description: 'Colour outside, 100 characters at most.' })
  exteriorColor?: string | null;

  @Field(() => String, { nullable: true, description: 'Colour inside, 100 characters at most.' })
  interiorColor?: string | null;

  @Field(() => Int, { nullable: true, description: 'Miles on the odometer, 2,000,000 at most; never null.' })
  mileage?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Equipment worth naming: 100 entries of 100 characters at most; repeated ones count once; never null.',
  })
  features?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the dealer says of it, 5,000 characters at most.',
  })
  description?: string | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description:
      'What the dealer asks, 1.00 to 10000000.00; never null. Only while DRAFT or ACTIVE, and never below what the rules ' +
      'for its offers name: BAD_USER_INPUT then says so, and nothing changes. Price and rules together are judged by what ' +
      'comes of them.',
  })
  askingPrice?: Cents | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: "The maker's list price when it was new, within the same bounds.",
  })
  msrp?: Cents | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether offers are taken; never null.' })
  isNegotiable?: boolean | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: `${ACCEPT_AT} Null: none. Offers that wait already are not answered by a change.`,
  })
  autoAcceptAt?: Cents | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: `${DECLINE_BELOW} Null: none. Offers that wait already are not answered by a change.`,
  })
  autoDeclineBelow?: Cents | null;
}

@InputType({ description: 'Names a vehicle.' })
export class VehicleIdInput {
  @Field(() => ID, { description: 'The vehicle.' })
  id!: string;
}

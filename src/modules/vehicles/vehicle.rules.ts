import type { Cents } from '../../kernel/money.js';
import { InputCheck, textLimits } from '../../kernel/text.js';
import { normalizeVin, vinFault } from '../../kernel/vin.js';
import { type DealersRules, dealersRules, faultsOfTerms } from './dealers-rules/dealers-rules.js';
import type { VehicleDetails } from './vehicle.entity.js';
import type { VehicleStatus } from './vehicle.enums.js';
import { nameKey } from './vehicle.names.js';

/** What an action is to a vehicle of each status: to be done, done already, or against the rules. */
export type Step = 'DO' | 'DONE' | 'REFUSE';

export const publishing: Readonly<Record<VehicleStatus, Step>> = {
  DRAFT: 'DO',
  ACTIVE: 'DONE',
  PENDING: 'REFUSE',
  SOLD: 'REFUSE',
  // Its VIN must still be free: vehicles_vin_unique says so.
  ARCHIVED: 'DO',
};

export const archiving: Readonly<Record<VehicleStatus, Step>> = {
  DRAFT: 'DO',
  ACTIVE: 'DO',
  PENDING: 'REFUSE',
  SOLD: 'REFUSE',
  ARCHIVED: 'DONE',
};

/** What may be changed. Once a price is agreed, the asking price is no longer the dealer's to change. */
export const editing: Readonly<
  Record<VehicleStatus, { readonly details: boolean; readonly price: boolean }>
> = {
  DRAFT: { details: true, price: true },
  ACTIVE: { details: true, price: true },
  PENDING: { details: true, price: false },
  SOLD: { details: false, price: false },
  ARCHIVED: { details: false, price: false },
};

/** Bounds of what a dealer types: years, miles, cents. Makers sell the next model year early, never two ahead. */
export const bounds = {
  firstYear: 1900,
  yearsAhead: 2,
  maxMileage: 2_000_000,
  minPrice: 100,
  maxPrice: 1_000_000_000,
  maxFeatures: 100,
} as const;

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Whole days on the market: until it was sold, or until now. */
export function daysListed(vehicle: { publishedAt: Date | null; soldAt: Date | null }, now: Date): number {
  if (!vehicle.publishedAt) return 0;
  const until = vehicle.soldAt ?? now;
  return Math.max(0, Math.floor((until.getTime() - vehicle.publishedAt.getTime()) / DAY_MS));
}

type Given = { [K in keyof VehicleDetails]?: VehicleDetails[K] | null };
type Reader = (check: InputCheck, field: string, value: never, now: Date) => unknown;

/** How each detail is checked; in the order in which they are told. */
const readers: Readonly<Record<keyof VehicleDetails, Reader>> = {
  stockNumber: optionalLine(textLimits.name),
  make: readName,
  model: readName,
  year: (check, field, value: number | null, now) =>
    whole(check, field, value, bounds.firstYear, now.getUTCFullYear() + bounds.yearsAhead),
  trim: optionalLine(textLimits.name),
  bodyType: orNull,
  fuelType: orNull,
  transmission: orNull,
  drivetrain: orNull,
  condition: required,
  exteriorColor: optionalLine(textLimits.name),
  interiorColor: optionalLine(textLimits.name),
  mileage: (check, field, value: number | null) => whole(check, field, value, 0, bounds.maxMileage),
  features: readFeatures,
  description: optionalText(textLimits.description),
  msrp: (check, field, value: Cents | null) => (value === null ? null : readPrice(check, field, value)),
  isNegotiable: required,
};
const fields = Object.keys(readers) as Array<keyof VehicleDetails>;

export interface NewVehicle {
  readonly vin: string;
  readonly askingPrice: Cents;
  readonly details: VehicleDetails;
  readonly rules: DealersRules;
}

type GivenRules = { [K in keyof DealersRules]?: DealersRules[K] | undefined };

/** A whole new vehicle. BAD_USER_INPUT with all that is wrong in it. */
export function newVehicleOf(
  input: Given & GivenRules & { vin: string; askingPrice: Cents | null },
  now: Date,
): NewVehicle {
  const check = new InputCheck();
  const vin = normalizeVin(input.vin);
  const fault = vinFault(vin);
  if (fault) check.fault('vin', fault);
  const given = { ...input, features: input.features ?? [], isNegotiable: input.isNegotiable ?? true };
  const details = read(check, given, fields, now) as VehicleDetails;
  const askingPrice = readPrice(check, 'askingPrice', input.askingPrice);
  const rules = readTerms(check, askingPrice, input);
  check.done();
  return { vin, askingPrice, details, rules };
}

export interface VehicleChanges {
  readonly details: Partial<VehicleDetails>;
  readonly askingPrice: Cents | undefined;
  readonly rules: Partial<DealersRules>;
}

/** What an update names: what is left out stays, null clears what may be empty. BAD_USER_INPUT with all that is wrong. */
export function vehicleChangesOf(
  input: Given & GivenRules & { askingPrice?: Cents | null },
  now: Date,
): VehicleChanges {
  const check = new InputCheck();
  const named = fields.filter((field) => input[field] !== undefined);
  const details = read(check, input, named, now);
  const askingPrice =
    input.askingPrice === undefined ? undefined : readPrice(check, 'askingPrice', input.askingPrice);
  const rules = readRules(check, input);
  check.done();
  return { details, askingPrice, rules };
}

/** Those that are named. */
function readRules(check: InputCheck, input: GivenRules): Partial<DealersRules> {
  const named = dealersRules.filter((rule) => input[rule] !== undefined);
  return Object.fromEntries(
    named.map((rule) => [rule, input[rule] === null ? null : readPrice(check, rule, input[rule] as Cents)]),
  );
}

/** Rules that a dealer thinks of for a vehicle that it asks this price for. BAD_USER_INPUT with all that is wrong. */
export function rulesFor(askingPrice: Cents, input: GivenRules): DealersRules {
  const check = new InputCheck();
  const rules = readTerms(check, askingPrice, input);
  check.done();
  return rules;
}

/** Rules beside the price that comes with them, both new. */
function readTerms(check: InputCheck, askingPrice: Cents | null, input: GivenRules): DealersRules {
  const rules = { autoAcceptAt: null, autoDeclineBelow: null, ...readRules(check, input) };
  const faults = askingPrice === null ? {} : faultsOfTerms({ askingPrice, ...rules }, new Set(dealersRules));
  for (const [field, messages] of Object.entries(faults)) {
    for (const message of messages) check.fault(field, message);
  }
  return rules;
}

function read(check: InputCheck, input: Given, names: ReadonlyArray<keyof VehicleDetails>, now: Date) {
  const entries = names.map((name) => [
    name,
    readers[name](check, name, (input[name] ?? null) as never, now),
  ]);
  return Object.fromEntries(entries) as Partial<VehicleDetails>;
}

function optionalLine(max: number): Reader {
  return (check, field, value: string | null) => check.optionalLine(field, value, max);
}

function optionalText(max: number): Reader {
  return (check, field, value: string | null) => check.optional(field, value, max);
}

/** Make or model. A few letters grow when their case changes, and the key has to fit its column too. */
function readName(check: InputCheck, field: string, value: string | null): string {
  const name = check.requiredLine(field, value?.replace(/\s+/g, ' '), textLimits.name);
  if (name.length <= textLimits.name && nameKey(name).length > textLimits.name) {
    check.fault(field, `Ensure this field has no more than ${textLimits.name} characters in lower case.`);
  }
  return name;
}

function readFeatures(check: InputCheck, field: string, value: string[] | null): string[] {
  if (value === null) required(check, field, value);
  const given = value ?? [];
  if (given.length > bounds.maxFeatures) {
    check.fault(field, `Ensure this list has no more than ${bounds.maxFeatures} entries.`);
    return [];
  }
  const features = given.map((feature) => check.optionalLine(field, feature, textLimits.name));
  return [...new Set(features.filter((feature) => feature !== null))];
}

function readPrice(check: InputCheck, field: string, value: Cents | null): Cents {
  if (value !== null && (value < bounds.minPrice || value > bounds.maxPrice)) {
    check.fault(field, 'Ensure this value is between 1.00 and 10000000.00.');
  }
  return required(check, field, value);
}

function whole(check: InputCheck, field: string, value: number | null, min: number, max: number): number {
  return value === null ? required<number>(check, field, value) : check.integer(field, value, min, max);
}

function required<V>(check: InputCheck, field: string, value: V | null): V {
  if (value === null) check.fault(field, 'This field is required.');
  // Never used where it is null: the check throws before.
  return value as V;
}

function orNull<V>(_check: InputCheck, _field: string, value: V | null): V | null {
  return value;
}

import { type GeoPoint, greatCircleMiles } from '../../../kernel/geo.js';
import type { DealRating } from '../market/deal-rating.js';
import type { Wanted } from '../search/search-match.js';
import type { BodyType, Drivetrain, FuelType, Transmission, VehicleCondition } from '../vehicle.enums.js';
import type { VehicleFilter } from '../vehicle.inputs.js';
import { nameKey } from '../vehicle.names.js';

/** A vehicle on the market with what a filter may ask of it and of its dealer. */
export interface Listing {
  readonly makeKey: string;
  readonly modelKey: string;
  readonly year: number;
  readonly askingPrice: number;
  readonly mileage: number;
  readonly bodyType: BodyType | null;
  readonly fuelType: FuelType | null;
  readonly transmission: Transmission | null;
  readonly drivetrain: Drivetrain | null;
  readonly condition: VehicleCondition;
  readonly dealRating: DealRating | null;
  readonly dealerId: string;
  readonly state: string;
  /** Where its dealer is; null where that was not told. */
  readonly place: GeoPoint | null;
}

type Test = (listing: Listing) => boolean;

/** Fields of a filter by themselves: `search` needs to know what words there are. */
type PlainField = Exclude<keyof VehicleFilter, 'search'>;

/** What each field asks for: the same as its condition in vehicle.filter.ts. Null where a value does not narrow. */
const tests: { readonly [F in PlainField]-?: (value: NonNullable<VehicleFilter[F]>) => Test | null } = {
  makes: (names) => isOneOf(names.map(nameKey), (listing) => listing.makeKey),
  models: (names) => isOneOf(names.map(nameKey), (listing) => listing.modelKey),
  yearMin: (year) => (listing) => listing.year >= year,
  yearMax: (year) => (listing) => listing.year <= year,
  priceMin: (price) => (listing) => listing.askingPrice >= price,
  priceMax: (price) => (listing) => listing.askingPrice <= price,
  mileageMax: (miles) => (listing) => listing.mileage <= miles,
  bodyTypes: (values) => isOneOf(values, (listing) => listing.bodyType),
  fuelTypes: (values) => isOneOf(values, (listing) => listing.fuelType),
  transmissions: (values) => isOneOf(values, (listing) => listing.transmission),
  drivetrains: (values) => isOneOf(values, (listing) => listing.drivetrain),
  conditions: (values) => isOneOf(values, (listing) => listing.condition),
  ratings: (values) => isOneOf(values, (listing) => listing.dealRating),
  dealerId: (id) => (listing) => listing.dealerId === id,
  state: (state) => {
    const folded = state.trim().toLowerCase();
    return folded === '' ? null : (listing) => listing.state.toLowerCase() === folded;
  },
  near: (circle) => {
    // A dealer's listings are all in one place, and distances are the dearest to tell.
    const known = new Map<string, boolean>();
    return ({ dealerId, place }) => {
      const isWithin =
        known.get(dealerId) ?? (place !== null && greatCircleMiles(circle, place) <= circle.radiusMiles);
      known.set(dealerId, isWithin);
      return isWithin;
    };
  },
};

function isOneOf<V>(values: readonly V[], of: (listing: Listing) => V | null): Test | null {
  if (values.length === 0) return null;
  const wanted = new Set(values);
  return (listing) => {
    const value = of(listing);
    return value !== null && wanted.has(value);
  };
}

/** Whether a listing fulfils a filter, but for its `search`. */
export function matcherOf(filter: VehicleFilter): Test {
  const asked = (Object.keys(tests) as PlainField[]).flatMap((field) => testOf(field, filter) ?? []);
  return (listing) => asked.every((test) => test(listing));
}

function testOf<F extends PlainField>(field: F, filter: VehicleFilter): Test | null {
  const value = filter[field];
  // The compiler does not follow that a field's test takes that field's value.
  const test = tests[field] as (value: unknown) => Test | null;
  return value == null ? null : test(value);
}

/** Whether a listing of these words has all that is wanted. */
export function hasWanted(words: ReadonlySet<string>, wanted: readonly Wanted[]): boolean {
  const hasWay = (way: readonly string[]) => way.every((word) => words.has(word));
  return wanted.every(({ ways, corrected }) => ways.some(hasWay) || corrected.some(hasWay));
}

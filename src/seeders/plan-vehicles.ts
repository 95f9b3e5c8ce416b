/** The demo's listings. Times are minutes before the moment of seeding, money is integer cents. */
import { vinCheckDigit } from '../kernel/vin.js';
import {
  type CatalogueModel,
  type Condition,
  DEALERS,
  DESCRIPTION_SENTENCES,
  EXTERIOR_COLORS,
  FEATURES,
  INTERIOR_COLORS,
  MODELS,
} from './catalogue.js';
import { DAY, HOUR } from './plan-rules.js';
import { between, chance, clamp, pick, type Rng, shuffled, uniform } from './rng.js';

/** The model year that new cars carry; the ages of the others count from it. */
const NEWEST_YEAR = 2026;
const OLDEST_YEAR = 2012;

export interface PlannedVehicle {
  dealerIndex: number;
  vin: string;
  stockNumber: string;
  make: string;
  model: string;
  year: number;
  trim: string;
  bodyType: CatalogueModel['bodyType'];
  fuelType: CatalogueModel['fuelType'];
  transmission: CatalogueModel['transmission'];
  drivetrain: CatalogueModel['drivetrain'];
  condition: Condition;
  exteriorColor: string;
  interiorColor: string;
  /** Miles. */
  mileage: number;
  features: string[];
  description: string;
  /** Now; before `priceDrop` it was more. */
  askingPriceCents: number;
  /** What it cost when it was new. */
  msrpCents: number;
  status: 'ACTIVE' | 'DRAFT';
  listedMinutesAgo: number;
  /** When its owner takes it off the market, which closes its open negotiations; null while it stays. */
  archivedMinutesAgo: number | null;
  /** The one time that its owner lowered the price; null where it never did. */
  priceDrop: { fromCents: number; minutesAgo: number } | null;
}

/** Serial numbers are six digits and each is given once. */
const MOST_VEHICLES = 1_000_000;
/** VIN position 10 for 2012 to 2026, 49 CFR 565.15(d)(1): no I, O, Q, U or Z. */
const YEAR_CODES = 'CDEFGHJKLMNPRST';
const VIN_LETTERS = [...'ABCDEFGHJKLMNPRSTUVWXYZ'];
const VIN_CHARACTERS = [...VIN_LETTERS, ...'0123456789'];

/**
 * Listings with unique VINs and stock numbers, one at a time, so that a hundred thousand need no more memory than the
 * caller's batch. Dealer 0 gets 40 or 15 %, whichever is more. `first` numbers the first of them: a later batch that
 * counts on from an earlier one shares no serial number with it.
 */
export function* planVehicles(
  count: number,
  rng: Rng,
  { dealers = DEALERS.length, first = 0 } = {},
): Generator<PlannedVehicle> {
  if (first + count > MOST_VEHICLES) throw new RangeError(`vehicles: at most ${MOST_VEHICLES}`);
  const firstDealers = Math.max(40, Math.ceil(count * 0.15));
  for (let index = 0; index < count; index += 1) {
    const dealerIndex = index < firstDealers || dealers === 1 ? 0 : 1 + (index % (dealers - 1));
    yield planVehicle(first + index, dealerIndex, rng);
  }
}

function planVehicle(index: number, dealerIndex: number, rng: Rng): PlannedVehicle {
  const row = pick(rng, MODELS);
  const { year, condition } = pickYear(row, rng);
  const trimLevel = between(rng, 0, row.trims.length - 1);
  const trim = row.trims[trimLevel]!;
  const age = NEWEST_YEAR - year;
  const mileage = pickMileage(condition, age, rng);
  // The catalogue has the last year's MSRP; 2.5 % a year is about how it came to it.
  const msrp = trim.msrpDollars * 0.975 ** (row.lastYear - year) * uniform(rng, 0.99, 1.04);
  // Coprime to a million, so each index has a serial of its own without neighbours looking like neighbours.
  const serial = String((index * 387_421 + 150_889) % MOST_VEHICLES).padStart(6, '0');
  const exteriorColor = pick(rng, EXTERIOR_COLORS);
  const interiorColor = pick(rng, INTERIOR_COLORS);
  const features = pickFeatures(row, year, trimLevel, rng);
  const askingPriceCents = pickAskingPrice(row, condition, age, mileage, msrp, rng);
  const words = { year, make: row.make, model: row.model, trim: trim.name, exterior: exteriorColor };
  return {
    dealerIndex,
    vin: makeVin(row.wmi, year, serial, rng),
    stockNumber: `${condition.charAt(0)}${String(year).slice(2)}-${serial}`,
    make: row.make,
    model: row.model,
    year,
    trim: trim.name,
    bodyType: row.bodyType,
    fuelType: row.fuelType,
    transmission: row.transmission,
    drivetrain: row.drivetrain,
    condition,
    exteriorColor,
    interiorColor,
    mileage,
    features,
    description: describe(condition, { ...words, interior: interiorColor, mileage, features }, rng),
    askingPriceCents,
    msrpCents: Math.round(msrp / 5) * 500,
    status: chance(rng, 0.06) ? 'DRAFT' : 'ACTIVE',
    listedMinutesAgo: between(rng, 2 * HOUR, 90 * DAY),
    archivedMinutesAgo: null,
    priceDrop: null,
  };
}

function pickYear(row: CatalogueModel, rng: Rng): { year: number; condition: Condition } {
  if (row.lastYear >= NEWEST_YEAR - 1 && chance(rng, 0.4)) return { year: row.lastYear, condition: 'NEW' };
  // The better of two draws: dealers have more young cars than old ones.
  const draw = () =>
    between(rng, Math.max(OLDEST_YEAR, row.firstYear), Math.min(NEWEST_YEAR - 1, row.lastYear));
  const year = Math.max(draw(), draw());
  // Makers certify cars of up to about six years.
  return { year, condition: NEWEST_YEAR - year <= 6 && chance(rng, 0.35) ? 'CERTIFIED' : 'USED' };
}

/** Miles. Americans drive about 12,000 a year; certified cars are the gently used ones. */
function pickMileage(condition: Condition, age: number, rng: Rng): number {
  if (condition === 'NEW') return between(rng, 3, 90);
  const yearly = condition === 'CERTIFIED' ? uniform(rng, 6_500, 11_500) : uniform(rng, 8_500, 15_000);
  return Math.round((age + uniform(rng, -0.3, 0.5)) * yearly);
}

/** Cents. The first year costs 12 %, later ones what the make loses; then mileage, and the dealer's own idea of it. */
function pickAskingPrice(
  row: CatalogueModel,
  condition: Condition,
  age: number,
  mileage: number,
  msrp: number,
  rng: Rng,
): number {
  if (condition === 'NEW') return Math.round((msrp * uniform(rng, 0.94, 1.01)) / 5) * 500;
  const depreciated = msrp * 0.88 * row.yearlyRetention ** (age - 1);
  const forMileage = 1 - clamp((mileage - age * 11_000) / 250_000, -0.08, 0.12);
  const dollars =
    depreciated * forMileage * (condition === 'CERTIFIED' ? 1.05 : 1) * uniform(rng, 0.93, 1.07);
  // Used cars are priced just below a round figure.
  return (Math.round(Math.max(dollars, 4_500) / 500) * 500 - pick(rng, [5, 5, 5, 10, 50])) * 100;
}

function pickFeatures(row: CatalogueModel, year: number, trimLevel: number, rng: Rng): string[] {
  return FEATURES.filter(
    ({ fromYear = 0, fromTrim = 0, bodies, fuels, notOn }) =>
      year >= fromYear &&
      trimLevel >= fromTrim &&
      (bodies?.includes(row.bodyType) ?? true) &&
      (fuels?.includes(row.fuelType) ?? true) &&
      !notOn?.includes(row.model) &&
      chance(rng, 0.65),
  ).map(({ name }) => name);
}

/** Maker, model year and check digit are right; positions 4 to 8 and the plant follow no maker's code. */
function makeVin(wmi: string, year: number, serial: string, rng: Rng): string {
  const any = () => pick(rng, VIN_CHARACTERS);
  const letter = () => pick(rng, VIN_LETTERS);
  // A letter in position 7 says that position 10 means 2010 to 2039, not thirty years before (565.15(b), (d)).
  const start = `${wmi}${any()}${any()}${any()}${letter()}${any()}`;
  const end = `${YEAR_CODES.charAt(year - OLDEST_YEAR)}${letter()}${serial}`;
  return `${start}${vinCheckDigit(`${start}0${end}`)}${end}`;
}

interface DescriptionWords {
  year: number;
  make: string;
  model: string;
  trim: string;
  exterior: string;
  interior: string;
  mileage: number;
  features: string[];
}

/** Two to four sentences. */
function describe(condition: Condition, words: DescriptionWords, rng: Rng): string {
  const { opening, equipment, history, closing } = DESCRIPTION_SENTENCES;
  const values: Record<string, string> = {
    year: String(words.year),
    make: words.make,
    model: words.model,
    trim: words.trim,
    exterior: words.exterior.toLowerCase(),
    interior: words.interior.toLowerCase(),
    miles: words.mileage.toLocaleString('en-US'),
    features: shuffled(rng, words.features).slice(0, 3).join(', '),
  };
  const sentences: string[] = [pick<string>(rng, opening[condition])];
  if (words.features.length > 0 && chance(rng, 0.7)) sentences.push(pick(rng, equipment));
  if (chance(rng, 0.6)) sentences.push(pick<string>(rng, history[condition]));
  if (sentences.length === 1 || chance(rng, 0.6)) sentences.push(pick(rng, closing));
  return sentences
    .join(' ')
    .replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

import { createHash } from 'node:crypto';
import { BodyType, FuelType } from './vehicle.enums.js';

/** What facets count vehicles by. */
export interface Countable {
  readonly makeKey: string;
  readonly modelKey: string;
  readonly bodyType: BodyType | null;
  readonly fuelType: FuelType | null;
  readonly year: number;
}

/** The kind of what has none: from before there were kinds, or of a year that does not fit into one. */
export const NO_KIND = 0;

/** Kinds of one model lie between two multiples of this: 8 bits of a year, 4 of a body, 4 of a fuel. */
export const MODEL_STEP = 2 ** 16;
const YEAR_STEP = 2 ** 8;
const BODY_STEP = 2 ** 4;

/** Of make and model there are 37 bits: with those above 53, which are exact in JavaScript. */
const MODELS = 2n ** 37n;
const FIRST_YEAR = 1900;
const YEARS = MODEL_STEP / YEAR_STEP;

/** As they are stored: where one comes before another, all kinds have to be told anew. The first place means none. */
const bodies: ReadonlyArray<BodyType | null> = [null, ...(Object.keys(BodyType) as BodyType[])];
const fuels: ReadonlyArray<FuelType | null> = [null, ...(Object.keys(FuelType) as FuelType[])];

/**
 * One number for all that facets count a vehicle by, which a database groups by in a fraction of the time that five
 * columns take. Make and model are in it as a hash: of 5,000 models, two would share theirs in one market of 10,000.
 */
export function kindOf({ makeKey, modelKey, bodyType, fuelType, year }: Countable): number {
  const [years, body, fuel] = [year - FIRST_YEAR, bodies.indexOf(bodyType), fuels.indexOf(fuelType)];
  if (years < 0 || years >= YEARS || body < 0 || fuel < 0) return NO_KIND;
  return hashOf(makeKey, modelKey) * MODEL_STEP + years * YEAR_STEP + body * BODY_STEP + fuel;
}

/** What a kind tells by itself. */
export function figuresOf(kind: number): Pick<Countable, 'bodyType' | 'fuelType' | 'year'> {
  const figures = kind % MODEL_STEP;
  return {
    year: FIRST_YEAR + Math.floor(figures / YEAR_STEP),
    bodyType: bodies[Math.floor((figures % YEAR_STEP) / BODY_STEP)] ?? null,
    fuelType: fuels[figures % BODY_STEP] ?? null,
  };
}

/** The same for all kinds of a model, and no other's. */
export function modelOf(kind: number): number {
  return Math.floor(kind / MODEL_STEP);
}

function hashOf(makeKey: string, modelKey: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([makeKey, modelKey]))
    .digest();
  // Never 0, so that no kind is NO_KIND.
  return Number(digest.readBigUInt64BE() % MODELS) || 1;
}

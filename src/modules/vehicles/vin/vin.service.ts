import { requireType } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import type { VinFacts } from '../../../kernel/ports.js';
import { InputCheck, textFault, textLimits } from '../../../kernel/text.js';
import { normalizeVin, vinFault } from '../../../kernel/vin.js';
import type { DecodedVin } from './decoded-vin.js';
import { modelYearsOf } from './model-years.js';
import { bodyTypeOf, drivetrainOf, fuelTypeOf, textOf, trimOf } from './vin-names.js';

/** What a VIN tells of a listing. */
export type VinDetails = Omit<DecodedVin, 'vin' | 'valid' | 'errors'>;

const NOTHING: VinDetails = {
  make: null,
  model: null,
  year: null,
  trim: null,
  bodyType: null,
  fuelType: null,
  transmission: null,
  drivetrain: null,
};

const UNKNOWN = 'Nothing is known of this VIN: say yourself what the vehicle is.';
const UNAVAILABLE = 'VINs cannot be decoded at the moment. Try again later.';

/**
 * Of one VIN, for the dealer who types it: what is wrong with it is the answer. BAD_USER_INPUT for what nobody types, NUL and
 * pages of text.
 */
export async function decodeVin(ctx: Ctx, raw: string): Promise<DecodedVin> {
  requireType(ctx, 'DEALER');
  const check = new InputCheck();
  const absurd = textFault(raw, textLimits.name);
  if (absurd) check.fault('vin', absurd);
  check.done();
  const vin = normalizeVin(raw);
  const fault = vinFault(vin);
  if (fault) return { vin, valid: false, ...NOTHING, errors: [fault] };
  try {
    const [details] = await lookUp(ctx, [vin]);
    return { vin, valid: true, ...(details ?? NOTHING), errors: details ? [] : [UNKNOWN] };
  } catch (error) {
    ctx.log.warn({ err: error }, 'a VIN could not be decoded');
    return { vin, valid: true, ...NOTHING, errors: [UNAVAILABLE] };
  }
}

/** Of normalised VINs without a fault, in their order; null for those of which nothing is known. Rejects where the decoder does. */
export async function lookUp(ctx: Ctx, vins: readonly string[]): Promise<Array<VinDetails | null>> {
  const now = ctx.clock.now();
  const facts = await ctx.vinDecoder.decode(vins.map((vin) => ({ vin, modelYears: modelYearsOf(vin, now) })));
  return facts.map((known) => (known ? detailsOf(known) : null));
}

function detailsOf(facts: VinFacts): VinDetails {
  return {
    make: textOf(facts.make),
    model: textOf(facts.model),
    year: facts.modelYear,
    trim: trimOf(facts.trim),
    bodyType: bodyTypeOf(facts.bodyClass),
    fuelType: fuelTypeOf(facts),
    // The records have a place for it, and nothing in it.
    transmission: null,
    drivetrain: drivetrainOf(facts.driveType),
  };
}

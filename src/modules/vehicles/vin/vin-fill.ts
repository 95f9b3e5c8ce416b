import type { Ctx } from '../../../kernel/context.js';
import { normalizeVin, vinFault } from '../../../kernel/vin.js';
import { within } from '../../../kernel/within.js';
import { lookUp, type VinDetails } from './vin.service.js';

/** What a VIN can add to a listing. No gearbox: no VIN tells. */
const FILLABLE = ['make', 'model', 'year', 'trim', 'bodyType', 'fuelType', 'drivetrain'] as const;
const NEEDED = ['make', 'model', 'year'] as const;

type Fillable = (typeof FILLABLE)[number];

/** What a dealer says of a vehicle; null and blanks count as left out. */
export type Given = { readonly vin: string } & { readonly [K in Fillable]?: VinDetails[K] };

/** A dealer at a form does not wait longer for what the listing can do without. */
const PATIENCE_MS = 3_000;

/**
 * The listings, in their order, with what was left out filled in from their VINs, and nothing changed that was given.
 * Those of a faulty or unknown VIN come back as they are, and so do all where the decoder cannot answer: what is
 * needed and still missing is for the listing's own check to name. Not for transactions: it may take seconds.
 */
export async function fillFromVin<G extends Given>(ctx: Ctx, listings: readonly G[]): Promise<G[]> {
  const lacking = listings.flatMap((listing, index) => {
    if (!FILLABLE.some((field) => isLeftOut(listing[field]))) return [];
    const vin = normalizeVin(listing.vin);
    return vinFault(vin) ? [] : [{ vin, index }];
  });
  const filled = [...listings];
  if (lacking.length === 0) return filled;
  const mayGoWithout = listings.length === 1 && !NEEDED.some((field) => isLeftOut(listings[0]?.[field]));
  try {
    const answer = lookUp(
      ctx,
      lacking.map(({ vin }) => vin),
    );
    const details = await (mayGoWithout ? within(PATIENCE_MS, answer) : answer);
    lacking.forEach(({ index }, place) => {
      const listing = listings[index];
      const known = details[place];
      if (listing && known) filled[index] = fill(listing, known);
    });
  } catch (error) {
    ctx.log.warn({ err: error, vins: lacking.length }, 'listings go without what their VINs say');
  }
  return filled;
}

function fill<G extends Given>(listing: G, details: VinDetails): G {
  const added = FILLABLE.filter((field) => isLeftOut(listing[field]) && details[field] !== null);
  return { ...listing, ...Object.fromEntries(added.map((field) => [field, details[field]])) };
}

function isLeftOut(value: string | number | null | undefined): boolean {
  return value == null || (typeof value === 'string' && value.trim() === '');
}

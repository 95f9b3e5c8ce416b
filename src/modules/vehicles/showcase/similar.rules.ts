import type { Cents } from '../../../kernel/money.js';

/** What a vehicle is compared by. */
export interface Wanted {
  readonly id: string;
  readonly bodyType: string | null;
  readonly askingPrice: Cents;
  readonly makeKey: string;
  readonly modelKey: string;
}

export type Candidate = Wanted;

/** Of one price band are those that ask up to this share more or less. */
const PRICE_BAND = 0.2;

/**
 * The ids of those most like a vehicle: of the same body and price band first, then of the same body, then of the price
 * band, then the rest; among these the same model, then the same make, then the nearest price. Never the vehicle itself.
 */
export function mostSimilar(wanted: Wanted, candidates: readonly Candidate[], count: number): string[] {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  byId.delete(wanted.id);
  const ranked = [...byId.values()].map((candidate) => ({
    id: candidate.id,
    rank: rankOf(wanted, candidate),
  }));
  ranked.sort((one, other) => compare(one.rank, other.rank) || (one.id < other.id ? -1 : 1));
  return ranked.slice(0, count).map(({ id }) => id);
}

/** The less, the more alike; the first difference decides. */
function rankOf(wanted: Wanted, candidate: Candidate): number[] {
  const isSameBody = wanted.bodyType !== null && candidate.bodyType === wanted.bodyType;
  const away = Math.abs(candidate.askingPrice - wanted.askingPrice);
  const isInBand = away <= wanted.askingPrice * PRICE_BAND;
  const isSameMake = candidate.makeKey === wanted.makeKey;
  const isSameModel = isSameMake && candidate.modelKey === wanted.modelKey;
  return [(isSameBody ? 0 : 2) + (isInBand ? 0 : 1), isSameModel ? 0 : isSameMake ? 1 : 2, away];
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [place, value] of one.entries()) {
    const difference = value - (other[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

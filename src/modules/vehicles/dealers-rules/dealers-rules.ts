import { badInput, type FieldMessages } from '../../../kernel/errors.js';
import type { Cents } from '../../../kernel/money.js';

/** How a dealer has buyers' offers on a vehicle answered at once; null: not at all. No buyer ever learns of them. */
export interface DealersRules {
  /** An offer of this amount or more is accepted. */
  readonly autoAcceptAt: Cents | null;
  /** An offer of less is turned down. */
  readonly autoDeclineBelow: Cents | null;
}

export const dealersRules = ['autoAcceptAt', 'autoDeclineBelow'] as const satisfies ReadonlyArray<
  keyof DealersRules
>;

/** Rules make sense against the price that is asked. */
export interface Terms extends DealersRules {
  readonly askingPrice: Cents;
}

/** Names no amount: admins read the faults of a file too, and the rules are not for them. */
const PRICE_TOO_LOW =
  'The rules for its offers do not allow a price below them: change them first, or together with the price.';

/** What of a vehicle's terms a change names. */
export type NamedTerms = ReadonlySet<keyof Terms>;

/**
 * What is wrong with `autoDeclineBelow < autoAcceptAt <= askingPrice`, under a field that the change names: the rule, or
 * otherwise the price that does not fit it any more.
 */
export function faultsOfTerms(terms: Terms, named: NamedTerms): FieldMessages {
  const { askingPrice, autoAcceptAt, autoDeclineBelow } = terms;
  const faults: FieldMessages = {};
  const fault = (field: keyof Terms, message: string) => {
    faults[field] = [...(faults[field] ?? []), message];
  };
  const tooHigh = dealersRules.filter((rule) => (terms[rule] ?? 0) > askingPrice);
  const toldThere = tooHigh.filter((rule) => named.has(rule));
  for (const rule of toldThere) fault(rule, 'Ensure this value is not above the asking price.');
  if (tooHigh.length > toldThere.length) fault('askingPrice', PRICE_TOO_LOW);
  if (autoAcceptAt !== null && autoDeclineBelow !== null && autoDeclineBelow >= autoAcceptAt) {
    if (named.has('autoDeclineBelow')) fault('autoDeclineBelow', 'Ensure this value is below autoAcceptAt.');
    else fault('autoAcceptAt', 'Ensure this value is above autoDeclineBelow.');
  }
  return faults;
}

/** BAD_USER_INPUT where price and rules do not go together. */
export function assertTerms(terms: Terms, named: NamedTerms): void {
  const faults = faultsOfTerms(terms, named);
  if (Object.keys(faults).length > 0) throw badInput(faults);
}

/** What the rules answer to a buyer's offer; null: it waits for a person. */
export function answerOf(
  { autoAcceptAt, autoDeclineBelow }: DealersRules,
  amount: Cents,
): 'ACCEPT' | 'DECLINE' | null {
  if (autoAcceptAt !== null && amount >= autoAcceptAt) return 'ACCEPT';
  if (autoDeclineBelow !== null && amount < autoDeclineBelow) return 'DECLINE';
  return null;
}

import type { Cents } from '../../../kernel/money.js';

/** How many buyers one call invites. */
export const MAX_INVITED = 100;

/** The most that an invitation may ask: so far under the asking price, in percent, rounded down to a cent. */
export function maximumInvitation(askingPrice: Cents, minimumDiscountPercent: number): Cents {
  return Math.floor((askingPrice * (100 - minimumDiscountPercent)) / 100);
}

import type { Cents } from '../../../kernel/money.js';
import { answerOf, type DealersRules } from '../../vehicles/index.js';

/** An offer that a buyer once made to the dealer, on this or a comparable vehicle. */
export interface PastOffer {
  readonly negotiationId: string;
  readonly amount: Cents;
  /** What was asked for that vehicle then; more than 0. */
  readonly askingPrice: Cents;
  /** Whether its negotiation came to an agreement in fact. */
  readonly wasAgreed: boolean;
}

export interface Replay {
  readonly offers: number;
  readonly autoAccepted: number;
  readonly autoDeclined: number;
  readonly leftToAnswer: number;
  readonly agreementsLost: number;
}

/** An amount as the same share of another price, to the cent. */
export function scaledTo(askingPrice: Cents, offer: Pick<PastOffer, 'amount' | 'askingPrice'>): Cents {
  return Math.round((offer.amount * askingPrice) / offer.askingPrice);
}

/**
 * What rules would have answered to offers, given in the order in which they were made. What they answer ends a
 * negotiation: its later offers would never have been made, and are not counted.
 */
export function replay(rules: DealersRules, askingPrice: Cents, offers: readonly PastOffer[]): Replay {
  const ended = new Set<string>();
  const counts = { offers: 0, autoAccepted: 0, autoDeclined: 0, leftToAnswer: 0, agreementsLost: 0 };
  for (const offer of offers) {
    if (ended.has(offer.negotiationId)) continue;
    counts.offers += 1;
    const answer = answerOf(rules, scaledTo(askingPrice, offer));
    if (answer === null) {
      counts.leftToAnswer += 1;
      continue;
    }
    ended.add(offer.negotiationId);
    if (answer === 'ACCEPT') counts.autoAccepted += 1;
    else counts.autoDeclined += 1;
    if (answer === 'DECLINE' && offer.wasAgreed) counts.agreementsLost += 1;
  }
  return counts;
}

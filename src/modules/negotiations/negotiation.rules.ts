import type { ErrorCode } from '../../kernel/errors.js';
import type { Cents } from '../../kernel/money.js';
import type { NegotiationParty, NegotiationStatus } from './negotiation.enums.js';

/** What a party can do to a negotiation that exists. */
export type NegotiationAction =
  | 'submitOffer'
  | 'acceptOffer'
  | 'rejectNegotiation'
  | 'cancelNegotiation'
  | 'completeSale'
  | 'cancelSale'
  | 'sendMessage';

export interface Transition {
  readonly action: NegotiationAction;
  readonly by: readonly NegotiationParty[];
  readonly from: NegotiationStatus;
  readonly to: NegotiationStatus;
  /** Whether it answers the standing offer, so that only who has the turn may do it. */
  readonly answers: boolean;
}

/** ARCHITECTURE's table of transitions, as data. What time and rivals do stands in `endings`. */
export const transitions: readonly Transition[] = [
  { action: 'submitOffer', by: ['BUYER', 'DEALER'], from: 'ACTIVE', to: 'ACTIVE', answers: true },
  { action: 'acceptOffer', by: ['BUYER', 'DEALER'], from: 'ACTIVE', to: 'ACCEPTED', answers: true },
  { action: 'rejectNegotiation', by: ['DEALER'], from: 'ACTIVE', to: 'REJECTED', answers: true },
  { action: 'cancelNegotiation', by: ['BUYER'], from: 'ACTIVE', to: 'CANCELLED', answers: false },
  { action: 'completeSale', by: ['DEALER'], from: 'ACCEPTED', to: 'COMPLETED', answers: false },
  { action: 'cancelSale', by: ['BUYER', 'DEALER'], from: 'ACCEPTED', to: 'FELL_THROUGH', answers: false },
  { action: 'sendMessage', by: ['BUYER', 'DEALER'], from: 'ACTIVE', to: 'ACTIVE', answers: false },
  { action: 'sendMessage', by: ['BUYER', 'DEALER'], from: 'ACCEPTED', to: 'ACCEPTED', answers: false },
];

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * Why a party may not do this now, or null if it may. `status` is the one that the clock says, see `standingOf`.
 * Whether the action is the party's at all is asked first, then whether it is too late, then whose turn it is.
 */
export function refusalOf(
  action: NegotiationAction,
  party: NegotiationParty,
  { status, turn }: { status: NegotiationStatus; turn: NegotiationParty | null },
): Refusal | null {
  const ways = transitions.filter((candidate) => candidate.action === action);
  const { by } = ways[0] as Transition;
  if (!by.includes(party))
    return { code: 'FORBIDDEN', message: `This is for the ${by.join(' or ').toLowerCase()} to do.` };
  if (status === 'EXPIRED')
    return { code: 'OFFER_EXPIRED', message: 'The offer was not answered in time and has lapsed.' };
  const transition = ways.find(({ from }) => from === status);
  if (!transition) {
    return status === 'ACTIVE'
      ? { code: 'CONFLICT', message: 'No price has been agreed on yet.' }
      : {
          code: 'NEGOTIATION_ENDED',
          message: `This negotiation is ${status.toLowerCase().replace('_', ' ')}.`,
        };
  }
  if (transition.answers && turn !== party)
    return { code: 'NOT_YOUR_TURN', message: 'It is for the other side to answer.' };
  return null;
}

/** What the next amount must respect. */
export interface Prices {
  readonly askingPrice: Cents;
  /** The party's last amounts in this negotiation; null before the first. */
  readonly buyerAmount: Cents | null;
  readonly dealerAmount: Cents | null;
  /** Share of the asking price, in percent, that a buyer's first offer must reach. */
  readonly minimumOfferPercent: number;
}

export interface Bounds {
  readonly minimum: Cents;
  readonly maximum: Cents;
}

/**
 * The least and the most that a party may put forward, both included. Where `minimum > maximum` nothing is left but to
 * accept or to end it.
 */
export function boundsOf(party: NegotiationParty, prices: Prices): Bounds {
  const { askingPrice, buyerAmount, dealerAmount, minimumOfferPercent } = prices;
  if (party === 'DEALER') {
    return {
      minimum: (buyerAmount ?? 0) + 1,
      maximum: Math.min(askingPrice, dealerAmount === null ? askingPrice : dealerAmount - 1),
    };
  }
  const floor = Math.max(1, Math.ceil((askingPrice * minimumOfferPercent) / 100));
  return {
    minimum: buyerAmount === null ? floor : buyerAmount + 1,
    maximum: dealerAmount === null ? askingPrice : Math.min(askingPrice, dealerAmount - 1),
  };
}

/** When to warn of an offer that lapses at `expiresAt`; null where it stands no longer than the warning's time before. */
export function warningTime(now: Date, expiresAt: Date, warningMs: number): Date | null {
  const warnAt = new Date(expiresAt.getTime() - warningMs);
  return warnAt > now ? warnAt : null;
}

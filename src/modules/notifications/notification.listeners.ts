import { type Listener, on } from '../../kernel/events.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { AccountDeleted } from '../accounts/index.js';
import { DealerReviewed } from '../dealers/index.js';
import {
  DealFellThrough,
  MessageSent,
  NegotiationCancelled,
  NegotiationClosed,
  NegotiationExpired,
  type NegotiationFact,
  NegotiationRejected,
  type Offer,
  OfferAccepted,
  OfferExpiring,
  OfferSubmitted,
  SaleCompleted,
} from '../negotiations/index.js';
import { SavedSearchMatched, SavedVehicleCheaper, vehicleLabel } from '../vehicles/index.js';
import { forgetInbox, notify } from './inbox.js';
import {
  acceptedByRules,
  availableAgain,
  cheaper,
  type NegotiationNews,
  newMatch,
  type Particulars,
  rejected,
  textOf,
  verified,
} from './notification.texts.js';
import { forgetPreferences } from './preferences/preference.service.js';

type Side = 'BUYER' | 'DEALER';

/** Who is told of what. */
export const listeners: readonly Listener[] = [
  on(OfferSubmitted, (tx, fact) => {
    const to = fact.offer.party === 'BUYER' ? 'DEALER' : 'BUYER';
    const kind = fact.isFirst ? 'OFFER_RECEIVED' : 'OFFER_COUNTERED';
    tell(tx, fact, to, kind, { offer: fact.offer, quote: fact.offer.message });
  }),
  on(OfferAccepted, (tx, fact) => {
    const to = fact.acceptedBy === 'BUYER' ? 'DEALER' : 'BUYER';
    tell(tx, fact, to, 'OFFER_ACCEPTED', { offer: fact.offer });
    if (fact.offer.resolvedBy === 'RULE') tellOfRules(tx, fact);
  }),
  on(NegotiationRejected, (tx, { offer, ...fact }) =>
    tell(tx, fact, 'BUYER', 'NEGOTIATION_REJECTED', { offer }),
  ),
  on(NegotiationCancelled, (tx, { offer, ...fact }) =>
    tell(tx, fact, 'DEALER', 'NEGOTIATION_CANCELLED', { offer }),
  ),
  on(NegotiationExpired, (tx, fact) => {
    for (const to of ['BUYER', 'DEALER'] as const) {
      const isOwnSilence = fact.negotiation.lapsedBy === to;
      tell(tx, fact, to, 'NEGOTIATION_EXPIRED', { offer: fact.offer, isOwnSilence });
    }
  }),
  on(OfferExpiring, (tx, { offer, ...fact }) => {
    const to = offer.party === 'BUYER' ? 'DEALER' : 'BUYER';
    tell(tx, fact, to, 'OFFER_EXPIRING', { offer, lapsesAt: offer.expiresAt });
  }),
  on(MessageSent, (tx, fact) => {
    const to = fact.by === 'BUYER' ? 'DEALER' : 'BUYER';
    tell(tx, fact, to, 'MESSAGE_RECEIVED', { quote: fact.body, logSequence: fact.sequence });
  }),
  on(NegotiationClosed, (tx, fact) => {
    const isSold = fact.negotiation.endReason === 'SOLD_TO_ANOTHER';
    tell(tx, fact, 'BUYER', 'NEGOTIATION_CLOSED', { offer: fact.offer, isSold });
  }),
  on(SaleCompleted, (tx, fact) => tell(tx, fact, 'BUYER', 'NEGOTIATION_COMPLETED')),
  on(DealFellThrough, (tx, fact) => {
    const isGivenUp = fact.by !== null;
    if (fact.by !== 'BUYER') tell(tx, fact, 'BUYER', 'DEAL_FELL_THROUGH', { isGivenUp });
    if (fact.by !== 'DEALER') tell(tx, fact, 'DEALER', 'DEAL_FELL_THROUGH', { isGivenUp });
    for (const negotiation of fact.displaced) {
      const { vehicle } = fact;
      const text = availableAgain(vehicleLabel(vehicle));
      notify(tx, { ...text, userId: negotiation.buyer.id, kind: 'DEAL_FELL_THROUGH', vehicle, negotiation });
    }
  }),
  on(DealerReviewed, (tx, { userId, decision, reason }) => {
    if (decision === 'VERIFIED') notify(tx, { ...verified(), userId, kind: 'DEALER_VERIFIED' });
    else notify(tx, { ...rejected(reason ?? ''), userId, kind: 'DEALER_REJECTED' });
  }),
  on(SavedVehicleCheaper, (tx, { userId, vehicle, from, to }) => {
    notify(tx, { ...cheaper(vehicleLabel(vehicle), from, to), userId, kind: 'PRICE_DROP', vehicle });
  }),
  on(SavedSearchMatched, (tx, { userId, searchName, vehicle }) => {
    const text = newMatch(searchName, vehicleLabel(vehicle), vehicle.askingPrice);
    notify(tx, { ...text, userId, kind: 'SAVED_SEARCH_MATCH', vehicle });
  }),
  on(AccountDeleted, async (tx, { userId }) => {
    forgetInbox(tx, userId);
    await forgetPreferences(tx, userId);
  }),
];

/** The buyer was told as if the dealer had answered; the dealer does not know of it yet. */
function tellOfRules(tx: Tx, { vehicle, negotiation, offer, dealerUserId: userId }: OfferAccepted): void {
  const text = acceptedByRules(vehicleLabel(vehicle), offer.amount);
  notify(tx, { ...text, userId, kind: 'OFFER_ACCEPTED', vehicle, negotiation, offer });
}

interface Details extends Pick<Particulars, 'isSold' | 'isOwnSilence' | 'isGivenUp' | 'lapsesAt'> {
  readonly offer?: Offer;
  /**
   * What the other side wrote with it. What the reader wrote itself, or the other side wrote with an offer that has
   * ended, is no news.
   */
  readonly quote?: string | null;
  readonly logSequence?: number;
}

function tell(
  tx: Tx,
  fact: Pick<NegotiationFact, 'negotiation' | 'vehicle' | 'dealerUserId'>,
  to: Side,
  kind: NegotiationNews,
  { offer, quote = null, logSequence, ...details }: Details = {},
): void {
  const { negotiation, vehicle } = fact;
  const about = {
    ...details,
    vehicle: vehicleLabel(vehicle),
    amount: offer?.amount ?? negotiation.agreedPrice,
    toBuyer: to === 'BUYER',
  };
  const userId = to === 'BUYER' ? negotiation.buyer.id : fact.dealerUserId;
  notify(tx, {
    ...textOf(kind, about),
    userId,
    kind,
    vehicle,
    negotiation,
    quote,
    ...(offer ? { offer } : {}),
    ...(logSequence === undefined ? {} : { logSequence }),
  });
}

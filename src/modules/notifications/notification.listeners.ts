import { type Listener, on } from '../../kernel/events.js';
import type { Cents } from '../../kernel/money.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { AccountDeleted } from '../accounts/index.js';
import { Dealer, DealerReviewed } from '../dealers/index.js';
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
  availableAgain,
  cheaper,
  type NegotiationNews,
  newMatch,
  rejected,
  textOf,
  verified,
} from './notification.texts.js';

type Side = 'BUYER' | 'DEALER';

/** Who is told of what. */
export const listeners: readonly Listener[] = [
  on(OfferSubmitted, (tx, fact) => {
    const to = fact.offer.party === 'BUYER' ? 'DEALER' : 'BUYER';
    tell(tx, fact, to, fact.isFirst ? 'OFFER_RECEIVED' : 'OFFER_COUNTERED', fact.offer);
  }),
  on(OfferAccepted, (tx, fact) =>
    tell(tx, fact, fact.acceptedBy === 'BUYER' ? 'DEALER' : 'BUYER', 'OFFER_ACCEPTED', fact.offer),
  ),
  on(NegotiationRejected, (tx, fact) => tell(tx, fact, 'BUYER', 'NEGOTIATION_REJECTED', fact.offer)),
  on(NegotiationCancelled, (tx, fact) => tell(tx, fact, 'DEALER', 'NEGOTIATION_CANCELLED', fact.offer)),
  on(NegotiationExpired, (tx, fact) => {
    tell(tx, fact, 'BUYER', 'NEGOTIATION_EXPIRED', fact.offer);
    tell(tx, fact, 'DEALER', 'NEGOTIATION_EXPIRED', fact.offer);
  }),
  on(OfferExpiring, (tx, fact) =>
    tell(tx, fact, fact.negotiation.turn === 'BUYER' ? 'BUYER' : 'DEALER', 'OFFER_EXPIRING', fact.offer),
  ),
  on(MessageSent, (tx, fact) =>
    tell(tx, fact, fact.by === 'BUYER' ? 'DEALER' : 'BUYER', 'MESSAGE_RECEIVED', undefined, fact.body),
  ),
  on(NegotiationClosed, (tx, fact) => tell(tx, fact, 'BUYER', 'NEGOTIATION_CLOSED', fact.offer)),
  on(SaleCompleted, (tx, fact) => tell(tx, fact, 'BUYER', 'NEGOTIATION_COMPLETED')),
  on(DealFellThrough, (tx, fact) => {
    if (fact.by !== 'BUYER') tell(tx, fact, 'BUYER', 'DEAL_FELL_THROUGH');
    if (fact.by !== 'DEALER') tell(tx, fact, 'DEALER', 'DEAL_FELL_THROUGH');
    for (const negotiation of fact.displaced) {
      const { vehicle } = fact;
      const text = availableAgain(vehicleLabel(vehicle));
      notify(tx, { ...text, userId: negotiation.buyer.id, kind: 'DEAL_FELL_THROUGH', vehicle, negotiation });
    }
  }),
  on(DealerReviewed, async (tx, { dealerId, userId, decision, reason }) => {
    const { businessName } = await tx.em.findOneOrFail(Dealer, { id: dealerId });
    const text = decision === 'VERIFIED' ? verified(businessName) : rejected(businessName, reason ?? '');
    notify(tx, { ...text, userId, kind: decision === 'VERIFIED' ? 'DEALER_VERIFIED' : 'DEALER_REJECTED' });
  }),
  on(SavedVehicleCheaper, (tx, { userId, vehicle, from, to }) => {
    notify(tx, { ...cheaper(vehicleLabel(vehicle), from, to), userId, kind: 'PRICE_DROP', vehicle });
  }),
  on(SavedSearchMatched, (tx, { userId, searchName, vehicle }) => {
    const text = newMatch(searchName, vehicleLabel(vehicle), vehicle.askingPrice);
    notify(tx, { ...text, userId, kind: 'SAVED_SEARCH_MATCH', vehicle });
  }),
  on(AccountDeleted, (tx, { userId }) => forgetInbox(tx, userId)),
];

function tell(
  tx: Tx,
  fact: NegotiationFact,
  to: Side,
  kind: NegotiationNews,
  offer?: Offer,
  message?: string,
): void {
  const { negotiation, vehicle } = fact;
  const amount: Cents | null = offer?.amount ?? negotiation.agreedPrice;
  // What the reader wrote itself, or the other side wrote with an offer that time has ended, is no news.
  const isNews = kind === 'OFFER_RECEIVED' || kind === 'OFFER_COUNTERED';
  const about = {
    vehicle: vehicleLabel(vehicle),
    amount,
    message: isNews ? (offer?.message ?? null) : (message ?? null),
    toBuyer: to === 'BUYER',
  };
  const userId = to === 'BUYER' ? fact.buyerId : fact.dealerUserId;
  notify(tx, { ...textOf(kind, about), userId, kind, vehicle, negotiation, ...(offer ? { offer } : {}) });
}

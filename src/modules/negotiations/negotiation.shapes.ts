import { defineShape, type Shape } from '../../kernel/reads.js';
import { publicUserShape } from '../accounts/index.js';
import { dealerShape } from '../dealers/index.js';
import { vehicleShape } from '../vehicles/index.js';
import { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
import { offerStateProperties, stateProperties } from './negotiation.standing.js';

/** What policies ask of a negotiation: whose it is. */
const PARTIES = ['buyer', 'dealer.user'] as const;

export const negotiationShape: Shape<Negotiation> = defineShape<Negotiation>({
  entity: Negotiation,
  needs: {
    status: stateProperties,
    turn: stateProperties,
    endReason: stateProperties,
    lapsedBy: stateProperties,
    expiresAt: stateProperties,
    holdExpiresAt: stateProperties,
    minimumOffer: [...stateProperties, 'buyerAmount', 'dealerAmount', 'vehicle.askingPrice'],
    buyerOffersRemaining: ['vehicle', 'buyer'],
    unreadCount: [...PARTIES, 'buyerUnread', 'dealerUnread'],
  },
  one: {
    vehicle: () => vehicleShape,
    buyer: () => publicUserShape,
    dealer: () => dealerShape,
    currentOffer: () => offerShape,
  },
  many: { offers: { shape: () => offerShape, by: 'negotiation', orderBy: ['createdAt', 'id'] } },
});

/** A negotiation with what its policy asks, for where it is asked for by its id. */
export const ownNegotiationShape = defineShape<Negotiation>({ ...negotiationShape, always: PARTIES });

export const offerShape: Shape<Offer> = defineShape<Offer>({
  entity: Offer,
  needs: {
    status: offerStateProperties,
    resolvedBy: offerStateProperties,
    respondedAt: offerStateProperties,
  },
  one: { negotiation: () => negotiationShape },
});

export const negotiationEventShape = defineShape<NegotiationEvent>({
  entity: NegotiationEvent,
  one: { negotiation: () => negotiationShape, offer: () => offerShape },
});

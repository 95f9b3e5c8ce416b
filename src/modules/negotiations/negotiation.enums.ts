import { registerEnumType } from 'type-graphql';
import { enumOf } from '../../kernel/enums.js';

export const NegotiationStatus = enumOf(
  'ACTIVE',
  'ACCEPTED',
  'COMPLETED',
  'FELL_THROUGH',
  'REJECTED',
  'CANCELLED',
  'EXPIRED',
  'CLOSED',
);
export type NegotiationStatus = keyof typeof NegotiationStatus;

export const OfferStatus = enumOf(
  'PENDING',
  'COUNTERED',
  'ACCEPTED',
  'REJECTED',
  'WITHDRAWN',
  'EXPIRED',
  'CLOSED',
);
export type OfferStatus = keyof typeof OfferStatus;

export const OfferResolver = enumOf('USER', 'RULE', 'SYSTEM', 'ADMIN');
export type OfferResolver = keyof typeof OfferResolver;

export const NegotiationParty = enumOf('BUYER', 'DEALER');
export type NegotiationParty = keyof typeof NegotiationParty;

export const NegotiationEndReason = enumOf(
  'OFFER_TOO_LOW',
  'CHANGED_MIND',
  'FOUND_ANOTHER',
  'VEHICLE_UNAVAILABLE',
  'SOLD_TO_ANOTHER',
  'LAPSED',
  'HOLD_LAPSED',
  'FINANCING_FAILED',
  'OTHER',
);
export type NegotiationEndReason = keyof typeof NegotiationEndReason;

export const NegotiationEventKind = enumOf(
  'OFFER_SUBMITTED',
  'OFFER_ACCEPTED',
  'NEGOTIATION_REJECTED',
  'NEGOTIATION_CANCELLED',
  'NEGOTIATION_EXPIRED',
  'NEGOTIATION_CLOSED',
  'NEGOTIATION_COMPLETED',
  'DEAL_FELL_THROUGH',
  'MESSAGE_SENT',
);
export type NegotiationEventKind = keyof typeof NegotiationEventKind;

registerEnumType(NegotiationStatus, {
  name: 'NegotiationStatus',
  description: 'Where a negotiation stands. An ended one never reopens.',
  valuesConfig: {
    ACTIVE: { description: 'Open: an offer waits for its answer.' },
    ACCEPTED: { description: 'A price is agreed and the vehicle is held.' },
    COMPLETED: { description: 'Sold at the agreed price.' },
    FELL_THROUGH: { description: 'Agreed, but never sold.' },
    REJECTED: { description: 'The dealer said no.' },
    CANCELLED: { description: 'The buyer withdrew.' },
    EXPIRED: { description: 'An offer was not answered in time.' },
    CLOSED: { description: 'The vehicle went to another buyer or left the market.' },
  },
});
registerEnumType(OfferStatus, {
  name: 'OfferStatus',
  description: 'What became of an offer.',
  valuesConfig: {
    PENDING: { description: 'Waits for its answer.' },
    COUNTERED: { description: 'Answered by another offer; never to be accepted again.' },
    ACCEPTED: { description: 'Agreed to.' },
    REJECTED: { description: 'Turned down by the dealer.' },
    WITHDRAWN: { description: 'Taken back: the buyer cancelled.' },
    EXPIRED: { description: 'Not answered in time.' },
    CLOSED: {
      description:
        'Void: the vehicle went to another buyer, left the market, or the buyer walked away from it.',
    },
  },
});
registerEnumType(OfferResolver, {
  name: 'OfferResolver',
  description: 'Who answered an offer.',
  valuesConfig: {
    USER: { description: 'A person.' },
    RULE: {
      description: "The dealer's rules, at once. Told to the dealer and admins; to a buyer it is USER.",
    },
    SYSTEM: { description: "Time, or a rival's acceptance." },
    ADMIN: { description: 'An admin of the marketplace.' },
  },
});
registerEnumType(NegotiationParty, { name: 'NegotiationParty', description: 'A side of a negotiation.' });
registerEnumType(NegotiationEndReason, {
  name: 'NegotiationEndReason',
  description: 'Why a negotiation ended without a sale.',
  valuesConfig: {
    OFFER_TOO_LOW: { description: 'The offer was too far from the price wanted.' },
    CHANGED_MIND: { description: 'Somebody thought better of it.' },
    FOUND_ANOTHER: { description: 'Another vehicle or another buyer was found.' },
    VEHICLE_UNAVAILABLE: { description: 'The vehicle left the market.' },
    SOLD_TO_ANOTHER: { description: 'The dealer agreed with another buyer. Set by the system.' },
    LAPSED: { description: 'An offer was not answered in time. Set by the system.' },
    HOLD_LAPSED: { description: 'The sale was not completed while the vehicle was held. Set by the system.' },
    FINANCING_FAILED: { description: 'The money did not come together.' },
    OTHER: { description: 'Another reason.' },
  },
});
registerEnumType(NegotiationEventKind, {
  name: 'NegotiationEventKind',
  description: "What an entry of a negotiation's log tells.",
  valuesConfig: {
    OFFER_SUBMITTED: { description: 'An offer or a counter-offer was made.' },
    OFFER_ACCEPTED: { description: 'The standing offer was accepted.' },
    NEGOTIATION_REJECTED: { description: 'The dealer ended it.' },
    NEGOTIATION_CANCELLED: { description: 'The buyer ended it.' },
    NEGOTIATION_EXPIRED: { description: 'The standing offer lapsed.' },
    NEGOTIATION_CLOSED: { description: 'The vehicle was no longer to be had.' },
    NEGOTIATION_COMPLETED: { description: 'The vehicle was sold at the agreed price.' },
    DEAL_FELL_THROUGH: { description: 'The agreement came to nothing.' },
    MESSAGE_SENT: { description: 'A message without an offer.' },
  },
});

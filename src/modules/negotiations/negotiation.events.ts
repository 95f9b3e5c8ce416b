import type { Vehicle } from '../vehicles/index.js';
import type { Negotiation, Offer } from './negotiation.entity.js';
import type { NegotiationParty } from './negotiation.enums.js';

/** What every fact of a negotiation names. */
export abstract class NegotiationFact {
  constructor(
    readonly negotiation: Negotiation,
    readonly vehicle: Vehicle,
    /** The account behind the dealership. */
    readonly dealerUserId: string,
  ) {}

  get buyerId(): string {
    return this.negotiation.buyer.id;
  }
}

abstract class OfferFact extends NegotiationFact {
  constructor(
    negotiation: Negotiation,
    vehicle: Vehicle,
    dealerUserId: string,
    readonly offer: Offer,
  ) {
    super(negotiation, vehicle, dealerUserId);
  }
}

export class OfferSubmitted extends OfferFact {
  constructor(
    negotiation: Negotiation,
    vehicle: Vehicle,
    dealerUserId: string,
    offer: Offer,
    /** Whether it opened the negotiation. */
    readonly isFirst: boolean,
  ) {
    super(negotiation, vehicle, dealerUserId, offer);
  }
}

export class OfferAccepted extends OfferFact {
  constructor(
    negotiation: Negotiation,
    vehicle: Vehicle,
    dealerUserId: string,
    offer: Offer,
    readonly acceptedBy: NegotiationParty,
  ) {
    super(negotiation, vehicle, dealerUserId, offer);
  }
}

export class NegotiationRejected extends OfferFact {}

export class NegotiationCancelled extends OfferFact {}

export class NegotiationExpired extends OfferFact {}

/** The vehicle went to another buyer or left the market; the reason stands on the negotiation. */
export class NegotiationClosed extends OfferFact {}

/** The standing offer lapses soon, and who has the turn has not answered. */
export class OfferExpiring extends OfferFact {}

export class MessageSent extends NegotiationFact {
  constructor(
    negotiation: Negotiation,
    vehicle: Vehicle,
    dealerUserId: string,
    readonly by: NegotiationParty,
    readonly body: string,
    /** Its number in the log. */
    readonly sequence: number,
  ) {
    super(negotiation, vehicle, dealerUserId);
  }
}

export class SaleCompleted extends NegotiationFact {}

export class DealFellThrough extends NegotiationFact {
  constructor(
    negotiation: Negotiation,
    vehicle: Vehicle,
    dealerUserId: string,
    /** Who cancelled; null: the hold ran out. */
    readonly by: NegotiationParty | null,
    /** The negotiations that its agreement had closed: their buyers may start again. */
    readonly displaced: readonly Negotiation[],
  ) {
    super(negotiation, vehicle, dealerUserId);
  }
}

import type {
  NegotiationEndReason,
  NegotiationParty,
  NegotiationStatus,
  OfferStatus,
  VehicleStatus,
} from '../generated/operations.js';
import { DAY, HOUR } from '../support/clock.js';

/** Who acts: a buyer by its number, or the one dealer. */
export type Actor = number | 'DEALER';

export interface ModelVehicle {
  status: VehicleStatus;
  askingPrice: number;
}

export interface ModelOffer {
  id: string;
  amount: number;
  party: NegotiationParty;
  status: OfferStatus;
}

export interface ModelNegotiation {
  id: string;
  buyer: number;
  vehicle: ModelVehicle;
  status: NegotiationStatus;
  turn: NegotiationParty | null;
  endReason: NegotiationEndReason | null;
  lapsedBy: NegotiationParty | null;
  expiresAt: number | null;
  holdExpiresAt: number | null;
  agreedPrice: number | null;
  lastSequence: number;
  offers: ModelOffer[];
  displacedBy: ModelNegotiation | null;
  forgiven: boolean;
}

const LIFETIME = 48 * HOUR;
const HOLD = 7 * DAY;
const OFFERS_PER_VEHICLE = 5;

/**
 * The marketplace as its rules are told to people, written a second time and without a look at the first: what each
 * action answers, what it changes, and whom it tells. An action that is refused changes nothing.
 */
export class MarketModel {
  readonly negotiations: ModelNegotiation[] = [];
  /** How many notifications each has got. */
  readonly told = new Map<Actor, number>();

  constructor(
    public now: number,
    readonly vehicles: ModelVehicle[],
  ) {}

  start(buyer: number, vehicle: ModelVehicle, amount: number): string {
    const mine = this.on(vehicle).find((n) => n.buyer === buyer && this.isLive(n));
    if (mine) return 'ALREADY_NEGOTIATING';
    const released = this.on(vehicle).find((n) => n.status === 'ACCEPTED' && !this.isLive(n));
    if (vehicle.status !== 'ACTIVE' && !released) return 'VEHICLE_UNAVAILABLE';
    if (this.spent(buyer, vehicle, released) >= OFFERS_PER_VEHICLE) return 'OFFER_LIMIT_REACHED';
    const { low, high } = this.bounds('BUYER', vehicle, null);
    if (amount < low || amount > high) return 'OFFER_OUT_OF_BOUNDS';

    if (released) this.fallThrough(released, null, 'HOLD_LAPSED');
    for (const lapsed of this.on(vehicle))
      if (lapsed.buyer === buyer && lapsed.status === 'ACTIVE') this.lapse(lapsed);
    const negotiation: ModelNegotiation = {
      id: '',
      buyer,
      vehicle,
      status: 'ACTIVE',
      turn: null,
      endReason: null,
      lapsedBy: null,
      expiresAt: null,
      holdExpiresAt: null,
      agreedPrice: null,
      lastSequence: 0,
      offers: [],
      displacedBy: null,
      forgiven: false,
    };
    this.negotiations.push(negotiation);
    this.put(negotiation, 'BUYER', amount);
    return 'OK';
  }

  submit(actor: Actor, negotiation: ModelNegotiation, amount: number, expected: number | null): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    const standing = this.standing(negotiation);
    if (standing === 'ACTIVE' && expected !== null && expected !== negotiation.lastSequence)
      return 'CONFLICT';
    const refusal = this.tooLate(standing, 'ACTIVE');
    if (refusal) return refusal;
    if (negotiation.turn !== party) return 'NOT_YOUR_TURN';
    if (party === 'BUYER' && this.spent(negotiation.buyer, negotiation.vehicle) >= OFFERS_PER_VEHICLE)
      return 'OFFER_LIMIT_REACHED';
    const { low, high } = this.bounds(party, negotiation.vehicle, negotiation);
    if (amount < low || amount > high) return 'OFFER_OUT_OF_BOUNDS';

    this.newest(negotiation).status = 'COUNTERED';
    this.put(negotiation, party, amount);
    return 'OK';
  }

  accept(actor: Actor, negotiation: ModelNegotiation, offerId: string): string {
    const party = this.partyOf(actor, negotiation);
    if (!party || !negotiation.offers.some((offer) => offer.id === offerId)) return 'NOT_FOUND';
    const standing = this.standing(negotiation);
    const offer = this.newest(negotiation);
    if (standing === 'ACTIVE' && offer.id !== offerId) return 'CONFLICT';
    const refusal = this.tooLate(standing, 'ACTIVE');
    if (refusal) return refusal;
    if (negotiation.turn !== party) return 'NOT_YOUR_TURN';

    offer.status = 'ACCEPTED';
    Object.assign(negotiation, {
      status: 'ACCEPTED',
      turn: null,
      expiresAt: null,
      agreedPrice: offer.amount,
      holdExpiresAt: this.now + HOLD,
      lastSequence: negotiation.lastSequence + 1,
    });
    negotiation.vehicle.status = 'PENDING';
    this.tell(party === 'BUYER' ? 'DEALER' : negotiation.buyer);
    this.closeOpen(negotiation.vehicle, negotiation);
    return 'OK';
  }

  reject(actor: Actor, negotiation: ModelNegotiation, reason: NegotiationEndReason): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    if (party === 'BUYER') return 'FORBIDDEN';
    const refusal = this.tooLate(this.standing(negotiation), 'ACTIVE');
    if (refusal) return refusal;
    if (negotiation.turn !== 'DEALER') return 'NOT_YOUR_TURN';
    this.end(negotiation, 'REJECTED', 'REJECTED', reason);
    this.tell(negotiation.buyer);
    return 'OK';
  }

  cancel(actor: Actor, negotiation: ModelNegotiation, reason: NegotiationEndReason): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    if (party === 'DEALER') return 'FORBIDDEN';
    const refusal = this.tooLate(this.standing(negotiation), 'ACTIVE');
    if (refusal) return refusal;
    const own = this.newest(negotiation).party === 'BUYER';
    this.end(negotiation, 'CANCELLED', own ? 'WITHDRAWN' : 'CLOSED', reason);
    this.tell('DEALER');
    return 'OK';
  }

  complete(actor: Actor, negotiation: ModelNegotiation): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    if (party === 'BUYER') return 'FORBIDDEN';
    const refusal = this.tooLate(this.standing(negotiation), 'ACCEPTED');
    if (refusal) return refusal;
    Object.assign(negotiation, { status: 'COMPLETED', holdExpiresAt: null });
    negotiation.lastSequence += 1;
    negotiation.vehicle.status = 'SOLD';
    this.tell(negotiation.buyer);
    return 'OK';
  }

  cancelSale(actor: Actor, negotiation: ModelNegotiation, reason: NegotiationEndReason): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    const refusal = this.tooLate(this.standing(negotiation), 'ACCEPTED');
    if (refusal) return refusal;
    this.fallThrough(negotiation, party, reason);
    return 'OK';
  }

  archive(vehicle: ModelVehicle): string {
    if (vehicle.status === 'PENDING' || vehicle.status === 'SOLD') return 'CONFLICT';
    if (vehicle.status === 'ACTIVE') this.closeOpen(vehicle, null);
    vehicle.status = 'ARCHIVED';
    return 'OK';
  }

  publish(vehicle: ModelVehicle): string {
    if (vehicle.status === 'PENDING' || vehicle.status === 'SOLD') return 'CONFLICT';
    vehicle.status = 'ACTIVE';
    return 'OK';
  }

  reprice(vehicle: ModelVehicle, askingPrice: number): string {
    if (vehicle.status !== 'ACTIVE' && vehicle.askingPrice !== askingPrice) return 'VEHICLE_UNAVAILABLE';
    if (vehicle.status === 'SOLD' || vehicle.status === 'ARCHIVED') return 'VEHICLE_UNAVAILABLE';
    vehicle.askingPrice = askingPrice;
    return 'OK';
  }

  sweep(): { lapsed: number; released: number } {
    const dead = this.negotiations.filter((n) => !this.isLive(n));
    const lapsed = dead.filter((n) => n.status === 'ACTIVE');
    const released = dead.filter((n) => n.status === 'ACCEPTED');
    for (const negotiation of lapsed) this.lapse(negotiation);
    for (const negotiation of released) this.fallThrough(negotiation, null, 'HOLD_LAPSED');
    return { lapsed: lapsed.length, released: released.length };
  }

  /** What everybody is told of its state, whatever has been written down. */
  standing({ status, expiresAt, holdExpiresAt }: ModelNegotiation): NegotiationStatus {
    if (status === 'ACTIVE' && this.now >= (expiresAt as number)) return 'EXPIRED';
    if (status === 'ACCEPTED' && this.now >= (holdExpiresAt as number)) return 'FELL_THROUGH';
    return status;
  }

  /** Open, or agreed on and held. */
  isLive(negotiation: ModelNegotiation): boolean {
    const standing = this.standing(negotiation);
    return standing === 'ACTIVE' || standing === 'ACCEPTED';
  }

  partyOf(actor: Actor, negotiation: ModelNegotiation): NegotiationParty | null {
    if (actor === 'DEALER') return 'DEALER';
    return actor === negotiation.buyer ? 'BUYER' : null;
  }

  /** The least and the most that a side may put forward; in a new negotiation where there is none yet. */
  bounds(party: NegotiationParty, { askingPrice }: ModelVehicle, negotiation: ModelNegotiation | null) {
    const lastOf = (side: NegotiationParty) => negotiation?.offers.findLast((o) => o.party === side)?.amount;
    const [buyer, dealer] = [lastOf('BUYER'), lastOf('DEALER')];
    const high = dealer === undefined ? askingPrice : Math.min(askingPrice, dealer - 1);
    if (party === 'DEALER') return { low: (buyer as number) + 1, high };
    return { low: buyer === undefined ? Math.ceil(askingPrice / 2) : buyer + 1, high };
  }

  /** A buyer's offers on a vehicle that count; `released` is an agreement that is about to fall through. */
  spent(buyer: number, vehicle: ModelVehicle, released?: ModelNegotiation): number {
    const counted = this.on(vehicle).filter(
      (n) => n.buyer === buyer && !n.forgiven && !(released && n.displacedBy === released),
    );
    return counted.flatMap((n) => n.offers).filter((offer) => offer.party === 'BUYER').length;
  }

  newest(negotiation: ModelNegotiation): ModelOffer {
    return negotiation.offers.at(-1) as ModelOffer;
  }

  private on(vehicle: ModelVehicle): ModelNegotiation[] {
    return this.negotiations.filter((n) => n.vehicle === vehicle);
  }

  private tooLate(standing: NegotiationStatus, wanted: NegotiationStatus): string | null {
    if (standing === wanted) return null;
    if (standing === 'EXPIRED') return 'OFFER_EXPIRED';
    return standing === 'ACTIVE' ? 'CONFLICT' : 'NEGOTIATION_ENDED';
  }

  private put(negotiation: ModelNegotiation, party: NegotiationParty, amount: number): void {
    negotiation.offers.push({ id: '', amount, party, status: 'PENDING' });
    negotiation.turn = party === 'BUYER' ? 'DEALER' : 'BUYER';
    negotiation.expiresAt = this.now + LIFETIME;
    negotiation.lastSequence += 1;
    this.tell(party === 'BUYER' ? 'DEALER' : negotiation.buyer);
  }

  private end(
    negotiation: ModelNegotiation,
    status: NegotiationStatus,
    offerStatus: OfferStatus,
    endReason: NegotiationEndReason,
  ): void {
    this.newest(negotiation).status = offerStatus;
    if (status === 'EXPIRED') negotiation.lapsedBy = negotiation.turn;
    Object.assign(negotiation, { status, endReason, turn: null, expiresAt: null });
    negotiation.lastSequence += 1;
  }

  private lapse(negotiation: ModelNegotiation): void {
    this.end(negotiation, 'EXPIRED', 'EXPIRED', 'LAPSED');
    this.tell(negotiation.buyer);
    this.tell('DEALER');
  }

  private closeOpen(vehicle: ModelVehicle, winner: ModelNegotiation | null): void {
    for (const rival of this.on(vehicle)) {
      if (rival === winner || rival.status !== 'ACTIVE') continue;
      if (this.isLive(rival)) {
        this.end(rival, 'CLOSED', 'CLOSED', winner ? 'SOLD_TO_ANOTHER' : 'VEHICLE_UNAVAILABLE');
        rival.displacedBy = winner;
        this.tell(rival.buyer);
      } else {
        this.lapse(rival);
      }
    }
  }

  private fallThrough(
    negotiation: ModelNegotiation,
    by: NegotiationParty | null,
    endReason: NegotiationEndReason,
  ): void {
    Object.assign(negotiation, { status: 'FELL_THROUGH', endReason, holdExpiresAt: null });
    negotiation.lastSequence += 1;
    negotiation.vehicle.status = 'ACTIVE';
    if (by !== 'BUYER') this.tell(negotiation.buyer);
    if (by !== 'DEALER') this.tell('DEALER');
    for (const displaced of this.negotiations.filter((n) => n.displacedBy === negotiation)) {
      displaced.forgiven = true;
      this.tell(displaced.buyer);
    }
  }

  private tell(actor: Actor): void {
    this.told.set(actor, (this.told.get(actor) ?? 0) + 1);
  }
}

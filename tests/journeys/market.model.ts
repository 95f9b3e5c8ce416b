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
  autoAcceptAt: number | null;
  autoDeclineBelow: number | null;
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
  /** Who wrote each entry of its log; null: the system. */
  log: Array<NegotiationParty | null>;
  /** How far each side has read it. */
  read: Record<NegotiationParty, number>;
  warnAt: number | null;
  offers: ModelOffer[];
  displacedBy: ModelNegotiation | null;
  forgiven: boolean;
}

const LIFETIME = 48 * HOUR;
const HOLD = 7 * DAY;
const INVITATION_LIFETIME = 96 * HOUR;
const WARNING = 6 * HOUR;
/** Fewer than by default, so that people come to the end of them. */
export const OFFERS_PER_VEHICLE = 3;

/**
 * The marketplace as its rules are told to people, written a second time and without a look at the first: what each
 * action answers, what it changes, and whom it tells. An action that is refused changes nothing.
 */
export class MarketModel {
  readonly negotiations: ModelNegotiation[] = [];
  /** Who has saved which vehicle. */
  readonly saved = new Map<ModelVehicle, Set<number>>();
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
    const negotiation = this.open(buyer, vehicle);
    this.put(negotiation, 'BUYER', amount);
    this.answerByRule(negotiation);
    return 'OK';
  }

  /** The dealer's offer to each who has saved it and has nothing open. Whom it reached, in the order of their saving. */
  invite(vehicle: ModelVehicle, amount: number): { code: string; opened: ModelNegotiation[] } {
    const released = this.on(vehicle).find((n) => n.status === 'ACCEPTED' && !this.isLive(n));
    if (vehicle.status !== 'ACTIVE' && !released) return { code: 'VEHICLE_UNAVAILABLE', opened: [] };
    if (amount < 1 || amount > this.highestInvitation(vehicle))
      return { code: 'OFFER_OUT_OF_BOUNDS', opened: [] };
    if (released) this.fallThrough(released, null, 'HOLD_LAPSED');
    const opened: ModelNegotiation[] = [];
    for (const buyer of this.saved.get(vehicle) ?? []) {
      const mine = this.on(vehicle).filter((n) => n.buyer === buyer && n.status === 'ACTIVE');
      if (mine.some((n) => this.isLive(n))) continue;
      for (const lapsed of mine) this.lapse(lapsed);
      const negotiation = this.open(buyer, vehicle);
      this.put(negotiation, 'DEALER', amount, INVITATION_LIFETIME);
      opened.push(negotiation);
    }
    return { code: 'OK', opened };
  }

  highestInvitation({ askingPrice }: ModelVehicle): number {
    return Math.floor(askingPrice * 0.95);
  }

  save(buyer: number, vehicle: ModelVehicle): string {
    const savers = this.saved.get(vehicle) ?? new Set();
    if (vehicle.status === 'ARCHIVED') return 'NOT_FOUND';
    this.saved.set(vehicle, savers.add(buyer));
    return 'OK';
  }

  unsave(buyer: number, vehicle: ModelVehicle): string {
    const had = this.saved.get(vehicle)?.delete(buyer) ?? false;
    return had || vehicle.status !== 'ARCHIVED' ? 'OK' : 'NOT_FOUND';
  }

  message(actor: Actor, negotiation: ModelNegotiation): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    const standing = this.standing(negotiation);
    if (standing === 'EXPIRED') return 'OFFER_EXPIRED';
    if (standing !== 'ACTIVE' && standing !== 'ACCEPTED') return 'NEGOTIATION_ENDED';
    this.append(negotiation, party);
    this.tell(party === 'BUYER' ? 'DEALER' : negotiation.buyer);
    return 'OK';
  }

  markRead(actor: Actor, negotiation: ModelNegotiation, sequence: number): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    if (sequence < 0 || sequence > negotiation.lastSequence) return 'BAD_USER_INPUT';
    negotiation.read[party] = Math.max(sequence, negotiation.read[party]);
    return 'OK';
  }

  /** How many entries of others a side has not read. */
  unread({ log, read }: ModelNegotiation, party: NegotiationParty): number {
    return log.filter((by, index) => index >= read[party] && by !== party).length;
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
    if (party === 'BUYER') this.answerByRule(negotiation);
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

    this.agree(negotiation, party);
    return 'OK';
  }

  reject(actor: Actor, negotiation: ModelNegotiation, reason: NegotiationEndReason): string {
    const party = this.partyOf(actor, negotiation);
    if (!party) return 'NOT_FOUND';
    if (party === 'BUYER') return 'FORBIDDEN';
    const refusal = this.tooLate(this.standing(negotiation), 'ACTIVE');
    if (refusal) return refusal;
    if (negotiation.turn !== 'DEALER') return 'NOT_YOUR_TURN';
    this.end(negotiation, 'REJECTED', 'REJECTED', reason, party);
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
    this.end(negotiation, 'CANCELLED', own ? 'WITHDRAWN' : 'CLOSED', reason, party);
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
    this.append(negotiation, party);
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

  /** What is left out stays. */
  change(
    vehicle: ModelVehicle,
    change: Partial<Pick<ModelVehicle, 'askingPrice' | 'autoAcceptAt' | 'autoDeclineBelow'>>,
  ): string {
    const { status } = vehicle;
    if (status === 'SOLD' || status === 'ARCHIVED') return 'VEHICLE_UNAVAILABLE';
    const { askingPrice, autoAcceptAt, autoDeclineBelow } = { ...vehicle, ...change };
    if (status !== 'ACTIVE' && vehicle.askingPrice !== askingPrice) return 'VEHICLE_UNAVAILABLE';
    if ((autoAcceptAt ?? 0) > askingPrice || (autoDeclineBelow ?? 0) > askingPrice) return 'BAD_USER_INPUT';
    if (autoAcceptAt !== null && autoDeclineBelow !== null && autoDeclineBelow >= autoAcceptAt)
      return 'BAD_USER_INPUT';
    Object.assign(vehicle, change);
    return 'OK';
  }

  sweep(): { lapsed: number; released: number; warned: number } {
    const dead = this.negotiations.filter((n) => !this.isLive(n));
    const lapsed = dead.filter((n) => n.status === 'ACTIVE');
    const released = dead.filter((n) => n.status === 'ACCEPTED');
    for (const negotiation of lapsed) this.lapse(negotiation);
    for (const negotiation of released) this.fallThrough(negotiation, null, 'HOLD_LAPSED');
    const warned = this.negotiations.filter((n) => n.warnAt !== null && this.now >= n.warnAt);
    for (const negotiation of warned) {
      negotiation.warnAt = null;
      this.tell(negotiation.turn === 'BUYER' ? negotiation.buyer : 'DEALER');
    }
    return { lapsed: lapsed.length, released: released.length, warned: warned.length };
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
    if (party === 'DEALER') return { low: (buyer ?? 0) + 1, high };
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

  private open(buyer: number, vehicle: ModelVehicle): ModelNegotiation {
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
      log: [],
      read: { BUYER: 0, DEALER: 0 },
      warnAt: null,
      offers: [],
      displacedBy: null,
      forgiven: false,
    };
    this.negotiations.push(negotiation);
    return negotiation;
  }

  private append(negotiation: ModelNegotiation, party: NegotiationParty | null): void {
    negotiation.lastSequence += 1;
    negotiation.log.push(party);
  }

  private put(negotiation: ModelNegotiation, party: NegotiationParty, amount: number, ms = LIFETIME): void {
    negotiation.offers.push({ id: '', amount, party, status: 'PENDING' });
    negotiation.turn = party === 'BUYER' ? 'DEALER' : 'BUYER';
    negotiation.expiresAt = this.now + ms;
    negotiation.warnAt = this.now + ms - WARNING;
    this.append(negotiation, party);
    this.tell(party === 'BUYER' ? 'DEALER' : negotiation.buyer);
  }

  /** In the moment in which a buyer's offer is made, as the dealer would; of an acceptance the dealer is told too. */
  private answerByRule(negotiation: ModelNegotiation): void {
    const { autoAcceptAt, autoDeclineBelow } = negotiation.vehicle;
    const { amount } = this.newest(negotiation);
    if (autoAcceptAt !== null && amount >= autoAcceptAt) {
      this.agree(negotiation, 'DEALER');
      this.tell('DEALER');
    } else if (autoDeclineBelow !== null && amount < autoDeclineBelow) {
      this.end(negotiation, 'REJECTED', 'REJECTED', 'OFFER_TOO_LOW', 'DEALER');
      this.tell(negotiation.buyer);
    }
  }

  private agree(negotiation: ModelNegotiation, party: NegotiationParty): void {
    const offer = this.newest(negotiation);
    offer.status = 'ACCEPTED';
    Object.assign(negotiation, {
      status: 'ACCEPTED',
      turn: null,
      expiresAt: null,
      warnAt: null,
      agreedPrice: offer.amount,
      holdExpiresAt: this.now + HOLD,
    });
    this.append(negotiation, party);
    negotiation.vehicle.status = 'PENDING';
    this.tell(party === 'BUYER' ? 'DEALER' : negotiation.buyer);
    this.closeOpen(negotiation.vehicle, negotiation);
  }

  private end(
    negotiation: ModelNegotiation,
    status: NegotiationStatus,
    offerStatus: OfferStatus,
    endReason: NegotiationEndReason,
    party: NegotiationParty | null = null,
  ): void {
    this.newest(negotiation).status = offerStatus;
    if (status === 'EXPIRED') negotiation.lapsedBy = negotiation.turn;
    Object.assign(negotiation, { status, endReason, turn: null, expiresAt: null, warnAt: null });
    this.append(negotiation, party);
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
    this.append(negotiation, by);
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

import { type Opt, type Ref, Reference, ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType } from 'type-graphql';
import { BaseEntity, CentsType, InstantType } from '../../kernel/base.entity.js';
import { type Cents, MoneyScalar } from '../../kernel/money.js';
import { DateTimeScalar } from '../../kernel/scalars.js';
import { User } from '../accounts/index.js';
import { Dealer } from '../dealers/index.js';
import { Vehicle } from '../vehicles/index.js';
import {
  type NegotiationEndReason,
  NegotiationEventKind,
  NegotiationParty,
  type NegotiationStatus,
  type OfferResolver,
  type OfferStatus,
} from './negotiation.enums.js';

/** Where no clock runs any more: behind every clock that does. */
export const NO_CLOCK = new Date(Date.UTC(9999, 11, 31));

/** How an ending is written down, on the negotiation and on the offer that stood. */
export interface Ending {
  readonly status: Exclude<NegotiationStatus, 'ACTIVE'>;
  readonly offerStatus: Exclude<OfferStatus, 'PENDING' | 'COUNTERED'>;
  readonly resolvedBy: OfferResolver;
  readonly reason: NegotiationEndReason | null;
}

/**
 * A buyer and a dealer on one vehicle. The row is its stream's head: `lastSequence` is taken under its lock, so that
 * the log has no holes and commits in order. Offers and events lie in this file because they name each other.
 */
@Entity({ tableName: 'negotiations' })
@Unique({
  name: 'negotiations_one_active_unique',
  properties: ['buyer', 'vehicle'],
  where: "status = 'ACTIVE'",
})
@Unique({
  name: 'negotiations_one_sale_unique',
  properties: ['vehicle'],
  where: "status in ('ACCEPTED', 'COMPLETED')",
})
@Index({ name: 'negotiations_vehicle_index', properties: ['vehicle', 'buyer'] })
@Index({ name: 'negotiations_buyer_updated_index', properties: ['buyer', 'updatedAt', 'id'] })
@Index({ name: 'negotiations_buyer_created_index', properties: ['buyer', 'createdAt', 'id'] })
@Index({ name: 'negotiations_dealer_updated_index', properties: ['dealer', 'updatedAt', 'id'] })
@Index({ name: 'negotiations_dealer_created_index', properties: ['dealer', 'createdAt', 'id'] })
@Index({ name: 'negotiations_buyer_due_index', properties: ['buyer', 'dueAt', 'id'] })
@Index({ name: 'negotiations_dealer_due_index', properties: ['dealer', 'dueAt', 'id'] })
@Index({ name: 'negotiations_lapse_index', properties: ['expiresAt'], where: "status = 'ACTIVE'" })
@Index({ name: 'negotiations_hold_index', properties: ['holdExpiresAt'], where: "status = 'ACCEPTED'" })
@Index({ name: 'negotiations_warn_index', properties: ['warnAt'], where: 'warn_at is not null' })
@Index({
  name: 'negotiations_agreed_index',
  properties: ['agreedAt', 'dealer', 'agreedPrice'],
  where: 'agreed_at is not null',
})
@ObjectType({ description: "A buyer's and a dealer's search for a price for one vehicle." })
export class Negotiation extends BaseEntity {
  @ManyToOne(() => Vehicle, { ref: true })
  vehicle!: Ref<Vehicle>;

  @ManyToOne(() => User, { ref: true })
  buyer!: Ref<User>;

  @ManyToOne(() => Dealer, { ref: true })
  dealer!: Ref<Dealer>;

  @Property({ type: 'string', length: 20 })
  status: NegotiationStatus & Opt = 'ACTIVE';

  @Property({ type: 'string', length: 10, nullable: true })
  turn: NegotiationParty | null = null;

  /** The newest offer; the pending one while ACTIVE. */
  @ManyToOne(() => Offer, { ref: true, nullable: true })
  currentOffer: Ref<Offer> | null = null;

  @Property({ type: CentsType, nullable: true })
  @Field(() => MoneyScalar, { nullable: true, description: 'The price agreed on, once one is.' })
  agreedPrice: Cents | null = null;

  @Property({ type: 'string', length: 30, nullable: true })
  endReason: NegotiationEndReason | null = null;

  @Property({ type: 'string', length: 10, nullable: true })
  lapsedBy: NegotiationParty | null = null;

  @Property({ type: InstantType, nullable: true })
  expiresAt: Date | null = null;

  @Property({ type: InstantType, nullable: true })
  holdExpiresAt: Date | null = null;

  /** Sorts by urgency: when the running clock ends, or `NO_CLOCK`. Never null, so that a cursor can hold it. */
  @Property({ type: InstantType })
  dueAt!: Date;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Last number of its log: subscribe with `after` this and miss nothing.' })
  lastSequence: number & Opt = 0;

  /** When it was agreed on, once it was; it stays when the agreement falls through. */
  @Property({ type: InstantType, nullable: true })
  agreedAt: Date | null = null;

  /** When it ended, with or without a sale; null while it is open or held. */
  @Property({ type: InstantType, nullable: true })
  endedAt: Date | null = null;

  /** When who has the turn is to be warned that the standing offer lapses; null once it was, or where it is not to be. */
  @Property({ type: InstantType, nullable: true })
  warnAt: Date | null = null;

  /** How far each side has read its log, and how many entries after that are not its own. */
  @Property({ type: 'integer', default: 0 })
  @Field(() => Int, {
    description: 'The last entry that the buyer has said to have read; 0 before the first.',
  })
  buyerReadSequence: number & Opt = 0;

  @Property({ type: 'integer', default: 0 })
  @Field(() => Int, {
    description: 'The last entry that the dealer has said to have read; 0 before the first.',
  })
  dealerReadSequence: number & Opt = 0;

  @Property({ type: 'integer', default: 0 })
  buyerUnread: number & Opt = 0;

  @Property({ type: 'integer', default: 0 })
  dealerUnread: number & Opt = 0;

  /** How many offers each side has made in it; the buyer's are counted against its limit. */
  @Property({ type: 'integer' })
  buyerOfferCount: number & Opt = 0;

  @Property({ type: 'integer', default: 0 })
  dealerOfferCount: number & Opt = 0;

  /** The buyer's last amount and the dealer's last: the bounds of what comes next. */
  @Property({ type: CentsType, nullable: true })
  buyerAmount: Cents | null = null;

  @Property({ type: CentsType, nullable: true })
  dealerAmount: Cents | null = null;

  /** The agreement in favour of which this one was closed. */
  @Property({ type: 'uuid', nullable: true })
  displacedBy: string | null = null;

  /** Its offers were given back to the buyer: the sale that displaced it fell through. */
  @Property({ type: 'boolean' })
  offersForgiven: boolean & Opt = false;

  @Field(() => DateTimeScalar, { description: 'When something last happened in it.' })
  override updatedAt: Date & Opt = new Date();

  static between(vehicle: Vehicle, buyerId: string, now: Date): Negotiation {
    const negotiation = new Negotiation();
    negotiation.vehicle = ref(vehicle);
    negotiation.dealer = vehicle.dealer;
    negotiation.buyer = Reference.createFromPK(User, buyerId);
    negotiation.createdAt = now;
    negotiation.updatedAt = now;
    negotiation.dueAt = NO_CLOCK;
    return negotiation;
  }

  /** Open and not lapsed: expiry is a fact of the clock, whether or not it has been written down. */
  isOpen(now: Date): boolean {
    return this.status === 'ACTIVE' && !this.hasLapsed(now);
  }

  hasLapsed(now: Date): boolean {
    return this.status === 'ACTIVE' && this.expiresAt !== null && now >= this.expiresAt;
  }

  holdHasLapsed(now: Date): boolean {
    return this.status === 'ACCEPTED' && this.holdExpiresAt !== null && now >= this.holdExpiresAt;
  }

  /** Makes `offer` the standing one: the turn passes, and a new clock starts. Null: too short for a warning. */
  put(offer: Offer, warnAt: Date | null, now: Date): void {
    this.currentOffer = ref(offer);
    this.warnAt = warnAt;
    this.turn = offer.party === 'BUYER' ? 'DEALER' : 'BUYER';
    this.expiresAt = offer.expiresAt;
    this.dueAt = offer.expiresAt;
    if (offer.party === 'BUYER') {
      this.buyerAmount = offer.amount;
      this.buyerOfferCount += 1;
    } else {
      this.dealerAmount = offer.amount;
      this.dealerOfferCount += 1;
    }
    this.touch(now);
  }

  /** The standing offer becomes the price, and the vehicle is held until `holdExpiresAt`. */
  agree(offer: Offer, by: 'USER' | 'RULE', holdExpiresAt: Date, now: Date): void {
    offer.answer('ACCEPTED', by, now);
    this.status = 'ACCEPTED';
    this.turn = null;
    this.expiresAt = null;
    this.warnAt = null;
    this.agreedAt = now;
    this.agreedPrice = offer.amount;
    this.holdExpiresAt = holdExpiresAt;
    this.dueAt = holdExpiresAt;
    this.touch(now);
  }

  /** Ends it while ACTIVE; the standing offer ends with it. */
  end(ending: Ending, offer: Offer, now: Date): void {
    offer.answer(ending.offerStatus, ending.resolvedBy, now);
    if (ending.status === 'EXPIRED') this.lapsedBy = this.turn;
    this.status = ending.status;
    this.endReason = ending.reason;
    this.turn = null;
    this.expiresAt = null;
    this.warnAt = null;
    this.endedAt = now;
    this.dueAt = NO_CLOCK;
    this.touch(now);
  }

  /** Nobody is warned of the same offer twice. Nothing has happened in it by that. */
  warned(): void {
    this.warnAt = null;
  }

  complete(now: Date): void {
    this.status = 'COMPLETED';
    this.endedAt = now;
    this.holdExpiresAt = null;
    this.dueAt = NO_CLOCK;
    this.touch(now);
  }

  fallThrough(reason: NegotiationEndReason, now: Date): void {
    this.status = 'FELL_THROUGH';
    this.endReason = reason;
    this.endedAt = now;
    this.holdExpiresAt = null;
    this.dueAt = NO_CLOCK;
    this.touch(now);
  }

  /** Closed because the vehicle went to the buyer of another negotiation. */
  displace(winner: Negotiation): void {
    this.displacedBy = winner.id;
  }

  forgiveOffers(now: Date): void {
    this.offersForgiven = true;
    this.touch(now);
  }

  readSequenceOf(party: NegotiationParty): number {
    return party === 'BUYER' ? this.buyerReadSequence : this.dealerReadSequence;
  }

  /** A side has read so far, which is further than before. That is no news: `updatedAt` stays. */
  read(party: NegotiationParty, sequence: number, unread: number): void {
    if (party === 'BUYER') {
      this.buyerReadSequence = sequence;
      this.buyerUnread = unread;
    } else {
      this.dealerReadSequence = sequence;
      this.dealerUnread = unread;
    }
  }

  /** The next entry of its log. The caller holds the row's lock. */
  append(
    entry: Pick<NegotiationEvent, 'kind' | 'party'> & { offer?: Offer | null; message?: string | null },
    now: Date,
  ) {
    this.lastSequence += 1;
    this.touch(now);
    if (entry.party !== 'BUYER') this.buyerUnread += 1;
    if (entry.party !== 'DEALER') this.dealerUnread += 1;
    const event = new NegotiationEvent();
    event.negotiation = ref(this);
    event.sequence = this.lastSequence;
    event.kind = entry.kind;
    event.party = entry.party;
    event.offer = entry.offer ? ref(entry.offer) : null;
    event.message = entry.message ?? null;
    event.createdAt = now;
    event.updatedAt = now;
    return event;
  }
}

export interface NewOffer {
  readonly amount: Cents;
  /** What was asked for the vehicle at that moment. */
  readonly askingPrice: Cents;
  readonly party: NegotiationParty;
  readonly message: string | null;
  readonly expiresAt: Date;
}

/** A price put to the other side. */
@Entity({ tableName: 'offers' })
@Unique({ name: 'offers_one_pending_unique', properties: ['negotiation'], where: "status = 'PENDING'" })
@Index({ name: 'offers_negotiation_index', properties: ['negotiation', 'createdAt', 'id'] })
@Index({
  name: 'offers_pending_index',
  properties: ['dealer', 'expiresAt', 'id'],
  where: "status = 'PENDING' and party = 'BUYER'",
})
@Index({ name: 'offers_dealer_index', properties: ['dealer', 'createdAt', 'id'], where: "party = 'BUYER'" })
@Index({ name: 'offers_day_index', properties: ['createdAt', 'dealer'], where: "party = 'BUYER'" })
@Index({
  name: 'offers_answered_index',
  properties: ['dealer', 'respondedAt'],
  where: "party = 'BUYER' and resolved_by = 'USER'",
})
@ObjectType({ description: 'A price put to the other side.' })
export class Offer extends BaseEntity {
  @ManyToOne(() => Negotiation, { ref: true, deleteRule: 'cascade' })
  negotiation!: Ref<Negotiation>;

  /** The negotiation's dealer, again: the list of offers that wait for a dealer is sorted by an index over this row. */
  @ManyToOne(() => Dealer, { ref: true })
  dealer!: Ref<Dealer>;

  @Property({ type: CentsType })
  @Field(() => MoneyScalar, { description: 'The price.' })
  amount!: Cents;

  /** What was asked for the vehicle when it was made: prices of other cars and other days are compared as shares of it. */
  @Property({ type: CentsType, default: 0 })
  askingPrice!: Cents;

  @Property({ type: 'string', length: 10 })
  @Field(() => NegotiationParty, { description: 'Who made it.' })
  party!: NegotiationParty;

  @Property({ type: 'text', nullable: true })
  @Field(() => String, {
    nullable: true,
    description:
      'A word that came with it, 2,000 characters at most. It stays when its author deletes the account.',
  })
  message: string | null = null;

  @Property({ type: 'string', length: 10 })
  status: OfferStatus & Opt = 'PENDING';

  @Property({ type: 'string', length: 10, nullable: true })
  resolvedBy: OfferResolver | null = null;

  @Property({ type: InstantType })
  @Field(() => DateTimeScalar, { description: 'From this moment on it can no longer be accepted.' })
  expiresAt!: Date;

  @Property({ type: InstantType, nullable: true })
  respondedAt: Date | null = null;

  static of(
    negotiation: Negotiation,
    { amount, askingPrice, party, message, expiresAt }: NewOffer,
    now: Date,
  ): Offer {
    const offer = new Offer();
    offer.negotiation = ref(negotiation);
    offer.dealer = negotiation.dealer;
    offer.amount = amount;
    offer.askingPrice = askingPrice;
    offer.party = party;
    offer.message = message;
    offer.expiresAt = expiresAt;
    offer.createdAt = now;
    offer.updatedAt = now;
    return offer;
  }

  answer(status: Exclude<OfferStatus, 'PENDING'>, by: OfferResolver, at: Date): void {
    this.status = status;
    this.resolvedBy = by;
    // What time has answered was answered at its time, whenever that is written down.
    this.respondedAt = status === 'EXPIRED' ? this.expiresAt : at;
    this.touch(at);
  }
}

/** One entry of a negotiation's append-only log: outbox, audit trail, timeline and replay buffer at once. */
@Entity({ tableName: 'negotiation_events' })
@Unique({ name: 'negotiation_events_sequence_unique', properties: ['negotiation', 'sequence'] })
@ObjectType({ description: "One entry of a negotiation's append-only log." })
export class NegotiationEvent extends BaseEntity {
  @ManyToOne(() => Negotiation, { ref: true, deleteRule: 'cascade' })
  negotiation!: Ref<Negotiation>;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: 'Its number in the log: from 1, without holes.' })
  sequence!: number;

  @Property({ type: 'string', length: 30 })
  @Field(() => NegotiationEventKind, { description: 'What happened.' })
  kind!: NegotiationEventKind;

  @Property({ type: 'string', length: 10, nullable: true })
  @Field(() => NegotiationParty, { nullable: true, description: 'Who did it; null: the system.' })
  party: NegotiationParty | null = null;

  @ManyToOne(() => Offer, { ref: true, nullable: true })
  offer: Ref<Offer> | null = null;

  @Property({ type: 'text', nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'A word that came with it. It stays when its author deletes the account.',
  })
  message: string | null = null;
}

import type { Ref } from '@mikro-orm/core';
import { Entity, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BaseEntity, InstantType } from '../../kernel/base.entity.js';
import { enumOf } from '../../kernel/enums.js';
import { DateTimeScalar } from '../../kernel/scalars.js';
import { User } from '../accounts/index.js';
import { Negotiation, Offer } from '../negotiations/index.js';
import { Vehicle } from '../vehicles/index.js';

export const NotificationKind = enumOf(
  'OFFER_RECEIVED',
  'OFFER_COUNTERED',
  'OFFER_ACCEPTED',
  'NEGOTIATION_REJECTED',
  'NEGOTIATION_CANCELLED',
  'OFFER_EXPIRING',
  'NEGOTIATION_EXPIRED',
  'NEGOTIATION_CLOSED',
  'NEGOTIATION_COMPLETED',
  'DEAL_FELL_THROUGH',
  'MESSAGE_RECEIVED',
  'PRICE_DROP',
  'SAVED_SEARCH_MATCH',
  'DEALER_VERIFIED',
  'DEALER_REJECTED',
);
export type NotificationKind = keyof typeof NotificationKind;
registerEnumType(NotificationKind, {
  name: 'NotificationKind',
  description: 'What a notification is about.',
  valuesConfig: {
    OFFER_RECEIVED: { description: 'The other side opened a negotiation with an offer.' },
    OFFER_COUNTERED: { description: 'The other side made a counter-offer.' },
    OFFER_ACCEPTED: { description: 'The other side accepted the standing offer.' },
    NEGOTIATION_REJECTED: { description: 'The dealer said no.' },
    NEGOTIATION_CANCELLED: { description: 'The buyer withdrew.' },
    OFFER_EXPIRING: { description: 'An offer that waits for the reader lapses soon.' },
    NEGOTIATION_EXPIRED: { description: 'An offer was not answered in time.' },
    NEGOTIATION_CLOSED: { description: 'The vehicle went to another buyer or left the market.' },
    NEGOTIATION_COMPLETED: { description: 'The sale is done.' },
    DEAL_FELL_THROUGH: {
      description: 'An agreement came to nothing; a buyer whom it had displaced may start again.',
    },
    MESSAGE_RECEIVED: { description: 'The other side wrote.' },
    PRICE_DROP: { description: 'A vehicle that the reader has saved costs less.' },
    SAVED_SEARCH_MATCH: { description: 'A vehicle newly matches a saved search.' },
    DEALER_VERIFIED: { description: 'The dealership was verified.' },
    DEALER_REJECTED: { description: 'The dealership was turned down.' },
  },
});

/** One entry of a user's inbox, which is a stream as a negotiation's log is. */
@Entity({ tableName: 'notifications' })
@Unique({ name: 'notifications_sequence_unique', properties: ['user', 'sequence'] })
@Index({ name: 'notifications_unread_index', properties: ['user', 'sequence'], where: 'read_at is null' })
@ObjectType({ description: 'Something that a user should know.' })
export class Notification extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'integer' })
  @Field(() => Int, { description: "Its number in the user's inbox: from 1, without holes." })
  sequence!: number;

  @Property({ type: 'string', length: 30 })
  @Field(() => NotificationKind, { description: 'What it is about.' })
  kind!: NotificationKind;

  @Property({ type: 'string', length: 200 })
  @Field(() => String, { description: 'A headline.' })
  title!: string;

  /** Facts, in our words. */
  @Property({ type: 'text' })
  body!: string;

  /** What the other side wrote. It stands apart: not everybody who is told the facts is to be told this. */
  @Property({ type: 'text', nullable: true })
  quote: string | null = null;

  /** Of a message: its number in the negotiation's log. */
  @Property({ type: 'integer', nullable: true })
  logSequence: number | null = null;

  @Property({ type: InstantType, nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was read; null while it is unread.' })
  readAt: Date | null = null;

  @ManyToOne(() => Vehicle, { ref: true, nullable: true, deleteRule: 'set null' })
  vehicle: Ref<Vehicle> | null = null;

  @ManyToOne(() => Negotiation, { ref: true, nullable: true, deleteRule: 'set null' })
  negotiation: Ref<Negotiation> | null = null;

  @ManyToOne(() => Offer, { ref: true, nullable: true, deleteRule: 'set null' })
  offer: Ref<Offer> | null = null;

  markRead(at: Date): void {
    if (this.readAt) return;
    this.readAt = at;
    this.touch(at);
  }
}

/** The head of a user's inbox: the last number given out, taken under this row's lock. */
@Entity({ tableName: 'inboxes' })
export class Inbox {
  @PrimaryKey({ type: 'uuid' })
  userId!: string;

  @Property({ type: 'integer' })
  lastSequence!: number;
}

import { Field, ObjectType } from 'type-graphql';
import { connectionOf } from '../../kernel/connection.js';
import { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';

export const NegotiationConnection = connectionOf<object>(() => Negotiation, 'Negotiation').Connection;
export const OfferConnection = connectionOf<object>(() => Offer, 'Offer').Connection;
export const NegotiationEventConnection = connectionOf<object>(
  () => NegotiationEvent,
  'NegotiationEvent',
).Connection;

/** What a mutation leaves for its payload's fields to load: ids, and the number of the event it wrote. */
@ObjectType({ description: 'What an answer or an ending of a negotiation came to.', simpleResolvers: true })
export class NegotiationPayload {
  negotiationId!: string;
  offerId!: string | null;
  /** Null where it wrote none. */
  sequence!: number | null;

  @Field(() => String, { nullable: true, description: 'What the caller gave.' })
  clientMutationId!: string | null;
}

@ObjectType({ description: 'What an offer came to.', simpleResolvers: true })
export class OfferPayload {
  negotiationId!: string;
  offerId!: string | null;
  sequence!: number;

  @Field(() => String, { nullable: true, description: 'What the caller gave.' })
  clientMutationId!: string | null;
}

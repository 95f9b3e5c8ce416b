import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from '../../kernel/connection.js';
import { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
import { NegotiationParty } from './negotiation.enums.js';

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
  sequence!: number;

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

@ObjectType({ description: 'Whether the other side was told.', simpleResolvers: true })
export class SetTypingPayload {
  @Field(() => Boolean, { description: 'Always true; a refusal is an error.' })
  success!: boolean;
}

@ObjectType({ description: 'Who is writing at the moment. Never stored.', simpleResolvers: true })
export class TypingIndicator {
  @Field(() => ID, { description: 'The negotiation.' })
  negotiationId!: string;

  @Field(() => NegotiationParty, { description: 'Who.' })
  party!: NegotiationParty;

  @Field(() => Boolean, { description: 'Whether it has begun or left off.' })
  typing!: boolean;
}

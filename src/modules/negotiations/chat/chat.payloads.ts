import { Field, ID, Int, ObjectType } from 'type-graphql';
import { NegotiationParty } from '../negotiation.enums.js';

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

@ObjectType({ description: 'How far a side has read.', simpleResolvers: true })
export class ReadReceipt {
  @Field(() => ID, { description: 'The negotiation.' })
  negotiationId!: string;

  @Field(() => NegotiationParty, { description: 'Who has read.' })
  party!: NegotiationParty;

  @Field(() => Int, {
    description: 'The last entry of the log that it has said to have read; 0 before the first.',
  })
  sequence!: number;
}

import { Field, ID, InputType, Int } from 'type-graphql';
import { NEGOTIATION, ONCE } from '../negotiation.inputs.js';

@InputType({ description: 'Writes to the other side.' })
export class SendMessageInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => String, { description: 'What to say: 2,000 characters at most, and not blank.' })
  body!: string;

  @Field(() => String, { nullable: true, description: ONCE })
  clientMutationId?: string | null;
}

@InputType({ description: 'Says how far one has read.' })
export class MarkNegotiationReadInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => Int, {
    description:
      'The number of the last entry that was shown: 0 to `lastSequence`. An older one changes nothing.',
  })
  sequence!: number;
}

@InputType({ description: 'Tells the other side that one is writing, or no longer.' })
export class SetTypingInput {
  @Field(() => ID, { description: NEGOTIATION })
  negotiationId!: string;

  @Field(() => Boolean, { description: 'Whether one is writing.' })
  typing!: boolean;
}

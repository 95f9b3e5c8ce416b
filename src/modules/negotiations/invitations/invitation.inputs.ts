import { Field, ID, InputType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';

@InputType({ description: 'The offer that is made to each buyer who saved a vehicle.' })
export class InviteInterestedBuyersInput {
  @Field(() => ID, { description: "The vehicle, one of the dealer's own." })
  vehicleId!: string;

  @Field(() => MoneyScalar, {
    description:
      'The price, the same for all: at least 5 % under the asking price, unless the operator has set another share.',
  })
  amount!: Cents;

  @Field(() => String, {
    nullable: true,
    description: 'A word to each of them, 2,000 characters at most.',
  })
  message?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Makes the call idempotent: the same id and input invite nobody again; 100 characters at most.',
  })
  clientMutationId?: string | null;
}

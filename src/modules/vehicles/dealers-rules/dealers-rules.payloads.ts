import { Field, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';

@ObjectType({
  description:
    "How a dealer has buyers' offers on a vehicle answered at once, as they arrive. No buyer ever sees them.",
  simpleResolvers: true,
})
export class NegotiationRules {
  @Field(() => MoneyScalar, {
    nullable: true,
    description: 'An offer of this amount or more is accepted; null: none is.',
  })
  autoAcceptAt!: Cents | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: 'An offer of less than this is turned down; null: none is.',
  })
  autoDeclineBelow!: Cents | null;
}

import { ArgsType, Field, ID } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';

@ArgsType()
export class PreviewNegotiationRulesArgs {
  @Field(() => ID, { description: 'One of the own vehicles, in any status.' })
  vehicleId!: string;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: 'Accepts offers of this amount or more; at most the asking price. None without it.',
  })
  autoAcceptAt?: Cents | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description:
      'Turns offers of less than this down; below autoAcceptAt and at most the asking price. None without it.',
  })
  autoDeclineBelow?: Cents | null;
}

import { Field, Float, Int, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { DealRating } from './deal-rating.js';

@ObjectType({ description: 'How an asking price stands to what comparable listings ask.' })
export class MarketPosition {
  @Field(() => DealRating, {
    description:
      'GREAT from 10 % under the market, GOOD from 4 %, then FAIR; HIGH from 4 % over it, OVERPRICED from 10 %.',
  })
  rating!: DealRating;

  @Field(() => MoneyScalar, {
    description: "The median of what comparables ask, each brought to this vehicle's year and mileage.",
  })
  estimatedValue!: Cents;

  @Field(() => Float, {
    description: 'The asking price over the estimate, in percent, to a tenth; negative is under it.',
  })
  differencePercent!: number;

  @Field(() => Int, {
    description:
      'Comparables: of the same make and model, two model years older to two newer, on the market or sold in the last 90 days; new ones for a new one, others for others.',
  })
  comparableCount!: number;
}

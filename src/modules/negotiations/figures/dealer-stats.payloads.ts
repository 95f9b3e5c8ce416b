import { Field, Float, Int, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { RESPONSE_TIME } from './response-time.loaders.js';

@ObjectType({
  description: "A dealer's business in figures: zeros and nulls before the dealership is registered.",
  simpleResolvers: true,
})
export class DealerStats {
  @Field(() => Int, { description: 'Its vehicles on the market: those that are ACTIVE.' })
  activeVehicles!: number;

  @Field(() => Int, { description: 'Its vehicles that are SOLD.' })
  soldVehicles!: number;

  @Field(() => Int, {
    description: 'Negotiations that are ACTIVE. One whose offer has lapsed is not, from that moment on.',
  })
  activeNegotiations!: number;

  @Field(() => Int, {
    description:
      "Buyers' offers that wait for this dealer's answer and have not lapsed: those of the query `pendingOffers`.",
  })
  pendingOffers!: number;

  @Field(() => Int, {
    description:
      'Negotiations in which a price was ever agreed on, whatever came of it: ACCEPTED, COMPLETED and FELL_THROUGH.',
  })
  acceptedNegotiations!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      '`acceptedNegotiations` as a share, 0 to 1, of the negotiations whose bargaining has ended, with an agreement or ' +
      'without one: of all that are not ACTIVE. Null before the first.',
  })
  acceptanceRate!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'How far the agreed price lies under the price asked at the time, in percent of that, to a tenth: the mean over the ' +
      'agreements of `agreedValue`, each counting as one. Negative where more was agreed on than asked. Null without any.',
  })
  averageDiscountPercent!: number | null;

  @Field(() => Int, { nullable: true, description: RESPONSE_TIME })
  medianResponseMinutes!: number | null;

  @Field(() => MoneyScalar, {
    description:
      'The sum of the prices of the agreements that hold: of negotiations that are ACCEPTED or COMPLETED. What fell ' +
      'through counts no more, nor does a hold that has run out.',
  })
  agreedValue!: Cents;
}

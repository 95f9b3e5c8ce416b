import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    'What an offer may come to, from what came of others on comparable vehicles: of the same make and model, and of model ' +
    'years in the same three (2019 to 2021, 2022 to 2024, …). Compared are ended negotiations, agreed ones from the ' +
    "agreement on: a buyer's first one on such vehicles, without those that the buyer cancelled or let lapse and those " +
    'that ended with their vehicle. They count in whole fives in the order in which they ended, the newest 200 of them at ' +
    'most. Prices are shares of what was asked at the time, to the nearest 5 %, each as the average of at least five that ' +
    'lie next to each other: no single deal can be read out of it. It is the same for everybody.',
  simpleResolvers: true,
})
export class OfferInsight {
  @Field(() => Float, {
    description:
      'The share of the comparables, 0 to 1 in steps of 0.05, that came to an agreement at or below this amount. Where ' +
      'fewer than five came to one, their price is taken to be the average of what the buyers of all comparables ' +
      'offered last.',
  })
  acceptanceRate!: number;

  @Field(() => Float, {
    description:
      'The share of the comparables, 0 to 1 in steps of 0.05, whose buyer would pay this amount or less: agreed on it, or ' +
      'offered no more.',
  })
  percentile!: number;

  @Field(() => Int, { description: 'How many negotiations it is taken from: 10 to 200, in fives.' })
  comparableCount!: number;

  @Field(() => Float, {
    description:
      'The median of the prices agreed on, in percent of what was asked, in steps of 5. With fewer than five agreements ' +
      'as said of `acceptanceRate`; 100 with none.',
  })
  medianAgreedPercentOfAsking!: number;
}

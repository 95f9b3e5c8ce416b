import { Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description:
    "The viewer's own negotiations in figures, on whichever side it stands. Each is counted where it stands now: by the " +
    'clock, whether or not what time has done is written down. Zeros and nulls without any.',
  simpleResolvers: true,
})
export class NegotiationStats {
  @Field(() => Int, { description: 'All, those included that are CLOSED or FELL_THROUGH.' })
  total!: number;

  @Field(() => Int, { description: 'Those that are ACTIVE.' })
  active!: number;

  @Field(() => Int, {
    description: "Of those that are ACTIVE, those in which it is the viewer's turn to answer.",
  })
  awaitingMe!: number;

  @Field(() => Int, { description: 'Those that are ACCEPTED: agreed on, the vehicle held, not yet sold.' })
  accepted!: number;

  @Field(() => Int, { description: 'Those that are COMPLETED.' })
  completed!: number;

  @Field(() => Int, { description: 'Those that are REJECTED.' })
  rejected!: number;

  @Field(() => Int, { description: 'Those that are CANCELLED.' })
  cancelled!: number;

  @Field(() => Int, { description: 'Those that are EXPIRED, whichever side let them lapse.' })
  expired!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'How far the agreed price lies under what was asked when the accepted offer was made, in percent of that, to a tenth: ' +
      'the mean over all in which a price was ever agreed on, whatever came of it. Null without any.',
  })
  averageDiscountPercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "How many offers, the buyer's and the dealer's, it took until a price was agreed on, to a tenth: the mean over the same.",
  })
  averageOffersToAgreement!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'How many hours it took from the first offer to the agreement, to a tenth: the median over the same.',
  })
  medianHoursToAgreement!: number | null;
}

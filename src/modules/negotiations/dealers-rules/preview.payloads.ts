import { Field, Int, ObjectType } from 'type-graphql';

const COMPARABLE =
  "Counted are buyers' offers on comparable vehicles of the same dealership: those of the same make and model, and those " +
  "of the same body type whose asking price is now within 25 % of this one. Of the dealership's offers of the last 90 " +
  'days the newest 5,000 are looked at. Each amount is taken as its share of what was asked when it was made, of this ' +
  "vehicle's price, to the cent. What the rules answer ends a negotiation: its later offers are not counted.";

@ObjectType({
  description: `What the dealer's last 90 days would have looked like under these rules. ${COMPARABLE}`,
  simpleResolvers: true,
})
export class NegotiationRulesPreview {
  @Field(() => Int, { description: 'Offers counted: autoAccepted, autoDeclined and leftToAnswer together.' })
  offers!: number;

  @Field(() => Int, { description: 'Offers that the rules would have accepted.' })
  autoAccepted!: number;

  @Field(() => Int, { description: 'Offers that the rules would have turned down.' })
  autoDeclined!: number;

  @Field(() => Int, { description: 'Offers that would have waited for a person, as they do without rules.' })
  leftToAnswer!: number;

  @Field(() => Int, {
    description:
      'Negotiations that came to an agreement in fact, whatever became of it, and of which the rules would have turned an offer down.',
  })
  agreementsLost!: number;
}

import { ArgsType, Field, Float, Int, ObjectType } from 'type-graphql';
import type { Day } from '../../../kernel/days.js';
import type { Row } from '../../../kernel/reads.js';
import { DateScalar } from '../../../kernel/scalars.js';
import { DealerStats } from '../../negotiations/index.js';
import { InventorySummary, Vehicle } from '../../vehicles/index.js';

@ArgsType()
export class DashboardArgs {
  @Field(() => DateScalar, {
    nullable: true,
    description: 'The first day; 29 days before `to` by default. At most 366 days are shown.',
  })
  from?: Day | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The last day, included; today by default, and none after it.',
  })
  to?: Day | null;
}

@ObjectType({ description: 'How often something happened on a day.', simpleResolvers: true })
export class DailyCount {
  @Field(() => DateScalar, { description: 'The day, of UTC.' })
  date!: Day;

  @Field(() => Int, { description: 'How often; 0 where it did not.' })
  count!: number;
}

/** Another query by itself: what it costs there. */
const FIGURES_COST = 100;

/** All views of the range are added up. */
const TOP_COST = 50;

@ObjectType({
  description:
    "A dealer's business by day. Each list has an entry for every day from `from` to `to`, oldest first. A day is counted " +
    'for good two days after its end; until then, and today, it may still change. Zeros before the dealership is registered.',
  simpleResolvers: true,
})
export class DealerDashboard {
  @Field(() => DateScalar, { description: 'The first day shown.' })
  from!: Day;

  @Field(() => DateScalar, { description: 'The last day shown.' })
  to!: Day;

  @Field(() => [DailyCount], {
    description:
      "Looks at the dealer's vehicles, as `Vehicle.viewCount` counts them: a viewer once an hour for each vehicle, the " +
      'dealer itself and admins never. Some seconds behind.',
  })
  views!: DailyCount[];

  @Field(() => [DailyCount], {
    description:
      "Vehicles of the dealer's that somebody saved on the day and had not let go of when the day was counted; of those " +
      'of today, now. One that is saved by two people is two.',
  })
  saves!: DailyCount[];

  @Field(() => [DailyCount], {
    description:
      "Offers that buyers made to the dealer on the day, each one of a negotiation's, whatever came of them. The dealer's " +
      'own do not count.',
  })
  offers!: DailyCount[];

  @Field(() => [DailyCount], {
    description:
      "Prices that were agreed on with buyers on the day, by either side's acceptance or by the dealer's rules. An " +
      'agreement stays counted when the deal falls through later.',
  })
  agreements!: DailyCount[];

  @Field(() => Float, {
    nullable: true,
    description:
      'Agreements for each view: the sum of `agreements` over the sum of `views`. An agreement belongs to the day that it ' +
      'was made on, whenever its buyer looked: over few days it may be above 1. Null without a view.',
  })
  conversionRate!: number | null;

  @Field(() => [Vehicle], {
    complexity: TOP_COST,
    description:
      "The dealer's vehicles that were looked at most in these days, in any status, most views first; then the one that " +
      'more people keep saved now, then the newer one. At most 10, none without a view. Days more than 400 days ago are ' +
      'no longer known by vehicle, and do not count here.',
  })
  topVehicles!: Row<Vehicle>[];

  @Field(() => DealerStats, {
    complexity: FIGURES_COST,
    description: "The dealer's figures as they are now, whatever the days: the query `dealerStats`.",
  })
  stats!: DealerStats;

  @Field(() => InventorySummary, {
    complexity: FIGURES_COST,
    description: "The dealer's vehicles as they are now, whatever the days: the query `inventorySummary`.",
  })
  inventory!: InventorySummary;
}

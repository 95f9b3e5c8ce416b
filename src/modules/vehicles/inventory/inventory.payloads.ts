import { Field, Float, Int, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { VehicleStatus } from '../vehicle.enums.js';

@ObjectType({ description: 'How many vehicles have a status.', simpleResolvers: true })
export class VehicleStatusCount {
  @Field(() => VehicleStatus, { description: 'The status.' })
  status!: VehicleStatus;

  @Field(() => Int, { description: 'Vehicles that have it.' })
  count!: number;
}

@ObjectType({
  description: "A dealer's own vehicles in figures: zeros and nulls before the dealership is registered.",
  simpleResolvers: true,
})
export class InventorySummary {
  @Field(() => Int, {
    description: 'Vehicles of every status, drafts, sold and archived ones included: the sum of `byStatus`.',
  })
  total!: number;

  @Field(() => [VehicleStatusCount], {
    description:
      'An entry for each status on the way from draft to archive, also where there is no such vehicle.',
  })
  byStatus!: VehicleStatusCount[];

  @Field(() => MoneyScalar, {
    description:
      'The sum of what is asked for the vehicles that are for sale and not sold yet: ACTIVE and PENDING.',
  })
  totalAskingValue!: Cents;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: 'The mean of what is asked for those same vehicles, to the nearest cent; null without any.',
  })
  averageAskingPrice!: Cents | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The mean of `daysListed` over the ACTIVE vehicles, to a tenth; null without any.',
  })
  averageDaysListed!: number | null;
}

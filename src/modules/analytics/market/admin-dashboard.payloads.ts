import { Field, Int, ObjectType } from 'type-graphql';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { VehicleStatusCount } from '../../vehicles/index.js';

const LAST_30 = 'today and the 29 days before it, of UTC';

@ObjectType({ description: 'The marketplace in figures, as it is now.', simpleResolvers: true })
export class AdminDashboard {
  @Field(() => Int, {
    description: 'Accounts, admins included. Those that were deleted do not count, here and below.',
  })
  users!: number;

  @Field(() => Int, { description: 'Accounts of the type BUYER.' })
  buyers!: number;

  @Field(() => Int, {
    description: 'Accounts of the type DEALER, whether or not their dealership is registered.',
  })
  dealers!: number;

  @Field(() => Int, {
    description: 'Dealerships that wait to be checked: those of the query `dealersAwaitingReview`.',
  })
  dealersAwaitingReview!: number;

  @Field(() => [VehicleStatusCount], {
    description:
      'All vehicles: an entry for each status on the way from draft to archive, also where there is no such vehicle.',
  })
  vehiclesByStatus!: VehicleStatusCount[];

  @Field(() => Int, {
    description: 'Negotiations that are ACTIVE. One whose offer has lapsed is not, from that moment on.',
  })
  negotiationsActive!: number;

  @Field(() => Int, {
    description:
      `Prices that were agreed on in the last 30 days: ${LAST_30}. An agreement stays counted when the deal falls ` +
      'through later, and when the dealership closes.',
  })
  agreementsLast30Days!: number;

  @Field(() => MoneyScalar, {
    description: 'The sum of the prices of those agreements, also of those that fell through later.',
  })
  agreedValueLast30Days!: Cents;
}

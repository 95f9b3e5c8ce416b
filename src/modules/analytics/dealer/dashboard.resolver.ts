import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx as Context, Info, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { selectionOf } from '../../../kernel/selection.js';
import { DashboardArgs, DealerDashboard } from './dashboard.payloads.js';
import { readDealerDashboard } from './dashboard.reads.js';

/** A year of days and the rows of today. */
const COST = 50;

@Resolver()
export class DealerDashboardResolver {
  @Query(() => DealerDashboard, {
    complexity: COST,
    description:
      "The signed-in dealer's business by day, the last 30 days by default. Dealers only; BAD_USER_INPUT on `from` or " +
      '`to` for days to come, for a first day after the last one, and for more than 366 days.',
  })
  dealerDashboard(
    @Args(() => DashboardArgs) args: DashboardArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Partial<DealerDashboard>> {
    return readDealerDashboard(ctx, args, selectionOf(info));
  }
}

import type { GraphQLResolveInfo } from 'graphql';
import { Ctx as Context, Info, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { selectionOf } from '../../../kernel/selection.js';
import { DealerStats } from './dealer-stats.payloads.js';
import { readDealerStats } from './dealer-stats.reads.js';

/** Each figure goes through all that a dealer ever negotiated. */
const COST = 100;

@Resolver()
export class DealerStatsResolver {
  @Query(() => DealerStats, {
    complexity: COST,
    description: "The signed-in dealer's business in figures, as they are now. Dealers only.",
  })
  dealerStats(@Context() ctx: Ctx, @Info() info: GraphQLResolveInfo): Promise<Partial<DealerStats>> {
    return readDealerStats(ctx, selectionOf(info));
  }
}

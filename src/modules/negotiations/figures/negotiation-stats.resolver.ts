import type { GraphQLResolveInfo } from 'graphql';
import { Ctx as Context, Info, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { selectionOf } from '../../../kernel/selection.js';
import { NegotiationStats } from './negotiation-stats.payloads.js';
import { readNegotiationStats } from './negotiation-stats.reads.js';

/** Each figure goes through all that an account ever negotiated. */
const COST = 100;

@Resolver()
export class NegotiationStatsResolver {
  @Query(() => NegotiationStats, {
    complexity: COST,
    description: "The viewer's own negotiations in figures, as a buyer's or as a dealer's. Signed-in.",
  })
  negotiationStats(
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Partial<NegotiationStats>> {
    return readNegotiationStats(ctx, selectionOf(info));
  }
}

import { Arg, Ctx as Context, ID, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { type Cents, MoneyScalar } from '../../../kernel/money.js';
import { OfferInsight } from './insight.payloads.js';
import { readOfferInsight } from './insight.reads.js';

/** It goes through all that was ever negotiated about vehicles of a model. */
const COST = 100;

@Resolver()
export class OfferInsightResolver {
  @Query(() => OfferInsight, {
    nullable: true,
    complexity: COST,
    description:
      "What an offer may come to, from this marketplace's own ended negotiations on comparable vehicles; null under ten " +
      'of them. Buyers only. NOT_FOUND for a vehicle that the viewer may not see.',
  })
  offerInsight(
    @Arg('vehicleId', () => ID, { description: 'For which.' }) vehicleId: string,
    @Arg('amount', () => MoneyScalar, {
      description: 'The offer to judge: it is compared with what is asked now.',
    })
    amount: Cents,
    @Context() ctx: Ctx,
  ): Promise<OfferInsight | null> {
    return readOfferInsight(ctx, vehicleId, amount);
  }
}

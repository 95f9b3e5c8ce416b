import { Ctx as Context, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { Dealer } from '../../dealers/index.js';
import { RESPONSE_TIME, responseMinutesOf } from './response-time.loaders.js';

/** What this room adds to a dealer. */
@Resolver(() => Dealer)
export class ResponseTimeResolver {
  @FieldResolver(() => Int, { nullable: true, description: RESPONSE_TIME })
  medianResponseMinutes(@Root() dealer: Pick<Dealer, 'id'>, @Context() ctx: Ctx): Promise<number | null> {
    return responseMinutesOf(ctx, dealer.id);
  }
}

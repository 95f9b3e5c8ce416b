import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, ID, Info, Int, Resolver, Root, Subscription } from 'type-graphql';
import type { Ctx } from '../../kernel/context.js';
import { type Row, rowFor } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { NegotiationEvent } from './negotiation.entity.js';
import { followNegotiation } from './negotiation.live.js';
import { negotiationEventShape } from './negotiation.shapes.js';

@Resolver()
export class NegotiationSubscriptions {
  @Subscription(() => NegotiationEvent, {
    description:
      'The log of a negotiation as it grows, to its parties. With `after` it first replays what came since, in order ' +
      'and without holes: pass the last sequence seen and miss nothing. Without it, it begins with what comes next.',
    subscribe: ({ args, context }) =>
      followNegotiation(context as Ctx, args.negotiationId as string, args.after as number | null),
  })
  negotiationEvents(
    @Arg('negotiationId', () => ID, { description: 'Which one.' }) _negotiationId: string,
    @Arg('after', () => Int, { nullable: true, description: 'The last sequence seen; 0 for the whole log.' })
    _after: number | null | undefined,
    @Root() event: Row<NegotiationEvent>,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return rowFor<NegotiationEvent>(ctx, negotiationEventShape, event, selectionOf(info));
  }
}

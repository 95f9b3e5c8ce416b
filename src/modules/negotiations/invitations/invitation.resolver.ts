import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { type Row, readByIds } from '../../../kernel/reads.js';
import { selectionOf } from '../../../kernel/selection.js';
import { Negotiation } from '../negotiation.entity.js';
import { negotiationShape } from '../negotiation.shapes.js';
import { InviteInterestedBuyersInput } from './invitation.inputs.js';
import { InviteInterestedBuyersPayload } from './invitation.payloads.js';
import { inviteInterestedBuyers } from './invitation.service.js';

/** A call may write a hundred negotiations. */
const COST = 100;

@Resolver(() => InviteInterestedBuyersPayload)
export class InvitationResolver {
  @Mutation(() => InviteInterestedBuyersPayload, {
    complexity: COST,
    description:
      "Opens a negotiation, with the dealer's offer, for each buyer who saved the vehicle and has none open: the buyer's " +
      'turn, for 96 hours. The owner of a vehicle that is ACTIVE and negotiable; else VEHICLE_UNAVAILABLE. ' +
      'OFFER_OUT_OF_BOUNDS (with `maximum`) says how little is little enough. A call invites 100 buyers at most, who saved ' +
      'it first coming first; another call passes over whom the earlier one has invited, and reaches the next ones. Nobody ' +
      'is told who else was invited.',
  })
  async inviteInterestedBuyers(
    @Arg('input', () => InviteInterestedBuyersInput, { description: 'The vehicle and the offer.' })
    input: InviteInterestedBuyersInput,
    @Context() ctx: Ctx,
  ): Promise<InviteInterestedBuyersPayload> {
    const { negotiationIds } = await inviteInterestedBuyers(ctx, input);
    return { negotiationIds, clientMutationId: input.clientMutationId ?? null };
  }

  @FieldResolver(() => [Negotiation], {
    description: 'What was opened, 100 at most, as it is now; empty where nobody was left to invite.',
  })
  async negotiations(
    @Root() { negotiationIds }: InviteInterestedBuyersPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Negotiation>[]> {
    if (negotiationIds.length === 0) return [];
    const rows = await readByIds(ctx, negotiationShape, negotiationIds, selectionOf(info));
    return rows.filter((row) => row !== null);
  }
}

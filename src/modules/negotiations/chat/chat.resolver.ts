import { Arg, Ctx as Context, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import type { Row } from '../../../kernel/reads.js';
import { Negotiation } from '../negotiation.entity.js';
import { NegotiationPayload } from '../negotiation.payloads.js';
import { partyOf } from '../negotiation.policy.js';
import { MarkNegotiationReadInput, SendMessageInput, SetTypingInput } from './chat.inputs.js';
import { SetTypingPayload } from './chat.payloads.js';
import { sendMessage } from './message.service.js';
import { markNegotiationRead } from './read.service.js';
import { setTyping } from './typing.service.js';

@Resolver()
export class ChatMutations {
  @Mutation(() => NegotiationPayload, {
    description:
      'Writes to the other side, into the same log as the offers. Parties, while it is ACTIVE or ACCEPTED; turn, clock ' +
      'and offers stay as they are. Past 30 messages of an account in a minute: RATE_LIMITED.',
  })
  async sendMessage(
    @Arg('input', () => SendMessageInput, { description: 'Where, and what.' }) input: SendMessageInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return { ...(await sendMessage(ctx, input)), clientMutationId: input.clientMutationId ?? null };
  }

  @Mutation(() => NegotiationPayload, {
    description:
      'Says how far the viewer has read, which the other side is shown. Parties, even after the end. It only moves ' +
      'forwards, is no entry of the log (`event` is null) and does not change `updatedAt`.',
  })
  async markNegotiationRead(
    @Arg('input', () => MarkNegotiationReadInput, { description: 'Where, and how far.' })
    input: MarkNegotiationReadInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    await markNegotiationRead(ctx, input);
    return { negotiationId: input.negotiationId, offerId: null, sequence: null, clientMutationId: null };
  }

  @Mutation(() => SetTypingPayload, {
    description:
      'Tells the other side that one is writing, for the next 6 seconds: say it again while it goes on. What is sent, ' +
      'message or offer, ends it. Never stored. Parties, while it is ACTIVE or ACCEPTED.',
  })
  async setTyping(
    @Arg('input', () => SetTypingInput, { description: 'Where, and whether.' }) input: SetTypingInput,
    @Context() ctx: Ctx,
  ): Promise<SetTypingPayload> {
    await setTyping(ctx, input);
    return { success: true };
  }
}

@Resolver(() => Negotiation)
export class ChatFields {
  @FieldResolver(() => Int, {
    description:
      'Entries of the log that the viewing party has not read and has not written; 0 to whoever is none. To write ' +
      'marks nothing as read: only `markNegotiationRead` does.',
  })
  unreadCount(@Root() row: Row<Negotiation>, @Context() ctx: Ctx): number {
    const party = partyOf(ctx.viewer, { buyerId: row.buyer.id, dealerUserId: row.dealer.user.id });
    if (party === null) return 0;
    return party === 'BUYER' ? row.buyerUnread : row.dealerUnread;
  }
}

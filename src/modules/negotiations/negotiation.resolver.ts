import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx as Context, ID, Info, Mutation, Query, Resolver } from 'type-graphql';
import { ForwardPageArgs } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { selectionOf } from '../../kernel/selection.js';
import { acceptOffer, cancelSale, completeSale } from './agreement.service.js';
import type { Outcome } from './client-mutations.js';
import { cancelNegotiation, rejectNegotiation } from './ending.service.js';
import { Negotiation } from './negotiation.entity.js';
import {
  AcceptOfferInput,
  CancelNegotiationInput,
  CancelSaleInput,
  CompleteSaleInput,
  NegotiationsArgs,
  RejectNegotiationInput,
  StartNegotiationInput,
  SubmitOfferInput,
} from './negotiation.inputs.js';
import {
  NegotiationConnection,
  NegotiationPayload,
  OfferConnection,
  OfferPayload,
} from './negotiation.payloads.js';
import {
  listActiveNegotiations,
  listNegotiations,
  listPendingOffers,
  readNegotiation,
} from './negotiation.reads.js';
import { startNegotiation, submitOffer } from './offer.service.js';

@Resolver()
export class NegotiationQueries {
  @Query(() => Negotiation, {
    nullable: true,
    description: 'A negotiation, to its parties and admins; null to everybody else.',
  })
  negotiation(
    @Arg('id', () => ID, { description: 'Which one.' }) id: string,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return readNegotiation(ctx, id, selectionOf(info));
  }

  @Query(() => NegotiationConnection, { description: "The viewer's own negotiations." })
  negotiations(
    @Args(() => NegotiationsArgs) args: NegotiationsArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return listNegotiations(ctx, args, selectionOf(info));
  }

  @Query(() => NegotiationConnection, {
    description: "The viewer's own open negotiations, the last changed first.",
  })
  activeNegotiations(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return listActiveNegotiations(ctx, args, selectionOf(info));
  }

  @Query(() => OfferConnection, {
    description: "Offers that wait for the dealer's answer, soonest to lapse first.",
  })
  pendingOffers(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return listPendingOffers(ctx, args, selectionOf(info));
  }
}

@Resolver()
export class NegotiationMutations {
  @Mutation(() => OfferPayload, {
    description:
      'Opens a negotiation with a first offer. Buyers only. VEHICLE_UNAVAILABLE, ALREADY_NEGOTIATING, ' +
      'OFFER_LIMIT_REACHED and OFFER_OUT_OF_BOUNDS (with `minimum` and `maximum`) say what stands in the way. ' +
      'The event is that of the offer, even if an answer followed at once; the negotiation is as it is then.',
  })
  async startNegotiation(
    @Arg('input', () => StartNegotiationInput, { description: 'The vehicle and the offer.' })
    input: StartNegotiationInput,
    @Context() ctx: Ctx,
  ): Promise<OfferPayload> {
    return payloadOf(await startNegotiation(ctx, input), input);
  }

  @Mutation(() => OfferPayload, {
    description:
      'Answers the standing offer with another one; it can then no longer be accepted. Whose turn it is. ' +
      'The event is that of the offer, even if an answer followed at once; the negotiation is as it is then.',
  })
  async submitOffer(
    @Arg('input', () => SubmitOfferInput, { description: 'The counter-offer.' }) input: SubmitOfferInput,
    @Context() ctx: Ctx,
  ): Promise<OfferPayload> {
    return payloadOf(await submitOffer(ctx, input), input);
  }

  @Mutation(() => NegotiationPayload, {
    description:
      'Agrees to the standing offer. The vehicle is held for the buyer, and all rivals are closed. Whose turn it is.',
  })
  async acceptOffer(
    @Arg('input', () => AcceptOfferInput, { description: 'The offer.' }) input: AcceptOfferInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return payloadOf(await acceptOffer(ctx, input), input);
  }

  @Mutation(() => NegotiationPayload, {
    description: 'The dealer turns the standing offer down. The buyer may start again while offers remain.',
  })
  async rejectNegotiation(
    @Arg('input', () => RejectNegotiationInput, { description: 'Which, and why.' })
    input: RejectNegotiationInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return payloadOf(await rejectNegotiation(ctx, input), input);
  }

  @Mutation(() => NegotiationPayload, {
    description: 'The buyer withdraws, at any time while it is open. Spent offers stay spent.',
  })
  async cancelNegotiation(
    @Arg('input', () => CancelNegotiationInput, { description: 'Which, and why.' })
    input: CancelNegotiationInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return payloadOf(await cancelNegotiation(ctx, input), input);
  }

  @Mutation(() => NegotiationPayload, {
    description: 'The dealer says that the vehicle was sold at the agreed price.',
  })
  async completeSale(
    @Arg('input', () => CompleteSaleInput, { description: 'Which.' }) input: CompleteSaleInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return payloadOf(await completeSale(ctx, input), input);
  }

  @Mutation(() => NegotiationPayload, {
    description:
      'Either party gives the agreement up. The vehicle is back on the market; the buyers whom the agreement displaced ' +
      'are told and may start again without its having cost them an offer.',
  })
  async cancelSale(
    @Arg('input', () => CancelSaleInput, { description: 'Which, and why.' }) input: CancelSaleInput,
    @Context() ctx: Ctx,
  ): Promise<NegotiationPayload> {
    return payloadOf(await cancelSale(ctx, input), input);
  }
}

function payloadOf(
  outcome: Outcome,
  input: { clientMutationId?: string | null },
): OfferPayload & NegotiationPayload {
  return { ...outcome, clientMutationId: input.clientMutationId ?? null };
}

import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx as Context,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ForwardPageArgs, type Page } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import { type Row, readById } from '../../kernel/reads.js';
import { selectionOf } from '../../kernel/selection.js';
import { Dealer } from './dealer.entity.js';
import {
  DealerFilter,
  RegisterDealerInput,
  ReviewDealerInput,
  SubmitDealerForVerificationInput,
  UpdateDealerInput,
} from './dealer.inputs.js';
import { DealerConnection, DealerPayload } from './dealer.payloads.js';
import { readDealer, readDealers, readDealersAwaitingReview, readMyDealer } from './dealer.reads.js';
import { registerDealer, reviewDealer, submitDealerForVerification, updateDealer } from './dealer.service.js';
import { dealerShape } from './dealer.shapes.js';

@Resolver()
export class DealerResolver {
  @Query(() => DealerConnection, { description: 'Dealers by business name.' })
  dealers(
    @Arg('filter', () => DealerFilter, { nullable: true, description: 'All dealers without one.' })
    filter: DealerFilter | null | undefined,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Dealer>>> {
    return readDealers(ctx, filter, args, selectionOf(info));
  }

  @Query(() => Dealer, {
    nullable: true,
    description: 'The dealer with this id, to everybody; null once it has closed.',
  })
  dealer(
    @Arg('id', () => ID, { description: "The dealer's, not its account's." }) id: string,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Dealer> | null> {
    return readDealer(ctx, id, selectionOf(info));
  }

  @Query(() => Dealer, {
    nullable: true,
    description: "The signed-in dealer's own business; null before `registerDealer`.",
  })
  myDealer(@Context() ctx: Ctx, @Info() info: GraphQLResolveInfo): Promise<Row<Dealer> | null> {
    return readMyDealer(ctx, selectionOf(info));
  }

  @Query(() => DealerConnection, {
    description: 'Dealers that are PENDING, who waits longest first. For admins.',
  })
  dealersAwaitingReview(
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Page<Row<Dealer>>> {
    return readDealersAwaitingReview(ctx, args, selectionOf(info));
  }

  @Mutation(() => DealerPayload, {
    description: "Registers a dealer account's business, once. CONFLICT the second time.",
  })
  async registerDealer(
    @Arg('input', () => RegisterDealerInput, { description: 'The business.' }) input: RegisterDealerInput,
    @Context() ctx: Ctx,
  ): Promise<DealerPayload> {
    return { dealerId: await registerDealer(ctx, input) };
  }

  @Mutation(() => DealerPayload, {
    description:
      "Changes the signed-in dealer's own business. VERIFIED becomes PENDING with another name or licence; what it " +
      'lists stays listed meanwhile.',
  })
  async updateDealer(
    @Arg('input', () => UpdateDealerInput, { description: 'What to change.' }) input: UpdateDealerInput,
    @Context() ctx: Ctx,
  ): Promise<DealerPayload> {
    return { dealerId: await updateDealer(ctx, input) };
  }

  @Mutation(() => DealerPayload, {
    description:
      'Asks the admins to check the own business. CONFLICT while it is PENDING or VERIFIED, and without a document ' +
      'that is not REJECTED.',
  })
  async submitDealerForVerification(
    @Arg('input', () => SubmitDealerForVerificationInput, { description: 'What to tell them.' })
    input: SubmitDealerForVerificationInput,
    @Context() ctx: Ctx,
  ): Promise<DealerPayload> {
    return { dealerId: await submitDealerForVerification(ctx, input) };
  }

  @Mutation(() => DealerPayload, { description: 'An admin verifies or rejects a dealer, from any state.' })
  async reviewDealer(
    @Arg('input', () => ReviewDealerInput, { description: 'The decision.' }) input: ReviewDealerInput,
    @Context() ctx: Ctx,
  ): Promise<DealerPayload> {
    return { dealerId: await reviewDealer(ctx, input) };
  }
}

@Resolver(() => DealerPayload)
export class DealerPayloadResolver {
  @FieldResolver(() => Dealer, { description: 'As it is now.' })
  async dealer(
    @Root() payload: DealerPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<Dealer>> {
    const dealer = await readById(ctx, dealerShape, payload.dealerId, selectionOf(info));
    if (!dealer) throw notFound('Dealer');
    return dealer;
  }
}

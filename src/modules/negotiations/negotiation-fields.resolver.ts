import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx as Context, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import { ForwardPageArgs } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import { type Cents, MoneyScalar } from '../../kernel/money.js';
import { type Row, readById } from '../../kernel/reads.js';
import { DateTimeScalar } from '../../kernel/scalars.js';
import { selectionOf } from '../../kernel/selection.js';
import { PublicUser } from '../accounts/index.js';
import { Dealer } from '../dealers/index.js';
import { Vehicle } from '../vehicles/index.js';
import { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
import {
  NegotiationEndReason,
  NegotiationParty,
  NegotiationStatus,
  OfferResolver,
  OfferStatus,
} from './negotiation.enums.js';
import { newestOnVehicle, offersSpent } from './negotiation.loaders.js';
import { NegotiationEventConnection, NegotiationPayload, OfferPayload } from './negotiation.payloads.js';
import { maySeeRulesAtWork } from './negotiation.policy.js';
import { listEvents, readEvent } from './negotiation.reads.js';
import { boundsOf } from './negotiation.rules.js';
import { negotiationShape, offerShape } from './negotiation.shapes.js';
import { offerStandingOf, standingOf } from './negotiation.standing.js';

@Resolver(() => Negotiation)
export class NegotiationFields {
  @FieldResolver(() => Vehicle, { description: 'What it is about.' })
  vehicle(@Root() row: Row<Negotiation>) {
    return row.vehicle;
  }

  @FieldResolver(() => PublicUser, { description: 'Who wants to buy.' })
  buyer(@Root() row: Row<Negotiation>) {
    return row.buyer;
  }

  @FieldResolver(() => Dealer, {
    description: 'Who sells. A dealership that has closed keeps its name and town here.',
  })
  dealer(@Root() row: Row<Negotiation>) {
    return row.dealer;
  }

  @FieldResolver(() => NegotiationStatus, {
    description: 'Where it stands; expired from the moment on, swept or not.',
  })
  status(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).status;
  }

  @FieldResolver(() => NegotiationParty, {
    nullable: true,
    description: 'Who has to answer; null once ended.',
  })
  turn(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).turn;
  }

  @FieldResolver(() => Offer, {
    nullable: true,
    description: 'The newest offer: the standing one while it is open.',
  })
  currentOffer(@Root() row: Row<Negotiation>) {
    return row.currentOffer;
  }

  @FieldResolver(() => [Offer], {
    description: "Oldest first. At most the buyer's limit and the dealer's answers to them.",
  })
  offers(@Root() row: Row<Negotiation> & { offers: Row<Offer>[] }) {
    return row.offers;
  }

  @FieldResolver(() => NegotiationEndReason, {
    nullable: true,
    description: 'Why it ended, where it ended without a sale.',
  })
  endReason(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).endReason;
  }

  @FieldResolver(() => NegotiationParty, { nullable: true, description: 'Whose silence ended it.' })
  lapsedBy(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).lapsedBy;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'When the standing offer lapses; null once ended.',
  })
  expiresAt(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).expiresAt;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'While ACCEPTED: when the vehicle is released unless the sale is completed.',
  })
  holdExpiresAt(@Root() row: Row<Negotiation>, @Context() ctx: Ctx) {
    return standingOf(row, ctx.clock.now()).holdExpiresAt;
  }

  @FieldResolver(() => NegotiationEventConnection, { description: 'Its log, oldest first.' })
  events(
    @Root() row: Row<Negotiation>,
    @Args(() => ForwardPageArgs) args: ForwardPageArgs,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ) {
    return listEvents(ctx, row.id, args, selectionOf(info));
  }

  @FieldResolver(() => Int, {
    description:
      'How many offers the buyer has left, over all of its negotiations on this vehicle. Whoever has none left may still ' +
      'accept. What a sale took away that fell through is given back.',
  })
  async buyerOffersRemaining(@Root() row: Row<Negotiation>, @Context() ctx: Ctx): Promise<number> {
    const spent = await ctx.loaders
      .of(ctx, offersSpent)
      .load({ vehicleId: row.vehicle.id, buyerId: row.buyer.id });
    return Math.max(0, ctx.policy.offersPerVehicle - spent);
  }

  @FieldResolver(() => MoneyScalar, {
    description:
      'The least that the buyer may offer now: a cent more than its last offer or, before its first one and in a new ' +
      'negotiation once this one has ended, half of the asking price. Whether it may offer at all is said elsewhere: by ' +
      '`turn`, `buyerOffersRemaining`, the status of the vehicle, and by what the dealer offered last.',
  })
  minimumOffer(@Root() row: Row<Negotiation>, @Context() ctx: Ctx): Cents {
    const isOpen = standingOf(row, ctx.clock.now()).status === 'ACTIVE';
    return boundsOf('BUYER', {
      askingPrice: row.vehicle.askingPrice,
      buyerAmount: isOpen ? row.buyerAmount : null,
      dealerAmount: isOpen ? row.dealerAmount : null,
      minimumOfferPercent: ctx.policy.minimumOfferPercent,
    }).minimum;
  }
}

@Resolver(() => Offer)
export class OfferFields {
  @FieldResolver(() => Negotiation, { description: 'Where it was made.' })
  negotiation(@Root() row: Row<Offer>) {
    return row.negotiation;
  }

  @FieldResolver(() => OfferStatus, {
    description: 'What became of it; expired from the moment on, swept or not.',
  })
  status(@Root() row: Row<Offer>, @Context() ctx: Ctx) {
    return offerStandingOf(row, ctx.clock.now()).status;
  }

  @FieldResolver(() => OfferResolver, {
    nullable: true,
    description:
      "Who answered it; null while pending. What the dealer's rules answered is USER to the buyer.",
  })
  resolvedBy(@Root() row: Row<Offer>, @Context() ctx: Ctx): OfferResolver | null {
    const { resolvedBy } = offerStandingOf(row, ctx.clock.now());
    return resolvedBy === 'RULE' && !maySeeRulesAtWork(ctx.viewer) ? 'USER' : resolvedBy;
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true, description: 'When it was answered or lapsed.' })
  respondedAt(@Root() row: Row<Offer>, @Context() ctx: Ctx) {
    return offerStandingOf(row, ctx.clock.now()).respondedAt;
  }
}

@Resolver(() => NegotiationEvent)
export class NegotiationEventFields {
  @FieldResolver(() => Offer, { nullable: true, description: 'The offer that it is about.' })
  offer(@Root() row: Row<NegotiationEvent>) {
    return row.offer;
  }

  @FieldResolver(() => Negotiation, { description: 'The negotiation as it is now, not as it was then.' })
  negotiation(@Root() row: Row<NegotiationEvent>) {
    return row.negotiation;
  }
}

@Resolver(() => OfferPayload)
export class OfferPayloadFields {
  @FieldResolver(() => Negotiation, { description: 'As it is now.' })
  negotiation(@Root() payload: OfferPayload, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    return negotiationOf(payload, ctx, info);
  }

  @FieldResolver(() => Offer, { description: 'The offer that was made.' })
  async offer(@Root() payload: OfferPayload, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    const offer = await readById(ctx, offerShape, payload.offerId as string, selectionOf(info));
    if (!offer) throw notFound('Offer');
    return offer;
  }

  @FieldResolver(() => NegotiationEvent, { description: 'What was written to the log.' })
  event(@Root() payload: OfferPayload, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    return readEvent(ctx, payload.negotiationId, payload.sequence, selectionOf(info));
  }
}

@Resolver(() => NegotiationPayload)
export class NegotiationPayloadFields {
  @FieldResolver(() => Negotiation, { description: 'As it is now.' })
  negotiation(@Root() payload: NegotiationPayload, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    return negotiationOf(payload, ctx, info);
  }

  @FieldResolver(() => NegotiationEvent, {
    nullable: true,
    description: 'What was written to the log; null where nothing was.',
  })
  event(@Root() payload: NegotiationPayload, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    if (payload.sequence === null) return null;
    return readEvent(ctx, payload.negotiationId, payload.sequence, selectionOf(info));
  }
}

@Resolver(() => Vehicle)
export class VehicleNegotiationFields {
  @FieldResolver(() => Negotiation, {
    nullable: true,
    description: "The viewing buyer's newest on this vehicle.",
  })
  myNegotiation(@Root() vehicle: { id: string }, @Context() ctx: Ctx, @Info() info: GraphQLResolveInfo) {
    if (ctx.viewer?.userType !== 'BUYER') return null;
    return ctx.loaders
      .of(ctx, newestOnVehicle(ctx.viewer, selectionOf(info)), info.fieldNodes)
      .load(vehicle.id);
  }
}

async function negotiationOf(payload: { negotiationId: string }, ctx: Ctx, info: GraphQLResolveInfo) {
  const negotiation = await readById(ctx, negotiationShape, payload.negotiationId, selectionOf(info));
  if (!negotiation) throw notFound('Negotiation');
  return negotiation;
}

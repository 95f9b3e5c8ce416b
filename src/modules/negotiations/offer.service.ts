import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { requireType, requireViewer } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { dollars, formatMoney } from '../../kernel/money.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { holdAccount } from '../accounts/index.js';
import type { Vehicle } from '../vehicles/index.js';
import { releaseHold } from './agreement.service.js';
import { type Outcome, once } from './client-mutations.js';
import { append, assertMay, type Deal, lockDeal, lockVehicle, placeOfParty, userOfDealer } from './deal.js';
import { answerByRules } from './dealers-rules/answer.service.js';
import { lapse } from './ending.service.js';
import { Negotiation, Offer } from './negotiation.entity.js';
import type { NegotiationParty } from './negotiation.enums.js';
import { OfferSubmitted } from './negotiation.events.js';
import type { StartNegotiationInput, SubmitOfferInput } from './negotiation.inputs.js';
import { boundsOf, warningTime } from './negotiation.rules.js';
import { givenMessage } from './negotiation.texts.js';

/** Opens a negotiation with the viewing buyer's first offer. */
export async function startNegotiation(ctx: Ctx, input: StartNegotiationInput): Promise<Outcome> {
  const viewer = requireType(ctx, 'BUYER');
  const message = givenMessage(input.message);
  return write(ctx, (tx) =>
    once(tx, viewer, 'startNegotiation', input, () => openWith(tx, viewer, input, message)),
  );
}

async function openWith(
  tx: Tx,
  viewer: Viewer,
  input: StartNegotiationInput,
  message: string | null,
): Promise<Outcome> {
  await holdAccount(tx, viewer.id);
  const vehicle = isUuid(input.vehicleId) ? await lockVehicle(tx, input.vehicleId) : null;
  const now = tx.clock.now();
  // A draft has never been public: to a buyer it does not exist.
  if (!vehicle || vehicle.status === 'DRAFT') throw notFound('Vehicle');
  const dealerUserId = await userOfDealer(tx, vehicle.dealer.id);
  await settleEarlier(tx, viewer, vehicle, dealerUserId, now);
  if (vehicle.status !== 'ACTIVE')
    throw new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is no longer on the market.');
  if (!vehicle.isNegotiable)
    throw new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is sold at its asking price only.');
  await assertOffersLeft(tx, viewer.id, vehicle);

  const negotiation = Negotiation.between(vehicle, viewer.id, now);
  const deal = { negotiation, vehicle, dealerUserId };
  return putByBuyer(tx, deal, { amount: input.amount, message, isFirst: true }, now);
}

/**
 * What stands in the way: the buyer's own open negotiation, or an agreement. What time has ended stands in nobody's
 * way: it is written down first, whether or not the sweep has come by. An agreement has closed all open ones, so there
 * is one at most.
 */
async function settleEarlier(
  tx: Tx,
  viewer: Viewer,
  vehicle: Vehicle,
  dealerUserId: string,
  now: Date,
): Promise<void> {
  const earlier = await tx.em.findOne(
    Negotiation,
    { vehicle: vehicle.id, $or: [{ status: 'ACCEPTED' }, { status: 'ACTIVE', buyer: viewer.id }] },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!earlier) return;
  const offer = await tx.em.findOneOrFail(Offer, { id: earlier.currentOffer?.id as string });
  const deal = { negotiation: earlier, offer, vehicle, dealerUserId };
  if (earlier.hasLapsed(now)) await lapse(tx, deal, now);
  else if (earlier.holdHasLapsed(now)) await releaseHold(tx, deal, now);
  else if (earlier.buyer.id === viewer.id)
    throw new AppError('ALREADY_NEGOTIATING', 'You are already negotiating about this vehicle.');
  // The new row would meet the old one in the index of open negotiations.
  await tx.em.flush();
}

/** Answers the standing offer with another one. */
export async function submitOffer(ctx: Ctx, input: SubmitOfferInput): Promise<Outcome> {
  const viewer = requireViewer(ctx);
  const message = givenMessage(input.message);
  return write(ctx, (tx) =>
    once(tx, viewer, 'submitOffer', input, () => counter(tx, viewer, input, message)),
  );
}

async function counter(
  tx: Tx,
  viewer: Viewer,
  input: SubmitOfferInput,
  message: string | null,
): Promise<Outcome> {
  const place = await placeOfParty(tx, viewer, input.negotiationId);
  const deal = await lockDeal(tx, input.negotiationId, place);
  const now = tx.clock.now();
  if (
    input.expectedSequence != null &&
    input.expectedSequence !== deal.negotiation.lastSequence &&
    deal.negotiation.isOpen(now)
  ) {
    throw conflict('More has happened in this negotiation than you saw.');
  }
  assertMay('submitOffer', place.party, deal, now);
  if (place.party === 'BUYER') await assertOffersLeft(tx, viewer.id, deal.vehicle);

  deal.offer.answer('COUNTERED', 'USER', now);
  // The new offer would meet the old one in the index of pending offers.
  await tx.em.flush();
  const offer = { amount: input.amount, message, isFirst: false };
  return place.party === 'BUYER'
    ? putByBuyer(tx, deal, offer, now)
    : putOffer(tx, deal, 'DEALER', offer, now);
}

/** A buyer's offer, and what the dealer's rules answer to it. The outcome is the offer's own, whatever came of it. */
async function putByBuyer(tx: Tx, deal: Omit<Deal, 'offer'>, given: NewOffer, now: Date): Promise<Outcome> {
  const outcome = await putOffer(tx, deal, 'BUYER', given, now);
  const offer = deal.negotiation.currentOffer?.getEntity() as Offer;
  await answerByRules(tx, { ...deal, offer }, now);
  return outcome;
}

export interface NewOffer {
  readonly amount: number;
  readonly message: string | null;
  /** Whether it opens the negotiation. */
  readonly isFirst: boolean;
  /** How long it stands; policy.offerLifetimeMs where it does not say. */
  readonly lifetimeMs?: number;
}

/** Puts an offer into a locked negotiation in which none is pending, and tells the other side. The dealer's rules are the caller's to ask. */
export async function putOffer(
  tx: Tx,
  { negotiation, vehicle, dealerUserId }: Omit<Deal, 'offer'>,
  party: NegotiationParty,
  { amount, message, isFirst, lifetimeMs = tx.policy.offerLifetimeMs }: NewOffer,
  now: Date,
): Promise<Outcome> {
  assertInBounds(tx, { negotiation, vehicle }, party, amount);
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  const { askingPrice } = vehicle;
  const offer = Offer.of(negotiation, { amount, askingPrice, party, message, expiresAt }, now);
  negotiation.put(offer, warningTime(now, expiresAt, tx.policy.warningMs), now);
  tx.em.persist([negotiation, offer]);
  const event = append(tx, negotiation, { kind: 'OFFER_SUBMITTED', party, offer, message }, now);
  await tx.happened(new OfferSubmitted(negotiation, vehicle, dealerUserId, offer, isFirst));
  return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
}

function assertInBounds(
  ctx: Ctx,
  { negotiation, vehicle }: Pick<Deal, 'negotiation' | 'vehicle'>,
  party: NegotiationParty,
  amount: number,
) {
  const { askingPrice } = vehicle;
  const { buyerAmount, dealerAmount } = negotiation;
  const { minimumOfferPercent } = ctx.policy;
  const { minimum, maximum } = boundsOf(party, {
    askingPrice,
    buyerAmount,
    dealerAmount,
    minimumOfferPercent,
  });
  if (amount >= minimum && amount <= maximum) return;
  if (minimum > maximum) {
    throw new AppError(
      'OFFER_OUT_OF_BOUNDS',
      'There is no amount left between the two sides: accept the offer or end it.',
    );
  }
  throw new AppError('OFFER_OUT_OF_BOUNDS', `Offer between ${dollars(minimum)} and ${dollars(maximum)}.`, {
    minimum: formatMoney(minimum),
    maximum: formatMoney(maximum),
  });
}

async function assertOffersLeft(tx: Tx, buyerId: string, vehicle: Vehicle): Promise<void> {
  const { rows } = await sql<{ spent: number | string }>`
    select coalesce(sum(buyer_offer_count), 0) as spent from negotiations
    where vehicle_id = ${vehicle.id} and buyer_id = ${buyerId} and not offers_forgiven`.execute(
    tx.em.getKysely(),
  );
  if (Number(rows[0]?.spent) < tx.policy.offersPerVehicle) return;
  throw new AppError(
    'OFFER_LIMIT_REACHED',
    `You have made all of your ${tx.policy.offersPerVehicle} offers on this vehicle.`,
  );
}

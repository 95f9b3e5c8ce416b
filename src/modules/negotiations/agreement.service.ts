import { LockMode } from '@mikro-orm/core';
import { requireViewer } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { announceVehicle } from '../vehicles/index.js';
import { type Outcome, once } from './client-mutations.js';
import { append, assertMay, type Deal, lockDeal, lockOpenDeals, placeOfParty } from './deal.js';
import { closeRivals } from './ending.service.js';
import { Negotiation, Offer } from './negotiation.entity.js';
import type { NegotiationEndReason, NegotiationParty } from './negotiation.enums.js';
import { DealFellThrough, OfferAccepted, SaleCompleted } from './negotiation.events.js';
import type { AcceptOfferInput, CancelSaleInput, CompleteSaleInput } from './negotiation.inputs.js';
import { givenMessage, givenReason } from './negotiation.texts.js';

/** Agrees to the standing offer: the vehicle is held for this buyer, and its rivals are closed, all in one transaction. */
export async function acceptOffer(ctx: Ctx, input: AcceptOfferInput): Promise<Outcome> {
  const viewer = requireViewer(ctx);
  return write(ctx, (tx) => once(tx, viewer, 'acceptOffer', input, () => accept(tx, viewer, input)));
}

async function accept(tx: Tx, viewer: Viewer, input: AcceptOfferInput): Promise<Outcome> {
  const place = await placeOfParty(tx, viewer, input.negotiationId);
  const { open, ...deal } = await lockDealAndRivals(tx, input.negotiationId, place);
  const now = tx.clock.now();
  await assertStands(tx, deal, input.offerId, now);
  assertMay('acceptOffer', place.party, deal, now);
  if (deal.vehicle.status !== 'ACTIVE')
    throw new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is no longer on the market.');

  return agreeTo(tx, deal, open, { party: place.party, resolver: 'USER' }, now);
}

/** The standing offer is accepted. The vehicle, which is ACTIVE, and all that is open about it are locked. */
export async function agreeTo(
  tx: Tx,
  { negotiation, offer, vehicle, dealerUserId }: Deal,
  open: readonly Deal[],
  by: { readonly party: NegotiationParty; readonly resolver: 'USER' | 'RULE' },
  now: Date,
): Promise<Outcome> {
  negotiation.agree(offer, by.resolver, new Date(now.getTime() + tx.policy.holdMs), now);
  vehicle.hold(now);
  const event = append(tx, negotiation, { kind: 'OFFER_ACCEPTED', party: by.party, offer }, now);
  await tx.happened(new OfferAccepted(negotiation, vehicle, dealerUserId, offer, by.party));
  await closeRivals(tx, open, negotiation, now);
  announceVehicle(tx, vehicle.id);
  return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
}

/** The vehicle, then its open negotiations by id; one that is open no more is locked by itself, to be refused. */
async function lockDealAndRivals(
  tx: Tx,
  negotiationId: string,
  place: Awaited<ReturnType<typeof placeOfParty>>,
) {
  const deal = await lockDeal(tx, negotiationId, place);
  const open = deal.negotiation.status === 'ACTIVE' ? await lockOpenDeals(tx, deal.vehicle) : [];
  return { ...deal, open };
}

/** CONFLICT where the caller saw an older offer than the one that stands; NOT_FOUND where it is none of this negotiation. */
async function assertStands(tx: Tx, { negotiation, offer }: Deal, offerId: string, now: Date): Promise<void> {
  if (offer.id === offerId) return;
  const seen = isUuid(offerId)
    ? await tx.em.findOne(Offer, { id: offerId, negotiation: negotiation.id })
    : null;
  if (!seen) throw notFound('Offer');
  if (negotiation.isOpen(now)) throw conflict('A newer offer stands than the one you saw.');
}

/** The dealer says that the vehicle was sold at the agreed price. */
export async function completeSale(ctx: Ctx, input: CompleteSaleInput): Promise<Outcome> {
  const viewer = requireViewer(ctx);
  return write(ctx, (tx) =>
    once(tx, viewer, 'completeSale', input, async () => {
      const place = await placeOfParty(tx, viewer, input.negotiationId);
      const deal = await lockDeal(tx, input.negotiationId, place);
      const now = tx.clock.now();
      assertMay('completeSale', place.party, deal, now);
      const { negotiation, offer, vehicle, dealerUserId } = deal;
      negotiation.complete(now);
      vehicle.sell(now);
      const event = append(
        tx,
        negotiation,
        { kind: 'NEGOTIATION_COMPLETED', party: place.party, offer },
        now,
      );
      await tx.happened(new SaleCompleted(negotiation, vehicle, dealerUserId));
      announceVehicle(tx, vehicle.id);
      return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
    }),
  );
}

/** Either party gives the agreement up. */
export async function cancelSale(ctx: Ctx, input: CancelSaleInput): Promise<Outcome> {
  const viewer = requireViewer(ctx);
  const message = givenMessage(input.message);
  const reason = givenReason(input.reason);
  return write(ctx, (tx) =>
    once(tx, viewer, 'cancelSale', input, async () => {
      const place = await placeOfParty(tx, viewer, input.negotiationId);
      const deal = await lockDeal(tx, input.negotiationId, place);
      const now = tx.clock.now();
      assertMay('cancelSale', place.party, deal, now);
      return fallThrough(tx, deal, { by: place.party, reason, message }, now);
    }),
  );
}

/** Writes down that the hold ran out before the sale was done. */
export function releaseHold(tx: Tx, deal: Deal, now: Date): Promise<Outcome> {
  return fallThrough(tx, deal, { by: null, reason: 'HOLD_LAPSED', message: null }, now);
}

/**
 * The agreement came to nothing: the vehicle is back on the market, and the buyers whom it displaced get back the
 * offers that they had spent in the negotiations it closed.
 */
async function fallThrough(
  tx: Tx,
  { negotiation, offer, vehicle, dealerUserId }: Deal,
  {
    by,
    reason,
    message,
  }: { by: NegotiationParty | null; reason: NegotiationEndReason; message: string | null },
  now: Date,
): Promise<Outcome> {
  negotiation.fallThrough(reason, now);
  vehicle.release(now);
  const event = append(tx, negotiation, { kind: 'DEAL_FELL_THROUGH', party: by, offer, message }, now);
  const displaced = await tx.em.find(
    Negotiation,
    { vehicle: vehicle.id, displacedBy: negotiation.id, offersForgiven: false },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  for (const rival of displaced) rival.forgiveOffers(now);
  await tx.happened(new DealFellThrough(negotiation, vehicle, dealerUserId, by, displaced));
  announceVehicle(tx, vehicle.id);
  return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
}

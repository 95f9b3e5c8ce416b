import { LockMode, type Ref } from '@mikro-orm/core';
import { requireType } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { AppError } from '../../../kernel/errors.js';
import { type Cents, dollars, formatMoney } from '../../../kernel/money.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { holdLivingAccounts } from '../../accounts/index.js';
import { lockOwnVehicle, type Vehicle } from '../../vehicles/index.js';
import { releaseHold } from '../agreement.service.js';
import { once } from '../client-mutations.js';
import { dealsOf } from '../deal.js';
import { lapse } from '../ending.service.js';
import { Negotiation, type Offer } from '../negotiation.entity.js';
import { givenMessage } from '../negotiation.texts.js';
import { putOffer } from '../offer.service.js';
import { interestedBuyers } from './interested-buyers.js';
import type { InviteInterestedBuyersInput } from './invitation.inputs.js';
import { maximumInvitation } from './invitation.rules.js';

/** Whom a call has invited, by their negotiations, in the order in which they saved the vehicle. */
export type Invited = {
  readonly negotiationIds: readonly string[];
};

/**
 * Opens a negotiation, with the dealer's offer, for each buyer who saved the vehicle and has none open. It is the dealer's
 * offer and costs the buyers none of theirs: who has none left is invited too, and may still accept.
 */
export async function inviteInterestedBuyers(ctx: Ctx, input: InviteInterestedBuyersInput): Promise<Invited> {
  const viewer = requireType(ctx, 'DEALER');
  const message = givenMessage(input.message);
  return write(ctx, (tx) =>
    once(tx, viewer, 'inviteInterestedBuyers', input, () => invite(tx, viewer, input, message)),
  );
}

async function invite(
  tx: Tx,
  viewer: Viewer,
  { vehicleId, amount }: InviteInterestedBuyersInput,
  message: string | null,
): Promise<Invited> {
  // Accounts are locked before vehicles. So it is asked twice: for whom to hold, and then who of them is still to be invited.
  const held = isUuid(vehicleId)
    ? await holdLivingAccounts(tx, await interestedBuyers(tx, viewer, vehicleId, tx.clock.now()))
    : new Set<string>();
  const { vehicle } = await lockOwnVehicle(tx, viewer, vehicleId);
  const now = tx.clock.now();
  await settleHold(tx, vehicle, viewer.id, now);
  assertMayInvite(tx, vehicle, amount);

  const buyers = (await interestedBuyers(tx, viewer, vehicleId, now)).filter((id) => held.has(id));
  await settleLapsed(tx, vehicle, buyers, now);
  const opened: Negotiation[] = [];
  for (const buyerId of buyers) {
    const negotiation = Negotiation.between(vehicle, buyerId, now);
    const offer = { amount, message, isFirst: true, lifetimeMs: tx.policy.invitationLifetimeMs };
    await putOffer(tx, { negotiation, vehicle, dealerUserId: viewer.id }, 'DEALER', offer, now);
    opened.push(negotiation);
  }
  await insertTogether(tx, opened);
  return { negotiationIds: opened.map(({ id }) => id) };
}

/** An agreement that time has ended no longer keeps the vehicle, whether or not the sweep has come by. */
async function settleHold(tx: Tx, vehicle: Vehicle, dealerUserId: string, now: Date): Promise<void> {
  if (vehicle.status !== 'PENDING') return;
  const agreed = await tx.em.find(
    Negotiation,
    { vehicle: vehicle.id, status: 'ACCEPTED' },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const [deal] = await dealsOf(tx, agreed, [vehicle]);
  if (deal?.negotiation.holdHasLapsed(now)) await releaseHold(tx, { ...deal, dealerUserId }, now);
}

function assertMayInvite(tx: Tx, vehicle: Vehicle, amount: Cents): void {
  if (vehicle.status !== 'ACTIVE')
    throw new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is not on the market.');
  if (!vehicle.isNegotiable)
    throw new AppError('VEHICLE_UNAVAILABLE', 'This vehicle is sold at its asking price only.');
  const minimum = 1;
  const maximum = maximumInvitation(vehicle.askingPrice, tx.policy.minimumInvitationDiscountPercent);
  if (amount >= minimum && amount <= maximum) return;
  throw new AppError('OFFER_OUT_OF_BOUNDS', `Invite at ${dollars(maximum)} or less.`, {
    minimum: formatMoney(minimum),
    maximum: formatMoney(maximum),
  });
}

/** What time has ended stands in nobody's way: it is written down first. */
async function settleLapsed(tx: Tx, vehicle: Vehicle, buyers: readonly string[], now: Date): Promise<void> {
  if (buyers.length === 0) return;
  const lapsed = await tx.em.find(
    Negotiation,
    { vehicle: vehicle.id, status: 'ACTIVE', buyer: { $in: [...buyers] } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (lapsed.length === 0) return;
  for (const deal of await dealsOf(tx, lapsed, [vehicle])) await lapse(tx, deal, now);
  // The new rows would meet the old ones in the index of open negotiations.
  await tx.em.flush();
}

/**
 * A negotiation and its offer name each other, which would cost a statement for each pair. So all rows are inserted
 * without the one name, and then it is set in all of them: some statements, however many there are.
 */
async function insertTogether(tx: Tx, opened: readonly Negotiation[]): Promise<void> {
  const offers = opened.map((negotiation) => negotiation.currentOffer as Ref<Offer>);
  for (const negotiation of opened) negotiation.currentOffer = null;
  await tx.em.flush();
  for (const [index, negotiation] of opened.entries()) negotiation.currentOffer = offers[index] as Ref<Offer>;
  await tx.em.flush();
}

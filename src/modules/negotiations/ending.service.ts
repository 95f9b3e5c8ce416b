import { requireViewer } from '../../kernel/authorize.js';
import type { Ctx } from '../../kernel/context.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { type Outcome, once } from './client-mutations.js';
import { append, assertMay, type Deal, lockDeal, lockOpenDeals, lockVehicle, placeOfParty } from './deal.js';
import type { Ending, Negotiation } from './negotiation.entity.js';
import type { NegotiationEndReason, NegotiationEventKind, NegotiationParty } from './negotiation.enums.js';
import {
  NegotiationCancelled,
  NegotiationClosed,
  NegotiationExpired,
  NegotiationRejected,
} from './negotiation.events.js';
import type { CancelNegotiationInput, RejectNegotiationInput } from './negotiation.inputs.js';
import { givenMessage, givenReason } from './negotiation.texts.js';

/** How each way of ending an open negotiation is written down and told. */
const endings = {
  rejectNegotiation: {
    kind: 'NEGOTIATION_REJECTED',
    ending: { status: 'REJECTED', offerStatus: 'REJECTED', resolvedBy: 'USER' },
    fact: NegotiationRejected,
  },
  declineByRule: {
    kind: 'NEGOTIATION_REJECTED',
    ending: { status: 'REJECTED', offerStatus: 'REJECTED', resolvedBy: 'RULE' },
    fact: NegotiationRejected,
  },
  cancelNegotiation: {
    kind: 'NEGOTIATION_CANCELLED',
    ending: { status: 'CANCELLED', offerStatus: 'WITHDRAWN', resolvedBy: 'USER' },
    fact: NegotiationCancelled,
  },
  lapse: {
    kind: 'NEGOTIATION_EXPIRED',
    ending: { status: 'EXPIRED', offerStatus: 'EXPIRED', resolvedBy: 'SYSTEM' },
    fact: NegotiationExpired,
  },
  close: {
    kind: 'NEGOTIATION_CLOSED',
    ending: { status: 'CLOSED', offerStatus: 'CLOSED', resolvedBy: 'SYSTEM' },
    fact: NegotiationClosed,
  },
} as const satisfies Record<
  string,
  { kind: NegotiationEventKind; ending: Omit<Ending, 'reason'>; fact: typeof NegotiationRejected }
>;

/** The dealer turns the standing offer down. */
export function rejectNegotiation(ctx: Ctx, input: RejectNegotiationInput): Promise<Outcome> {
  return endByParty(ctx, 'rejectNegotiation', input);
}

/** The buyer withdraws; an offer of its own that stands is withdrawn, one of the dealer's is void. */
export function cancelNegotiation(ctx: Ctx, input: CancelNegotiationInput): Promise<Outcome> {
  return endByParty(ctx, 'cancelNegotiation', input);
}

async function endByParty(
  ctx: Ctx,
  action: 'rejectNegotiation' | 'cancelNegotiation',
  input: RejectNegotiationInput,
) {
  const viewer = requireViewer(ctx);
  const message = givenMessage(input.message);
  const reason = givenReason(input.reason);
  return write(ctx, (tx) =>
    once(tx, viewer, action, input, async () => {
      const place = await placeOfParty(tx, viewer, input.negotiationId);
      const deal = await lockDeal(tx, input.negotiationId, place);
      const now = tx.clock.now();
      assertMay(action, place.party, deal, now);
      return end(tx, deal, action, { party: place.party, reason, message }, now);
    }),
  );
}

/** The dealer's rules turn the standing offer down, as the dealer would. */
export function declineByRule(tx: Tx, deal: Deal, now: Date): Promise<Outcome> {
  return end(tx, deal, 'declineByRule', { party: 'DEALER', reason: 'OFFER_TOO_LOW', message: null }, now);
}

/** Writes down that the standing offer was not answered in time. */
export function lapse(tx: Tx, deal: Deal, now: Date): Promise<Outcome> {
  return end(tx, deal, 'lapse', { party: null, reason: 'LAPSED', message: null }, now);
}

/**
 * Closes the open negotiations of a vehicle, but the winner's: it went to the winner or, without one, left the market.
 * One that has lapsed already is written down as that.
 */
export async function closeRivals(
  tx: Tx,
  deals: readonly Deal[],
  winner: Negotiation | null,
  now: Date,
): Promise<void> {
  const reason = winner ? 'SOLD_TO_ANOTHER' : 'VEHICLE_UNAVAILABLE';
  for (const deal of deals) {
    if (deal.negotiation === winner) continue;
    if (deal.negotiation.hasLapsed(now)) {
      await lapse(tx, deal, now);
      continue;
    }
    if (winner) deal.negotiation.displace(winner);
    await end(tx, deal, 'close', { party: null, reason, message: null }, now);
  }
}

/** The buyer withdraws from all of these. One that has lapsed already is written down as that. */
export async function withdrawAll(tx: Tx, deals: readonly Deal[], now: Date): Promise<void> {
  for (const deal of deals) {
    if (deal.negotiation.hasLapsed(now)) await lapse(tx, deal, now);
    else await end(tx, deal, 'cancelNegotiation', { party: 'BUYER', reason: 'OTHER', message: null }, now);
  }
}

/** The vehicle left the market: its dealer archived it. */
export async function closeAllOf(tx: Tx, vehicleId: string): Promise<void> {
  const vehicle = await lockVehicle(tx, vehicleId);
  if (vehicle) await closeRivals(tx, await lockOpenDeals(tx, vehicle), null, tx.clock.now());
}

async function end(
  tx: Tx,
  deal: Deal,
  way: keyof typeof endings,
  {
    party,
    reason,
    message,
  }: { party: NegotiationParty | null; reason: NegotiationEndReason; message: string | null },
  now: Date,
): Promise<Outcome> {
  const { negotiation, offer, vehicle, dealerUserId } = deal;
  const { kind, ending, fact: Fact } = endings[way];
  // Who cancels withdraws its own offer; the other side's is void.
  const offerStatus = way === 'cancelNegotiation' && offer.party !== party ? 'CLOSED' : ending.offerStatus;
  negotiation.end({ ...ending, offerStatus, reason }, offer, now);
  const event = append(tx, negotiation, { kind, party, offer, message }, now);
  await tx.happened(new Fact(negotiation, vehicle, dealerUserId, offer));
  return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
}

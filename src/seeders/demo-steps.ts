import type { Ctx } from '../kernel/context.js';
import {
  acceptOffer,
  cancelNegotiation,
  cancelSale,
  completeSale,
  lapseOffers,
  rejectNegotiation,
  releaseHolds,
  startNegotiation,
  submitOffer,
} from '../modules/negotiations/module.js';
import type { PlannedStep, StepAction } from './plan-steps.js';

/** A negotiation of the plan as far as it has been played. */
export interface Played {
  readonly negotiationId: string;
  /** The newest offer. */
  readonly offerId: string | null;
}

/** What a step is given: the vehicle's id, and what the step before it came to (nothing yet, for START). */
export interface Scene {
  readonly vehicleId: string;
  readonly played: Played | undefined;
}

/** Each kind of step as a call of the service that does it. What time does answers with how often it did so. */
type Act = (ctx: Ctx, step: PlannedStep, scene: Scene) => Promise<Played | number>;
const acts: Readonly<Record<StepAction, Act>> = {
  START: (ctx, step, { vehicleId }) => startNegotiation(ctx, { vehicleId, ...offerOf(step) }),
  OFFER: (ctx, step, scene) => submitOffer(ctx, { ...nameOf(scene), ...offerOf(step) }),
  ACCEPT: (ctx, _step, scene) => acceptOffer(ctx, { ...nameOf(scene), offerId: standing(scene) }),
  REJECT: (ctx, step, scene) => rejectNegotiation(ctx, { ...nameOf(scene), ...wordsOf(step) }),
  CANCEL: (ctx, step, scene) => cancelNegotiation(ctx, { ...nameOf(scene), ...wordsOf(step) }),
  COMPLETE: (ctx, _step, scene) => completeSale(ctx, nameOf(scene)),
  CANCEL_SALE: (ctx, step, scene) => cancelSale(ctx, { ...nameOf(scene), ...wordsOf(step) }),
  LAPSE: (ctx) => lapseOffers(ctx),
  LAPSE_HOLD: (ctx) => releaseHolds(ctx),
};

/** Plays a step and returns how the negotiation stands after it. */
export async function playStep(ctx: Ctx, step: PlannedStep, scene: Scene): Promise<Played> {
  const outcome = await acts[step.action](ctx, step, scene);
  return typeof outcome === 'number' ? playedOf(scene) : outcome;
}

function offerOf({ amountCents, message }: PlannedStep) {
  if (amountCents === undefined) throw new Error('The plan has an offer without an amount.');
  return { amount: amountCents, message };
}

function wordsOf({ reason = 'OTHER', message }: PlannedStep) {
  return { reason, message };
}

function nameOf(scene: Scene): { negotiationId: string } {
  return { negotiationId: playedOf(scene).negotiationId };
}

function standing(scene: Scene): string {
  const { offerId } = playedOf(scene);
  if (offerId === null) throw new Error('The plan accepts where there is no offer.');
  return offerId;
}

function playedOf({ played }: Scene): Played {
  if (!played) throw new Error('The plan has a step before the start of its negotiation.');
  return played;
}

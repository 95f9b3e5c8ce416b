import type { Ctx, Policy, Viewer } from '../kernel/context.js';
import { HOLD, MINIMUM_OFFER_PERCENT, OFFER_LIFETIME, OFFERS_PER_VEHICLE } from './plan-rules.js';

const MINUTE_MS = 60_000;

const rules: Partial<Policy> = {
  offerLifetimeMs: OFFER_LIFETIME * MINUTE_MS,
  holdMs: HOLD * MINUTE_MS,
  offersPerVehicle: OFFERS_PER_VEHICLE,
  minimumOfferPercent: MINIMUM_OFFER_PERCENT,
};

/** Makes the contexts of things past: the clock of each stands at its moment, and its viewer is who did it. */
export class Replay {
  private readonly now: number;

  constructor(private readonly makeCtx: () => Ctx) {
    this.now = makeCtx().clock.now().getTime();
  }

  /** A viewer of `null` is the system itself, or somebody who has no account yet. */
  at(minutesAgo: number, viewer: Viewer | null): Ctx {
    const ctx = this.makeCtx();
    const moment = this.now - minutesAgo * MINUTE_MS;
    return { ...ctx, viewer, policy: { ...ctx.policy, ...rules }, clock: { now: () => new Date(moment) } };
  }
}

import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { countOf } from '../../kernel/jobs.js';
import type { Job } from '../../kernel/ports.js';
import { releaseHold } from './agreement.service.js';
import { type Due, settleDue } from './due.js';
import { lapse } from './ending.service.js';
import { OfferExpiring } from './negotiation.events.js';

/** Writes down that offers have lapsed, and tells people: by the clock it was so already. */
const lapsing: Due = {
  at: 'expires_at',
  among: () => sql`status = 'ACTIVE'`,
  async settle(tx, deal, now) {
    if (!deal.negotiation.hasLapsed(now)) return false;
    await lapse(tx, deal, now);
    return true;
  },
};

/** Writes down that holds have run out before the sale was done. */
const releasing: Due = {
  at: 'hold_expires_at',
  among: () => sql`status = 'ACCEPTED'`,
  async settle(tx, deal, now) {
    if (!deal.negotiation.holdHasLapsed(now)) return false;
    await releaseHold(tx, deal, now);
    return true;
  },
};

/** Warns who has the turn, once, while there is still something to answer. */
const warning: Due = {
  at: 'warn_at',
  among: (now) => sql`warn_at is not null and status = 'ACTIVE' and expires_at > ${now}`,
  async settle(tx, { negotiation, offer, vehicle, dealerUserId }, now) {
    const { warnAt } = negotiation;
    if (!negotiation.isOpen(now) || warnAt === null || now < warnAt) return false;
    negotiation.warned();
    await tx.happened(new OfferExpiring(negotiation, vehicle, dealerUserId, offer));
    return true;
  },
};

/** What the clock alone does to negotiations. */
export function sweepJobs(everyMs: number): Job<Ctx>[] {
  return [
    jobOf('lapse-offers', everyMs, lapsing),
    jobOf('warn-expiring', everyMs, warning),
    jobOf('release-holds', everyMs, releasing),
  ];
}

function jobOf(name: string, everyMs: number, due: Due): Job<Ctx> {
  return { name, everyMs, run: (ctx, stopping) => settleDue(ctx, due, stopping) };
}

/** One run each, for whoever does not wait for the job. They return how many were settled. */
export async function lapseOffers(ctx: Ctx): Promise<number> {
  return countOf(await settleDue(ctx, lapsing));
}

export async function releaseHolds(ctx: Ctx): Promise<number> {
  return countOf(await settleDue(ctx, releasing));
}

export async function warnExpiring(ctx: Ctx): Promise<number> {
  return countOf(await settleDue(ctx, warning));
}

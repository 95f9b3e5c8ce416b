import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import type { Job } from '../../kernel/ports.js';
import { type Tx, write } from '../../kernel/unit-of-work.js';
import { releaseHold } from './agreement.service.js';
import { type Deal, lockDeal, placeOf } from './deal.js';
import { lapse } from './ending.service.js';

/** How many due negotiations one run takes on; the next run takes the rest. */
const BATCH = 200;

/**
 * Writes down what time has done and tells people: offers that lapsed, holds that ran out. Each negotiation is looked
 * at again under its locks, so that any number of sweepers write each thing once.
 */
export function sweepJobs(everyMs: number): Job<Ctx>[] {
  return [
    { name: 'lapse-offers', everyMs, run: lapseOffers },
    { name: 'release-holds', everyMs, run: releaseHolds },
  ];
}

export function lapseOffers(ctx: Ctx): Promise<number> {
  const due = sql<{ id: string }>`
    select id from negotiations where status = 'ACTIVE' and expires_at <= ${ctx.clock.now().getTime()}
    order by expires_at limit ${BATCH}`;
  return settleEach(ctx, due, async (tx, deal, now) => {
    if (!deal.negotiation.hasLapsed(now)) return false;
    await lapse(tx, deal, now);
    return true;
  });
}

export function releaseHolds(ctx: Ctx): Promise<number> {
  const due = sql<{ id: string }>`
    select id from negotiations where status = 'ACCEPTED' and hold_expires_at <= ${ctx.clock.now().getTime()}
    order by hold_expires_at limit ${BATCH}`;
  return settleEach(ctx, due, async (tx, deal, now) => {
    if (!deal.negotiation.holdHasLapsed(now)) return false;
    await releaseHold(tx, deal, now);
    return true;
  });
}

async function settleEach(
  ctx: Ctx,
  due: ReturnType<typeof sql<{ id: string }>>,
  settle: (tx: Tx, deal: Deal, now: Date) => Promise<boolean>,
): Promise<number> {
  const { rows } = await due.execute(ctx.em.getKysely());
  let count = 0;
  for (const { id } of rows) {
    // One that cannot be settled must not keep the others waiting; the next run meets it again.
    const settled = await settleOne(ctx, id, settle).catch((error: unknown) => {
      ctx.log.error({ err: error, negotiation: id }, 'a due negotiation could not be settled');
      return false;
    });
    if (settled) count += 1;
  }
  return count;
}

function settleOne(
  ctx: Ctx,
  id: string,
  settle: (tx: Tx, deal: Deal, now: Date) => Promise<boolean>,
): Promise<boolean> {
  return write(ctx, async (tx) => {
    const place = await placeOf(tx, id);
    return place ? settle(tx, await lockDeal(tx, id, place), tx.clock.now()) : false;
  });
}

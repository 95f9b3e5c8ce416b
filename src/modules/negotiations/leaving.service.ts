import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { conflict } from '../../kernel/errors.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Vehicle } from '../vehicles/index.js';
import { releaseHold } from './agreement.service.js';
import { ClientMutation } from './client-mutation.entity.js';
import { type Deal, dealsOf } from './deal.js';
import { closeRivals, withdrawAll } from './ending.service.js';
import { Negotiation } from './negotiation.entity.js';

/**
 * A party leaves the marketplace: what time has ended is written down, what is open ends. All locks are taken for all
 * negotiations at once, in the one order: the number of statements does not grow with their number, but for their writing.
 */

/** The buyer withdraws from all that is open. CONFLICT while a vehicle is held for it. */
export async function endForBuyer(tx: Tx, userId: string): Promise<void> {
  const deals = await lockUnsettled(tx, { buyer: userId });
  const now = tx.clock.now();
  await settleHolds(tx, deals, now);
  const open = deals.filter(({ negotiation }) => negotiation.status === 'ACTIVE');
  await withdrawAll(tx, open, now);
  await waitForNothing(tx, userId);
  await tx.em.nativeDelete(ClientMutation, { user: userId });
}

/** Before a dealership closes: no agreement is left without its dealer. CONFLICT while a vehicle is held. */
export async function settleForDealer(tx: Tx, dealerId: string): Promise<void> {
  const deals = await lockUnsettled(tx, { dealer: dealerId, status: 'ACCEPTED' });
  await settleHolds(tx, deals, tx.clock.now());
}

/** After it: its listings have left the market, and with them what is open about them. */
export async function closeForDealer(tx: Tx, dealerId: string): Promise<void> {
  const deals = await lockUnsettled(tx, { dealer: dealerId, status: 'ACTIVE' });
  await closeRivals(tx, deals, null, tx.clock.now());
}

async function settleHolds(tx: Tx, deals: readonly Deal[], now: Date): Promise<void> {
  const held = deals.filter(({ negotiation }) => negotiation.status === 'ACCEPTED');
  if (held.some(({ negotiation }) => !negotiation.holdHasLapsed(now))) {
    throw conflict('A vehicle is held after an agreement. Complete or cancel the sale first.');
  }
  for (const deal of held) await releaseHold(tx, deal, now);
}

/** Negotiations that are not ended in the database, with their vehicles: locked by id, the vehicles first. */
async function lockUnsettled(
  tx: Tx,
  whose: { buyer: string } | { dealer: string; status: 'ACTIVE' | 'ACCEPTED' },
): Promise<Deal[]> {
  const unsettled = { status: { $in: ['ACTIVE', 'ACCEPTED'] as const }, ...whose };
  const about = await tx.em
    .createQueryBuilder(Negotiation, 'n')
    .select('vehicle', true)
    .where(unsettled)
    .execute<Array<{ vehicle: string }>>('all');
  if (about.length === 0) return [];
  const vehicles = await tx.em.find(
    Vehicle,
    { id: { $in: about.map(({ vehicle }) => vehicle) } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const negotiations = await tx.em.find(Negotiation, unsettled, {
    orderBy: { id: 'asc' },
    lockMode: LockMode.PESSIMISTIC_WRITE,
  });
  return dealsOf(tx, negotiations, vehicles);
}

/**
 * Nobody who is gone is told that a vehicle is to be had again. The rows are those that a falling-through agreement locks
 * before it tells: either it has told before the inbox goes, or it finds that this buyer no longer waits.
 */
async function waitForNothing(tx: Tx, userId: string): Promise<void> {
  await sql`update negotiations set displaced_by = null where buyer_id = ${userId} and displaced_by is not null`.execute(
    tx.em.getKysely(),
  );
}

import { LockMode } from '@mikro-orm/core';
import type { Viewer } from '../../kernel/context.js';
import { notFound } from '../../kernel/errors.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Dealer } from './dealer.entity.js';

const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/**
 * The viewer's dealership, held against its closing until the transaction ends; null where it has none, or where it has
 * closed. It comes before the vehicles in the order of locks.
 */
export function holdDealerOf(tx: Tx, viewer: Viewer): Promise<Dealer | null> {
  const inBusiness = { user: viewer.id, closedAt: null };
  return tx.em.findOne(Dealer, inBusiness, { lockMode: LockMode.PESSIMISTIC_READ });
}

/** The same of a dealership by its id, for work that is done in nobody's name. */
export function holdDealer(tx: Tx, id: string): Promise<Dealer | null> {
  return tx.em.findOne(Dealer, { id, closedAt: null }, { lockMode: LockMode.PESSIMISTIC_READ });
}

/** A dealership in business, to be changed; null where there is none. */
export function lockDealer(tx: Tx, id: string): Promise<Dealer | null> {
  return tx.em.findOne(Dealer, { id, closedAt: null }, LOCKED);
}

/** The viewer's own dealership, to be changed. @throws AppError NOT_FOUND */
export async function lockOwnDealer(tx: Tx, viewer: Viewer): Promise<Dealer> {
  const dealer = await tx.em.findOne(Dealer, { user: viewer.id, closedAt: null }, LOCKED);
  if (!dealer) throw notFound('Dealership');
  return dealer;
}

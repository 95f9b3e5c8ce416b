import { LockMode } from '@mikro-orm/core';
import type { Viewer } from '../../kernel/context.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Dealer } from './dealer.entity.js';

/**
 * The viewer's dealership, held against its closing until the transaction ends; null where it has none, or where it has
 * closed. It comes before the vehicles in the order of locks.
 */
export function holdDealerOf(tx: Tx, viewer: Viewer): Promise<Dealer | null> {
  const inBusiness = { user: viewer.id, closedAt: null };
  return tx.em.findOne(Dealer, inBusiness, { lockMode: LockMode.PESSIMISTIC_READ });
}

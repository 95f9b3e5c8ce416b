import { sql } from 'kysely';
import { type Listener, on } from '../../kernel/events.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { AccountDeleted } from '../accounts/index.js';
import { Dealer } from './dealer.entity.js';
import { DealerClosed, DealerClosing } from './dealer.events.js';
import { forgetDocumentsOf } from './documents/dealer-document.service.js';

export const dealerListeners: readonly Listener[] = [
  on(AccountDeleted, (tx, { userId }) => closeDealershipOf(tx, userId)),
];

async function closeDealershipOf(tx: Tx, userId: string): Promise<void> {
  const now = tx.clock.now();
  // An update, and no `select … for update`: that would also wait for whoever is adding rows that refer to the
  // dealership, and those may be waiting for its vehicles.
  const { rows } = await sql<{ id: string }>`
    update dealers set closed_at = ${now.getTime()} where user_id = ${userId} and closed_at is null
    returning id`.execute(tx.em.getKysely());
  const id = rows[0]?.id;
  if (id === undefined) return;
  await tx.happened(new DealerClosing(id));
  (await tx.em.findOneOrFail(Dealer, id)).close(now);
  await forgetDocumentsOf(tx, id);
  await tx.happened(new DealerClosed(id));
}

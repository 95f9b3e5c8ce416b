import type { Tx } from '../../../kernel/unit-of-work.js';
import { answerOf } from '../../vehicles/index.js';
import { agreeTo } from '../agreement.service.js';
import { type Deal, lockOpenDeals } from '../deal.js';
import { declineByRule } from '../ending.service.js';

/**
 * The dealer's rules answer a buyer's offer that was put just now, in its transaction, as the dealer itself would: with
 * the same entries, facts and notifications. The vehicle and the negotiation are locked; where the rules accept, its
 * rivals are locked next, as for `acceptOffer`.
 */
export async function answerByRules(tx: Tx, deal: Deal, now: Date): Promise<void> {
  const { offer, vehicle } = deal;
  const answer = answerOf(vehicle, offer.amount);
  if (answer === null || vehicle.status !== 'ACTIVE') return;
  // Written as it was put, and only then answered.
  await tx.em.flush();
  if (answer === 'DECLINE') {
    await declineByRule(tx, deal, now);
    return;
  }
  const open = await lockOpenDeals(tx, vehicle);
  await agreeTo(tx, deal, open, { party: 'DEALER', resolver: 'RULE' }, now);
}

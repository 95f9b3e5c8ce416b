import { Negotiation, Offer } from '../../src/modules/negotiations/index.js';
import { Vehicle } from '../../src/modules/vehicles/index.js';
import type { TestApp } from './app.js';
import type { Person } from './builders.js';

export interface Opened {
  readonly negotiationId: string;
  readonly offerId: string;
  readonly sequence: number;
}

/**
 * An open negotiation about a vehicle for each of these buyers, all written at once: a race of 16 over 50 rounds would
 * spend most of its time on 800 first offers made one by one. Their dealer is not notified.
 */
export async function openRivals(
  app: TestApp,
  vehicleId: string,
  buyers: readonly Person[],
  amount = 1_500_000,
): Promise<Opened[]> {
  const em = app.orm.em.fork();
  const vehicle = await em.findOneOrFail(Vehicle, { id: vehicleId });
  const now = app.clock.now();
  const expiresAt = new Date(now.getTime() + app.system.config.policy.offerLifetimeMs);
  const opened = buyers.map((buyer) => {
    const negotiation = Negotiation.between(vehicle, buyer.id, now);
    const offer = Offer.of(negotiation, { amount, party: 'BUYER', message: null, expiresAt }, now);
    negotiation.put(offer, now);
    const event = negotiation.append({ kind: 'OFFER_SUBMITTED', party: 'BUYER', offer }, now);
    em.persist([negotiation, offer, event]);
    return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
  });
  await em.flush();
  return opened;
}

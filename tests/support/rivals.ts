import { sql } from 'kysely';
import { Negotiation, Offer } from '../../src/modules/negotiations/index.js';
import { warningTime } from '../../src/modules/negotiations/negotiation.rules.js';
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
  return (await openRivalsOn(app, [vehicleId], buyers, amount))[0] as Opened[];
}

/** The same about each of many vehicles; by vehicle, in their order. */
export async function openRivalsOn(
  app: TestApp,
  vehicleIds: readonly string[],
  buyers: readonly Person[],
  amount = 1_500_000,
): Promise<Opened[][]> {
  return app.orm.em.fork().transactional(async (em) => {
    const found = await em.find(Vehicle, { id: { $in: [...vehicleIds] } });
    const vehicles = new Map(found.map((vehicle) => [vehicle.id, vehicle]));
    const now = app.clock.now();
    const expiresAt = new Date(now.getTime() + app.system.config.policy.offerLifetimeMs);
    const opened = vehicleIds.map((vehicleId) =>
      buyers.map((buyer) => {
        const vehicle = vehicles.get(vehicleId) as Vehicle;
        const negotiation = Negotiation.between(vehicle, buyer.id, now);
        const { askingPrice } = vehicle;
        const offer = Offer.of(
          negotiation,
          { amount, askingPrice, party: 'BUYER', message: null, expiresAt },
          now,
        );
        negotiation.put(offer, warningTime(now, expiresAt, app.system.config.policy.warningMs), now);
        const event = negotiation.append({ kind: 'OFFER_SUBMITTED', party: 'BUYER', offer }, now);
        // An offer and its negotiation name each other, which costs a statement for each; below, one does for all.
        negotiation.currentOffer = null;
        em.persist([negotiation, offer, event]);
        return { negotiationId: negotiation.id, offerId: offer.id, sequence: event.sequence };
      }),
    );
    await em.flush();
    await sql`update negotiations
      set current_offer_id = (select o.id from offers as o where o.negotiation_id = negotiations.id)
      where current_offer_id is null and vehicle_id in (${sql.join(vehicleIds)})`.execute(em.getKysely());
    return opened;
  });
}

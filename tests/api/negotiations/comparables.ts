import { Negotiation, Offer } from '../../../src/modules/negotiations/index.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { openRivals } from '../../support/rivals.js';

/**
 * Ended negotiations of these buyers about one vehicle, at this amount, a millisecond after each other: each agreed on,
 * which then fell through, or turned down. Written at once.
 */
export async function bargained(
  app: TestApp,
  vehicleId: string,
  buyers: ReadonlyArray<Pick<Person, 'id'>>,
  { outcome, amount }: { outcome: 'agreed' | 'rejected'; amount: number },
): Promise<void> {
  await openRivals(app, vehicleId, buyers as Person[], amount);
  await app.orm.em.fork().transactional(async (em) => {
    const offers = await em.find(Offer, { negotiation: { vehicle: vehicleId } });
    for (const own of await em.find(Negotiation, { vehicle: vehicleId })) {
      const offer = offers.find(({ id }) => id === own.currentOffer?.id) as Offer;
      const now = app.clock.now();
      if (outcome === 'agreed') {
        own.agree(offer, 'USER', now, now);
        own.fallThrough('OTHER', now);
      } else {
        const how = { status: 'REJECTED', offerStatus: 'REJECTED', resolvedBy: 'USER' } as const;
        own.end({ ...how, reason: 'OTHER' }, offer, now);
      }
      app.clock.advance(1);
    }
  });
}

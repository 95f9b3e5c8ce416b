import { ref } from '@mikro-orm/core';
import { User } from '../../../src/modules/accounts/index.js';
import { Dealer } from '../../../src/modules/dealers/index.js';
import { Negotiation, Offer } from '../../../src/modules/negotiations/index.js';
import type { NegotiationEvent } from '../../../src/modules/negotiations/negotiation.entity.js';
import { Notification } from '../../../src/modules/notifications/notification.entity.js';
import { type PriceChange, Vehicle } from '../../../src/modules/vehicles/vehicle.entity.js';
import type { TestApp } from '../../support/app.js';
import type { DealerPerson, Person } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';

type Rows = Array<
  User | Dealer | Vehicle | PriceChange | Negotiation | Offer | NegotiationEvent | Notification
>;

/**
 * Writes `many` negotiations of a dealer, each with another buyer, then `many` of a buyer, each with another dealer,
 * each on a vehicle of its own, with offers, a log and an entry in the viewer's inbox. Straight into the tables.
 * Returns the ids of the buyer's negotiations.
 */
export async function fill(
  app: TestApp,
  many: number,
  dealer: DealerPerson,
  buyer: Person,
): Promise<string[]> {
  const em = app.orm.em.fork();
  const now = app.clock.now();
  const rows: Rows = [];
  const own = await em.findOneOrFail(Dealer, dealer.dealerId);
  const ids: string[] = [];
  for (let index = 1; index <= many; index++) {
    const other = account('BUYER', `other-buyer-${index}@example.com`, now);
    rows.push(other, ...negotiationOf(app, own, other.id, index, dealer.id).rows);
  }
  for (let index = 1; index <= many; index++) {
    const owner = account('DEALER', `other-dealer-${index}@example.com`, now);
    const other = Dealer.register(ref(owner), `L-${index}`, businessOf(index), now);
    const made = negotiationOf(app, other, buyer.id, index, buyer.id);
    ids.push(made.id);
    rows.push(owner, other, ...made.rows);
  }
  em.persist(rows);
  await em.flush();
  return ids;
}

function negotiationOf(app: TestApp, dealer: Dealer, buyerId: string, index: number, inboxOf: string) {
  const now = app.clock.now();
  const expiresAt = new Date(now.getTime() + DAY);
  const { vehicle, firstPrice } = Vehicle.draft(ref(dealer), app.build.vin(), 2_000_000, carOf(index), now);
  vehicle.publish(now);
  const negotiation = Negotiation.between(vehicle, buyerId, now);
  const rows: Rows = [vehicle, firstPrice, vehicle.reprice(1_900_000, now), negotiation];
  let last: Offer | undefined;
  for (const [amount, party] of [
    [1_500_000, 'BUYER'],
    [1_800_000, 'DEALER'],
    [1_600_000, 'BUYER'],
  ] as const) {
    last?.answer('COUNTERED', 'USER', now);
    last = Offer.of(negotiation, { amount, party, message: null, expiresAt }, now);
    negotiation.put(last, now);
    rows.push(last, negotiation.append({ kind: 'OFFER_SUBMITTED', party, offer: last }, now));
  }
  const entry = new Notification();
  Object.assign(entry, { sequence: 1_000 + index, kind: 'OFFER_COUNTERED', title: 'T', body: 'B' });
  entry.user = app.orm.em.fork().getReference(User, inboxOf, { wrapped: true });
  entry.vehicle = ref(vehicle);
  entry.negotiation = ref(negotiation);
  entry.offer = ref(last as Offer);
  return { id: negotiation.id, rows: [...rows, entry] };
}

function account(userType: 'BUYER' | 'DEALER', email: string, now: Date): User {
  const made = Object.assign(new User(), {
    userType,
    email,
    passwordHash: '-',
    firstName: 'Ann',
    lastName: 'Lee',
  });
  made.createdAt = now;
  return made;
}

const businessOf = (index: number) => ({
  businessName: `Other ${index}`,
  description: null,
  phone: null,
  website: null,
  address: null,
  city: 'Austin',
  state: 'TX',
  postalCode: null,
  latitude: null,
  longitude: null,
});

const carOf = (index: number) => ({
  stockNumber: null,
  make: `Make ${index}`,
  model: 'Model',
  year: 2020,
  trim: null,
  bodyType: null,
  fuelType: null,
  transmission: null,
  drivetrain: null,
  condition: 'USED' as const,
  exteriorColor: null,
  interiorColor: null,
  mileage: index,
  features: [],
  description: null,
  msrp: null,
  isNegotiable: true,
});

import { ref } from '@mikro-orm/core';
import { User } from '../../../src/modules/accounts/index.js';
import { DealerDocument } from '../../../src/modules/dealers/documents/dealer-document.entity.js';
import { Dealer } from '../../../src/modules/dealers/index.js';
import { Negotiation, Offer } from '../../../src/modules/negotiations/index.js';
import type { NegotiationEvent } from '../../../src/modules/negotiations/negotiation.entity.js';
import { Notification } from '../../../src/modules/notifications/notification.entity.js';
import { BulkUpload } from '../../../src/modules/vehicles/bulk/bulk-upload.entity.js';
import { VehicleImage } from '../../../src/modules/vehicles/photos/vehicle-image.entity.js';
import { SavedSearch } from '../../../src/modules/vehicles/saved/saved-search.entity.js';
import { SavedVehicle } from '../../../src/modules/vehicles/saved/saved-vehicle.entity.js';
import { type PriceChange, Vehicle } from '../../../src/modules/vehicles/vehicle.entity.js';
import type { TestApp } from '../../support/app.js';
import type { DealerPerson, Person } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';

type Rows = Array<
  | User
  | Dealer
  | DealerDocument
  | Vehicle
  | VehicleImage
  | BulkUpload
  | SavedVehicle
  | SavedSearch
  | PriceChange
  | Negotiation
  | Offer
  | NegotiationEvent
  | Notification
>;

/**
 * Writes `many` negotiations of a dealer, each with another buyer, then `many` of a buyer, each with another dealer,
 * each on a vehicle of its own, with offers, a log and an entry in the viewer's inbox. The buyer has saved its vehicles,
 * and as many searches. Straight into the tables.
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
    rows.push(other, uploadOf(own, index, now), ...negotiationOf(app, own, other.id, index, dealer.id).rows);
  }
  for (let index = 1; index <= many; index++) {
    const owner = account('DEALER', `other-dealer-${index}@example.com`, now);
    const other = Dealer.register(ref(owner), `L-${index}`, businessOf(index), now);
    const made = negotiationOf(app, other, buyer.id, index, buyer.id);
    ids.push(made.id);
    other.submit('Please.', now);
    const file = { filename: 'licence.pdf', contentType: 'application/pdf', sizeBytes: 1 };
    const key = `dealer_documents/${index}.pdf`;
    const paper = DealerDocument.of(other, 'DEALER_LICENSE', { ...file, key }, now);
    const search = { name: `Search ${index}`, filter: { search: 'camry' }, alertsEnabled: true };
    rows.push(SavedVehicle.of(buyer.id, made.vehicleId, now), SavedSearch.of(buyer.id, search, now));
    rows.push(owner, other, paper, ...made.rows);
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
  const images = [0, 1].map((position) =>
    VehicleImage.of(
      vehicle.id,
      { key: `vehicles/${index}.webp`, width: 8, height: 6, alt: null, position },
      now,
    ),
  );
  const rows: Rows = [vehicle, firstPrice, ...images, vehicle.reprice(1_900_000, now), negotiation];
  let last: Offer | undefined;
  for (const [amount, party] of [
    [1_500_000, 'BUYER'],
    [1_800_000, 'DEALER'],
    [1_600_000, 'BUYER'],
  ] as const) {
    last?.answer('COUNTERED', 'USER', now);
    last = Offer.of(negotiation, { amount, askingPrice: 2_000_000, party, message: null, expiresAt }, now);
    negotiation.put(last, null, now);
    rows.push(last, negotiation.append({ kind: 'OFFER_SUBMITTED', party, offer: last }, now));
  }
  const entry = new Notification();
  Object.assign(entry, { sequence: 1_000 + index, kind: 'OFFER_COUNTERED', title: 'T', body: 'B' });
  entry.user = app.orm.em.fork().getReference(User, inboxOf, { wrapped: true });
  entry.vehicle = ref(vehicle);
  entry.negotiation = ref(negotiation);
  entry.offer = ref(last as Offer);
  return { id: negotiation.id, vehicleId: vehicle.id, rows: [...rows, entry] };
}

function uploadOf(dealer: Dealer, index: number, now: Date): BulkUpload {
  const file = { key: `bulk_uploads/${index}.csv`, ignoredColumns: ['Lot'] };
  const upload = BulkUpload.receive(ref(dealer), file, { dryRun: false, publish: false }, now);
  const errors = [{ line: 2, column: 'vin', message: 'Wrong.' }];
  upload.count({ rows: 1, created: 0, updated: 0, failed: 1, errors }, now, now);
  upload.finish(null, now);
  return upload;
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

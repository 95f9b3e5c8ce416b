import { v7 } from 'uuid';
import type { GeoPoint } from '../../src/kernel/geo.js';
import { User } from '../../src/modules/accounts/index.js';
import { Dealer } from '../../src/modules/dealers/index.js';
import { searchTermsOf } from '../../src/modules/vehicles/search/search-terms.js';
import { Vehicle } from '../../src/modules/vehicles/vehicle.entity.js';
import type { BodyType, FuelType, VehicleStatus } from '../../src/modules/vehicles/vehicle.enums.js';
import { kindOf } from '../../src/modules/vehicles/vehicle.kind.js';
import { nameKey } from '../../src/modules/vehicles/vehicle.names.js';
import type { TestApp } from './app.js';

export interface BulkListing {
  readonly dealerId: string;
  readonly make?: string;
  readonly model?: string;
  readonly year?: number;
  readonly bodyType?: BodyType | null;
  readonly fuelType?: FuelType | null;
  readonly mileage?: number;
  readonly askingPrice?: number;
  readonly status?: VehicleStatus;
}

let made = 0;

/** Verified dealers at these places, or at none, written straight into the tables; their ids in this order. */
export async function insertDealers(app: TestApp, places: ReadonlyArray<GeoPoint | null>): Promise<string[]> {
  const em = app.orm.em.fork();
  const at = app.clock.now();
  const rows = places.map((place) => ({ userId: v7(), dealerId: v7(), place, number: ++made }));
  const times = { createdAt: at, updatedAt: at };
  await em.insertMany(
    User,
    rows.map(({ userId, number }) => ({
      ...times,
      id: userId,
      email: `bulk-${number}@example.com`,
      passwordHash: '-',
      userType: 'DEALER' as const,
      firstName: 'Ann',
      lastName: 'Lee',
    })),
  );
  await em.insertMany(
    Dealer,
    rows.map(({ userId, dealerId, place, number }) => ({
      ...times,
      id: dealerId,
      user: userId,
      businessName: `Bulk ${number}`,
      licenseNumber: '-',
      city: 'Austin',
      state: 'TX',
      verificationStatus: 'VERIFIED' as const,
      latitude: place?.latitude ?? null,
      longitude: place?.longitude ?? null,
    })),
  );
  return rows.map(({ dealerId }) => dealerId);
}

/** Vehicles, on the market unless told otherwise, written straight into the table; their ids in this order. */
export async function insertListings(app: TestApp, listings: readonly BulkListing[]): Promise<string[]> {
  const at = app.clock.now();
  const rows = listings.map(({ dealerId, ...given }) => {
    const listing = {
      make: 'Toyota',
      model: 'Camry',
      year: 2021,
      trim: null,
      bodyType: null,
      fuelType: null,
      exteriorColor: null,
      features: [],
      description: null,
      ...given,
    };
    const keys = { makeKey: nameKey(listing.make), modelKey: nameKey(listing.model) };
    return {
      id: v7(),
      createdAt: at,
      updatedAt: at,
      listedAt: at,
      publishedAt: at,
      dealer: dealerId,
      vin: `BULK${++made}`,
      ...keys,
      kind: kindOf({ ...listing, ...keys }),
      mileage: 0,
      askingPrice: 2_000_000,
      status: 'ACTIVE' as const,
      condition: 'USED' as const,
      isNegotiable: true,
      searchTerms: searchTermsOf(listing),
      ...listing,
    };
  });
  await app.orm.em.fork().insertMany(Vehicle, rows);
  return rows.map(({ id }) => id);
}

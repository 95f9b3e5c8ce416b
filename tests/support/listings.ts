import { Dealer } from '../../src/modules/dealers/index.js';
import { Vehicle } from '../../src/modules/vehicles/index.js';
import { newVehicleOf } from '../../src/modules/vehicles/vehicle.rules.js';
import type { TestApp } from './app.js';
import type { BuiltVehicle, DealerPerson } from './builders.js';

const DETAILS = {
  make: 'Toyota',
  model: 'Camry',
  year: 2021,
  trim: 'XLE',
  mileage: 30_000,
  condition: 'USED',
} as const;

/** Vehicles on the market as `build.vehicle` makes one, for 20,000, all written at once. */
export async function listVehicles(
  app: TestApp,
  dealer: DealerPerson,
  count: number,
): Promise<BuiltVehicle[]> {
  const em = app.orm.em.fork();
  const now = app.clock.now();
  const owner = em.getReference(Dealer, dealer.dealerId, { wrapped: true });
  const listed = Array.from({ length: count }, () => {
    const input = { ...DETAILS, vin: app.build.vin(), askingPrice: 2_000_000 };
    const { vin, askingPrice, details } = newVehicleOf(input, now);
    const { vehicle, firstPrice } = Vehicle.draft(owner, vin, askingPrice, details, now);
    vehicle.publish(now);
    em.persist([vehicle, firstPrice]);
    return { id: vehicle.id, vin, dealer };
  });
  await em.flush();
  return listed;
}

import type { Ctx } from '../kernel/context.js';
import { createVehicle } from '../modules/vehicles/module.js';
import type { PlannedVehicle } from './plan-vehicles.js';

/** Lists a planned vehicle for the viewer's dealership and returns its id. */
export function listVehicle(ctx: Ctx, planned: PlannedVehicle): Promise<string> {
  const { askingPriceCents, msrpCents, status, priceDrop } = planned;
  const { vin, stockNumber, make, model, year, trim, bodyType, fuelType, transmission, drivetrain } = planned;
  const { condition, exteriorColor, interiorColor, mileage, features, description } = planned;
  return createVehicle(ctx, {
    ...{ vin, stockNumber, make, model, year, trim, bodyType, fuelType, transmission, drivetrain },
    ...{ condition, exteriorColor, interiorColor, mileage, features, description },
    askingPrice: priceDrop?.fromCents ?? askingPriceCents,
    msrp: msrpCents,
    isNegotiable: true,
    publish: status === 'ACTIVE',
  });
}

import { describe, expect, it } from 'vitest';
import { VehicleStatus } from '../../../src/modules/vehicles/vehicle.enums.js';
import { isOnView, mayPublish, ownsVehicle } from '../../../src/modules/vehicles/vehicle.policy.js';

describe('who may do what with a vehicle', () => {
  it('everybody sees it while ACTIVE, PENDING or SOLD', () => {
    const seen = (Object.keys(VehicleStatus) as VehicleStatus[]).filter(isOnView);
    expect(seen).toEqual(['ACTIVE', 'PENDING', 'SOLD']);
  });

  it('its own dealer changes it', () => {
    const vehicle = { dealer: { id: 'a' } };
    expect([
      ownsVehicle({ id: 'a' }, vehicle),
      ownsVehicle({ id: 'b' }, vehicle),
      ownsVehicle(null, vehicle),
    ]).toEqual([true, false, false]);
  });

  it('a verified dealer publishes', () => {
    const statuses = ['UNVERIFIED', 'PENDING', 'VERIFIED', 'REJECTED'] as const;
    const may = statuses.filter((verificationStatus) => mayPublish({ verificationStatus }));
    expect(may).toEqual(['VERIFIED']);
  });
});

import { describe, expect, it } from 'vitest';
import type { UserType } from '../../../src/kernel/context.js';
import { VehicleStatus } from '../../../src/modules/vehicles/vehicle.enums.js';
import {
  isOnView,
  mayPublish,
  maySeeRules,
  ownsVehicle,
} from '../../../src/modules/vehicles/vehicle.policy.js';

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

  it('its own dealer sees its rules, and no admin does', () => {
    const vehicle = { dealer: { user: { id: 'dan' } } };
    const viewer = (id: string, userType: UserType) => ({
      id,
      userType,
      sessionId: 's',
      tokenExpiresAt: new Date(0),
    });
    const who = [viewer('dan', 'DEALER'), viewer('dora', 'DEALER'), viewer('ada', 'ADMIN'), null];
    expect(who.map((one) => maySeeRules(one, vehicle))).toEqual([true, false, false, false]);
  });

  it('a verified dealer publishes', () => {
    const statuses = ['UNVERIFIED', 'PENDING', 'VERIFIED', 'REJECTED'] as const;
    const may = statuses.filter((verificationStatus) => mayPublish({ verificationStatus }));
    expect(may).toEqual(['VERIFIED']);
  });
});

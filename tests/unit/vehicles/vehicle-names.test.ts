import { describe, expect, it } from 'vitest';
import { nameKey, vehicleLabel } from '../../../src/modules/vehicles/vehicle.names.js';

describe('names of vehicles', () => {
  it('compare without case and by one space', () => {
    expect(nameKey(' LAND \t Rover ')).toBe('land rover');
    expect(nameKey('ŠKODA')).toBe(nameKey('škoda'));
  });

  it('label a car as people name it', () => {
    expect(vehicleLabel({ year: 2021, make: 'Toyota', model: 'Camry', trim: 'XLE' })).toBe(
      '2021 Toyota Camry XLE',
    );
    expect(vehicleLabel({ year: 2021, make: 'Toyota', model: 'Camry', trim: null })).toBe(
      '2021 Toyota Camry',
    );
  });
});

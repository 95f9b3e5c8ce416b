import type { Constraint } from '../../kernel/constraints.js';
import { conflict } from '../../kernel/errors.js';

export const vehicleConstraints: readonly Constraint[] = [
  {
    index: 'vehicles_vin_unique',
    columns: 'vehicles.dealer_id, vehicles.vin',
    error: () => conflict('Your inventory already has a vehicle with this VIN that is not archived.'),
  },
];

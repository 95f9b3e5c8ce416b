import type { Room } from '../../kernel/room.js';
import { vehicleConstraints } from './vehicle.constraints.js';
import { PriceChange, Vehicle } from './vehicle.entity.js';
import { vehicleListeners } from './vehicle.listeners.js';
import { VehiclePayloadResolver, VehicleResolver } from './vehicle.resolver.js';
import { DealerVehiclesResolver, VehicleFieldsResolver } from './vehicle-fields.resolver.js';
import { VehicleSubscriptions } from './vehicle-live.resolver.js';

export { archiveVehicle, createVehicle, updateVehicle } from './vehicle.service.js';

export const vehicles: Room = {
  name: 'vehicles',
  entities: [Vehicle, PriceChange],
  resolvers: [
    VehicleResolver,
    VehiclePayloadResolver,
    VehicleFieldsResolver,
    DealerVehiclesResolver,
    VehicleSubscriptions,
  ],
  listeners: vehicleListeners,
  constraints: vehicleConstraints,
};

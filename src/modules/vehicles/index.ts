export { countVehiclesOf } from './inventory/inventory.reads.js';
export { VehicleImage } from './photos/vehicle-image.entity.js';
export { SavedSearchMatched, SavedVehicleCheaper } from './saved/saved.events.js';
export { PriceChange, Vehicle } from './vehicle.entity.js';
export * from './vehicle.enums.js';
export {
  announceVehicle,
  VehicleArchived,
  VehiclePublished,
  VehicleRepriced,
  vehicleTopic,
} from './vehicle.events.js';
export { vehicleLabel } from './vehicle.names.js';
export { VehicleConnection } from './vehicle.payloads.js';
export { readVisibleVehicle } from './vehicle.reads.js';
export { vehicleShape } from './vehicle.shapes.js';

export { answerOf, type DealersRules } from './dealers-rules/dealers-rules.js';
export { InventorySummary, VehicleStatusCount } from './inventory/inventory.payloads.js';
export { countVehiclesOf, readInventorySummary } from './inventory/inventory.reads.js';
export { VehicleImage } from './photos/vehicle-image.entity.js';
export { SavedSearchMatched, SavedVehicleCheaper } from './saved/saved.events.js';
export { SavedVehicle } from './saved/saved-vehicle.entity.js';
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
export { readOwnVehicle, readVisibleVehicle } from './vehicle.reads.js';
export { rulesFor } from './vehicle.rules.js';
export { lockOwnVehicle } from './vehicle.service.js';
export { vehicleShape } from './vehicle.shapes.js';
export { foldViews } from './views/fold.service.js';
export { storeViews } from './views/view.service.js';
export type { ViewCount } from './views/view-counter.js';

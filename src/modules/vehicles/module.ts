import type { Room } from '../../kernel/room.js';
import { BulkUpload } from './bulk/bulk-upload.entity.js';
import { VehicleImage } from './photos/vehicle-image.entity.js';
import { PriceDrop } from './saved/price-drop.entity.js';
import { SavedSearch, SavedSearchMatch } from './saved/saved-search.entity.js';
import { SavedVehicle } from './saved/saved-vehicle.entity.js';
import { SearchWord } from './search/search-word.entity.js';
import { vehicleConstraints } from './vehicle.constraints.js';
import { PriceChange, Vehicle } from './vehicle.entity.js';
import { vehicleListeners } from './vehicle.listeners.js';
import { VehiclePayloadResolver, VehicleResolver } from './vehicle.resolver.js';
import { DealerVehiclesResolver, VehicleFieldsResolver } from './vehicle-fields.resolver.js';
import { VehicleSubscriptions } from './vehicle-live.resolver.js';
import { VehicleViews } from './views/vehicle-views.entity.js';

export { archiveVehicle, createVehicle, updateVehicle } from './vehicle.service.js';

export const vehicles: Room = {
  name: 'vehicles',
  entities: [
    Vehicle,
    PriceChange,
    VehicleImage,
    VehicleViews,
    SavedVehicle,
    SavedSearch,
    SavedSearchMatch,
    PriceDrop,
    SearchWord,
    BulkUpload,
  ],
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

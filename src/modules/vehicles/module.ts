import type { Room } from '../../kernel/room.js';
import { BulkReader, bulkReaderPart } from './bulk/bulk-reader.js';
import { BulkUpload } from './bulk/bulk-upload.entity.js';
import { readBulkUploads, sweepBulkFiles, sweepBulkUploads } from './bulk/bulk-upload.jobs.js';
import { BulkUploadPayloadResolver, BulkUploadResolver } from './bulk/bulk-upload.resolver.js';
import { bulkUploadRoutes } from './bulk/bulk-upload.routes.js';
import { DealersRulesResolver } from './dealers-rules/dealers-rules.resolver.js';
import { VehicleFacetsResolver } from './facets/facets.resolver.js';
import { InventoryResolver } from './inventory/inventory.resolver.js';
import { rateMarket } from './market/market.jobs.js';
import { MarketFieldsResolver } from './market/market.resolver.js';
import { DistanceResolver } from './near/near.resolver.js';
import { VehicleImage } from './photos/vehicle-image.entity.js';
import { sweepPhotos } from './photos/vehicle-image.files.js';
import {
  VehicleImageFieldsResolver,
  VehicleImageResolver,
  VehiclePhotosResolver,
} from './photos/vehicle-image.resolver.js';
import { PriceDrop } from './saved/price-drop.entity.js';
import { savedJobs } from './saved/saved.jobs.js';
import { savedListeners } from './saved/saved.listeners.js';
import { SavedSearch, SavedSearchMatch } from './saved/saved-search.entity.js';
import { SavedSearchPayloadResolver, SavedSearchResolver } from './saved/saved-search.resolver.js';
import { SavedVehicle } from './saved/saved-vehicle.entity.js';
import { SavedVehicleResolver } from './saved/saved-vehicle.resolver.js';
import { indexUnindexed, learnAtStart, learnMarketWords } from './search/search.jobs.js';
import { SearchWord } from './search/search-word.entity.js';
import { ShowcaseFieldsResolver, ShowcaseResolver } from './showcase/showcase.resolver.js';
import { vehicleConstraints } from './vehicle.constraints.js';
import { PriceChange, Vehicle } from './vehicle.entity.js';
import { vehicleListeners } from './vehicle.listeners.js';
import { VehiclePayloadResolver, VehicleResolver } from './vehicle.resolver.js';
import { DealerVehiclesResolver, VehicleFieldsResolver } from './vehicle-fields.resolver.js';
import { VehicleSubscriptions } from './vehicle-live.resolver.js';
import { VehicleViews } from './views/vehicle-views.entity.js';
import { flushViewsAtEnd, viewJobs } from './views/view.jobs.js';
import { VehicleViewsResolver } from './views/view.resolver.js';
import { ViewCounter, viewCounterPart } from './views/view-counter.js';
import { VinResolver } from './vin/vin.resolver.js';

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
    VinResolver,
    VehicleImageResolver,
    VehiclePhotosResolver,
    VehicleImageFieldsResolver,
    MarketFieldsResolver,
    DealersRulesResolver,
    InventoryResolver,
    ShowcaseResolver,
    ShowcaseFieldsResolver,
    VehicleFacetsResolver,
    DistanceResolver,
    BulkUploadResolver,
    BulkUploadPayloadResolver,
    SavedVehicleResolver,
    SavedSearchResolver,
    SavedSearchPayloadResolver,
    VehicleViewsResolver,
  ],
  listeners: [...vehicleListeners, ...savedListeners],
  fileBytes: (settings) => ({ bulkUploadVehicles: settings.maxCsvBytes }),
  jobs: (settings) => [
    rateMarket,
    sweepPhotos,
    learnMarketWords,
    indexUnindexed,
    readBulkUploads(settings.sweepIntervalMs),
    sweepBulkFiles,
    sweepBulkUploads,
    ...savedJobs(settings.sweepIntervalMs),
    ...viewJobs(settings.sweepIntervalMs),
  ],
  constraints: vehicleConstraints,
  compose: (services, settings) => {
    services.parts.set(bulkReaderPart, new BulkReader(settings.maxCsvRows));
    services.parts.set(viewCounterPart, new ViewCounter(services.clock));
  },
  background: (services, makeCtx) => {
    const reader = services.parts.get(bulkReaderPart);
    reader.start(makeCtx);
    const learnt = learnAtStart(services, makeCtx);
    const flushed = flushViewsAtEnd(services, makeCtx);
    return async () => {
      await reader.stop();
      await learnt();
      await flushed();
    };
  },
  routes: bulkUploadRoutes,
};

import { defineShape } from '../../kernel/reads.js';
import { dealerShape } from '../dealers/index.js';
import { PriceChange, Vehicle } from './vehicle.entity.js';

export const vehicleShape = defineShape<Vehicle>({
  entity: Vehicle,
  needs: {
    daysListed: ['publishedAt', 'soldAt'],
    distanceMiles: [],
    isFeatured: ['featuredAt'],
    similar: ['bodyType', 'askingPrice', 'makeKey', 'modelKey'],
    market: ['askingPrice', 'marketValue', 'comparableCount', 'status'],
    negotiationRules: ['autoAcceptAt', 'autoDeclineBelow', 'dealer.user'],
  },
  one: { dealer: () => dealerShape },
});

export const priceChangeShape = defineShape<PriceChange>({ entity: PriceChange });

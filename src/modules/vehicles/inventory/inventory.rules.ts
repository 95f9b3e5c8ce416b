import type { Cents } from '../../../kernel/money.js';
import { VehicleStatus } from '../vehicle.enums.js';
import type { InventorySummary } from './inventory.payloads.js';

/** Sums over the vehicles of one status. */
export interface StatusFigures {
  readonly count: number;
  readonly askingPrices: Cents;
  /** Whole days of each, summed. */
  readonly daysListed: number;
}

const NOTHING: StatusFigures = { count: 0, askingPrices: 0, daysListed: 0 };

/** A status without vehicles has no figures. */
export function summaryOf(figures: ReadonlyMap<VehicleStatus, StatusFigures>): InventorySummary {
  const of = (status: VehicleStatus) => figures.get(status) ?? NOTHING;
  const byStatus = Object.values(VehicleStatus).map((status) => ({ status, count: of(status).count }));
  const active = of('ACTIVE');
  const pending = of('PENDING');
  const forSale = active.count + pending.count;
  const totalAskingValue = active.askingPrices + pending.askingPrices;
  return {
    total: byStatus.reduce((sum, { count }) => sum + count, 0),
    byStatus,
    totalAskingValue,
    averageAskingPrice: forSale === 0 ? null : Math.round(totalAskingValue / forSale),
    averageDaysListed: active.count === 0 ? null : Math.round((10 * active.daysListed) / active.count) / 10,
  };
}

import type { Cents } from '../../../kernel/money.js';
import type { Vehicle } from '../vehicle.entity.js';

/** A vehicle newly matches a search whose owner wants to be told: once for each of the two. */
export class SavedSearchMatched {
  constructor(
    readonly userId: string,
    readonly searchName: string,
    readonly vehicle: Vehicle,
  ) {}
}

/** A vehicle that somebody has saved costs less than before its price fell, and nobody has told its saver yet. */
export class SavedVehicleCheaper {
  constructor(
    readonly userId: string,
    readonly vehicle: Vehicle,
    readonly from: Cents,
    readonly to: Cents,
  ) {}
}

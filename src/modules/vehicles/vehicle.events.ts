import type { Cents } from '../../kernel/money.js';
import type { Tx } from '../../kernel/unit-of-work.js';

/** On the market, for the first time or again. */
export class VehiclePublished {
  constructor(
    readonly vehicleId: string,
    readonly dealerId: string,
  ) {}
}

/** Off the market. The caller holds the vehicle's lock: who negotiates about it may be locked next. */
export class VehicleArchived {
  constructor(
    readonly vehicleId: string,
    readonly dealerId: string,
  ) {}
}

/** Its asking price changed. */
export class VehicleRepriced {
  constructor(
    readonly vehicleId: string,
    readonly from: Cents,
    readonly to: Cents,
  ) {}
}

/** The bus topic that says "load this vehicle afresh"; the message carries its `id`. */
export function vehicleTopic(id: string): string {
  return `vehicle:${id}`;
}

/** Says after the commit that a vehicle changed, to whoever follows it. */
export function announceVehicle(tx: Tx, id: string): void {
  tx.announce(vehicleTopic(id), { id });
}

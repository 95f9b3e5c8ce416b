import { isAdmin } from '../../../kernel/authorize.js';
import type { Viewer } from '../../../kernel/context.js';
import type { VehicleStatus } from '../vehicle.enums.js';
import { isOnView } from '../vehicle.policy.js';

/** Whether a look at a vehicle counts: anybody's at one that everybody may see, but for its own dealer's and an admin's. */
export function countsAsView(
  viewer: Viewer | null,
  vehicle: { readonly status: VehicleStatus; readonly ownerId: string },
): boolean {
  return isOnView(vehicle.status) && !isAdmin(viewer) && viewer?.id !== vehicle.ownerId;
}

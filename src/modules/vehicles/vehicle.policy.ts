import { sql } from 'kysely';
import { isAdmin } from '../../kernel/authorize.js';
import type { Viewer } from '../../kernel/context.js';
import type { Condition } from '../../kernel/reads.js';
import { type Dealer, dealerIdsOfUser } from '../dealers/index.js';
import type { VehicleStatus } from './vehicle.enums.js';

/** Statuses in which everybody may see a vehicle. */
const ON_VIEW: ReadonlySet<VehicleStatus> = new Set(['ACTIVE', 'PENDING', 'SOLD']);

/** Whether a vehicle is this dealer's own: to see in any status, and to change. */
export function ownsVehicle(
  dealer: { readonly id: string } | null,
  vehicle: { readonly dealer: { readonly id: string } },
): boolean {
  return dealer !== null && dealer.id === vehicle.dealer.id;
}

/** The rules by which a dealer has offers answered are its own: an admin need not know them, and nobody else may. */
export function maySeeRules(
  viewer: Viewer | null,
  vehicle: { readonly dealer: { readonly user: { readonly id: string } } },
): boolean {
  return viewer !== null && viewer.id === vehicle.dealer.user.id;
}

/** Whether everybody may know of a vehicle, so that a refusal may admit that it exists. */
export function isOnView(status: VehicleStatus): boolean {
  return ON_VIEW.has(status);
}

/** Whether a dealer may put vehicles on the market. */
export function mayPublish(dealer: Pick<Dealer, 'verificationStatus'>): boolean {
  return dealer.verificationStatus === 'VERIFIED';
}

/** SQL: the vehicles that a viewer may see, one by one. Lists show less: ACTIVE ones, or a dealer's own. */
export function visibleTo(viewer: Viewer | null): Condition[] {
  if (isAdmin(viewer)) return [];
  const onView = sql`r.status in (${sql.join([...ON_VIEW].map((status) => sql.lit(status)))})`;
  if (viewer?.userType !== 'DEALER') return [onView];
  return [sql`(${onView} or r.dealer_id in ${dealerIdsOfUser(viewer.id)})`];
}

import { type Listener, on } from '../../../kernel/events.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { AccountDeleted } from '../../accounts/index.js';
import { VehicleRepriced } from '../vehicle.events.js';
import { noteDrop } from './price-drop.service.js';
import { SavedSearch } from './saved-search.entity.js';
import { SavedVehicle } from './saved-vehicle.entity.js';

export const savedListeners: readonly Listener[] = [
  on(VehicleRepriced, noteDrop),
  on(AccountDeleted, (tx, { userId }) => forgetSaved(tx, userId)),
];

/** What matched its searches goes with them. */
async function forgetSaved(tx: Tx, userId: string): Promise<void> {
  await tx.em.nativeDelete(SavedVehicle, { user: userId });
  await tx.em.nativeDelete(SavedSearch, { user: userId });
}

import { bulkUploadMutations } from './bulk-uploads.js';
import { ofAccounts } from './mutations/accounts.js';
import { ofDealers } from './mutations/dealers.js';
import { ofNegotiations } from './mutations/negotiations.js';
import { ofNotifications } from './mutations/notifications.js';
import { ofVehicles } from './mutations/vehicles.js';
import { savedMutations } from './saved.js';
import type { AccessRow } from './table.js';

export const mutations: readonly AccessRow[] = [
  ...ofAccounts,
  ...ofDealers,
  ...ofVehicles,
  ...bulkUploadMutations,
  ...savedMutations,
  ...ofNegotiations,
  ...ofNotifications,
];

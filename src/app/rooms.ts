import type { Room } from '../kernel/room.js';
import { accounts } from '../modules/accounts/module.js';
import { analytics } from '../modules/analytics/module.js';
import { dealers } from '../modules/dealers/module.js';
import { mail } from '../modules/mail/module.js';
import { negotiations } from '../modules/negotiations/module.js';
import { notifications } from '../modules/notifications/module.js';
import { vehicles } from '../modules/vehicles/module.js';

/** The rooms of the house, lowest first. Listeners act in this order. */
export const rooms: readonly Room[] = [
  mail,
  accounts,
  dealers,
  vehicles,
  negotiations,
  notifications,
  analytics,
];

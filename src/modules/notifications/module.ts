import type { Room } from '../../kernel/room.js';
import { Inbox, Notification } from './notification.entity.js';
import { listeners } from './notification.listeners.js';
import {
  NotificationConnectionFields,
  NotificationFields,
  NotificationPayloadFields,
  NotificationResolver,
} from './notification.resolver.js';

export const notifications: Room = {
  name: 'notifications',
  entities: [Notification, Inbox],
  resolvers: [
    NotificationResolver,
    NotificationFields,
    NotificationConnectionFields,
    NotificationPayloadFields,
  ],
  listeners,
};

import type { Room } from '../../kernel/room.js';
import { Signer } from '../../kernel/secrets.js';
import { notificationMailsPart } from './mails/mail.settings.js';
import { notificationMails } from './mails/notification.mails.js';
import { unsubscribeRoutes } from './mails/unsubscribe.routes.js';
import { Inbox, Notification } from './notification.entity.js';
import { listeners } from './notification.listeners.js';
import {
  NotificationConnectionFields,
  NotificationFields,
  NotificationPayloadFields,
  NotificationResolver,
} from './notification.resolver.js';
import { Preference } from './preferences/preference.entity.js';
import { PreferenceResolver } from './preferences/preference.resolver.js';

export const notifications: Room = {
  name: 'notifications',
  entities: [Notification, Inbox, Preference],
  resolvers: [
    NotificationResolver,
    NotificationFields,
    NotificationConnectionFields,
    NotificationPayloadFields,
    PreferenceResolver,
  ],
  listeners,
  mails: notificationMails,
  compose: ({ parts }, { jwtSecrets, webUrl, publicUrl, messageMailMs, alertMailMs }) => {
    const secrets = jwtSecrets.map(({ secret }) => secret);
    const unsubscribing = new Signer(secrets, 'notifications.unsubscribe');
    parts.set(notificationMailsPart, { webUrl, publicUrl, messageMailMs, alertMailMs, unsubscribing });
  },
  routes: unsubscribeRoutes,
};

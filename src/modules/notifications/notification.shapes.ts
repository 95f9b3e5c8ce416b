import { defineShape } from '../../kernel/reads.js';
import { negotiationShape, offerShape } from '../negotiations/index.js';
import { vehicleShape } from '../vehicles/index.js';
import { Notification } from './notification.entity.js';

export const notificationShape = defineShape<Notification>({
  entity: Notification,
  needs: { isRead: ['readAt'], body: ['body', 'quote'] },
  one: { vehicle: () => vehicleShape, negotiation: () => negotiationShape, offer: () => offerShape },
});

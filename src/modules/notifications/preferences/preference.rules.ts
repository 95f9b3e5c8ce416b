import { NotificationKind } from '../notification.entity.js';

/** Whether a kind is mailed to who has said nothing: what wants an answer or ends something is, chat and alerts are not. */
export const mailedByDefault: Readonly<Record<NotificationKind, boolean>> = {
  OFFER_RECEIVED: true,
  OFFER_COUNTERED: true,
  OFFER_ACCEPTED: true,
  NEGOTIATION_REJECTED: true,
  NEGOTIATION_CANCELLED: true,
  OFFER_EXPIRING: true,
  NEGOTIATION_EXPIRED: true,
  NEGOTIATION_CLOSED: true,
  NEGOTIATION_COMPLETED: true,
  DEAL_FELL_THROUGH: true,
  MESSAGE_RECEIVED: false,
  PRICE_DROP: false,
  SAVED_SEARCH_MATCH: false,
  DEALER_VERIFIED: true,
  DEALER_REJECTED: true,
};

/** In the enum's order. */
export const allKinds = Object.keys(NotificationKind) as NotificationKind[];

/** Minutes, in which the plan counts. */
export const HOUR = 60;
export const DAY = 24 * HOUR;

/**
 * The rules of negotiation that the plan keeps to or outlasts: the system's defaults. It is replayed under these,
 * whatever the operator has set.
 */
export const OFFER_LIFETIME = 48 * HOUR;
export const HOLD = 7 * DAY;
export const OFFERS_PER_VEHICLE = 5;
export const MINIMUM_OFFER_PERCENT = 50;

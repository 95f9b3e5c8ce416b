/**
 * Why the server closes a socket: codes of RFC 6455 and of the graphql-transport-ws protocol. Its clients connect again
 * after 1001, 4403 and 4408, and take 4429 for final.
 */
export const closeCodes = {
  goingAway: 1001,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  subprotocol: 4406,
  /** The protocol's code for a handshake that took too long: whoever was cut off for reading too slowly may come back. */
  tooSlow: 4408,
  exists: 4409,
  tooMany: 4429,
  internalError: 4500,
} as const;

/** How long a client has for the closing handshake before its line is cut. */
export const GOODBYE_MS = 1_000;

import { isAdmin } from '../../kernel/authorize.js';
import type { Viewer } from '../../kernel/context.js';
import type { NegotiationParty } from './negotiation.enums.js';

/** The two accounts that a negotiation belongs to. */
export interface Parties {
  readonly buyerId: string;
  readonly dealerUserId: string;
}

/** The side on which the viewer stands, or null. */
export function partyOf(viewer: Viewer | null, { buyerId, dealerUserId }: Parties): NegotiationParty | null {
  if (!viewer) return null;
  if (viewer.id === buyerId) return 'BUYER';
  return viewer.id === dealerUserId ? 'DEALER' : null;
}

/**
 * Whether a viewer may know that the dealer's rules answered, and no person. Of those who may read a negotiation, all but
 * its buyer: an account has one side of the marketplace for good, so its type says which.
 */
export function maySeeRulesAtWork(viewer: Viewer | null): boolean {
  return viewer?.userType === 'DEALER' || isAdmin(viewer);
}

/** Its parties and admins; to everybody else it does not exist. */
export function mayReadNegotiation(viewer: Viewer | null, parties: Parties): boolean {
  return isAdmin(viewer) || partyOf(viewer, parties) !== null;
}

import { type RawBuilder, sql } from 'kysely';
import type {
  NegotiationEndReason,
  NegotiationParty,
  NegotiationStatus,
  OfferResolver,
  OfferStatus,
} from './negotiation.enums.js';

/** What is stored of a negotiation's state. */
export interface StoredState {
  readonly status: NegotiationStatus;
  readonly turn: NegotiationParty | null;
  readonly endReason: NegotiationEndReason | null;
  readonly lapsedBy: NegotiationParty | null;
  readonly expiresAt: Date | null;
  readonly holdExpiresAt: Date | null;
}

/** The properties behind every field that tells of the state. */
export const stateProperties = [
  'status',
  'turn',
  'endReason',
  'lapsedBy',
  'expiresAt',
  'holdExpiresAt',
] as const;

/**
 * The state as the clock has it. Expiry is a fact of time: from the moment on, everybody is told that it has expired,
 * whether or not the sweep has written it down.
 */
export function standingOf(stored: StoredState, now: Date): StoredState {
  if (stored.status === 'ACTIVE' && stored.expiresAt && now >= stored.expiresAt) {
    return {
      ...stored,
      status: 'EXPIRED',
      turn: null,
      endReason: 'LAPSED',
      lapsedBy: stored.turn,
      expiresAt: null,
    };
  }
  if (stored.status === 'ACCEPTED' && stored.holdExpiresAt && now >= stored.holdExpiresAt) {
    return { ...stored, status: 'FELL_THROUGH', endReason: 'HOLD_LAPSED', holdExpiresAt: null };
  }
  return stored;
}

export interface StoredOffer {
  readonly status: OfferStatus;
  readonly resolvedBy: OfferResolver | null;
  readonly expiresAt: Date;
  readonly respondedAt: Date | null;
}

export const offerStateProperties = ['status', 'resolvedBy', 'expiresAt', 'respondedAt'] as const;

export function offerStandingOf(stored: StoredOffer, now: Date): StoredOffer {
  if (stored.status !== 'PENDING' || now < stored.expiresAt) return stored;
  return { ...stored, status: 'EXPIRED', resolvedBy: 'SYSTEM', respondedAt: stored.expiresAt };
}

/** The same, as a condition on stored rows: those which the clock has in this status. */
export function standsAt(status: NegotiationStatus, now: Date): RawBuilder<unknown> {
  const at = now.getTime();
  switch (status) {
    case 'ACTIVE':
      return sql`(r.status = 'ACTIVE' and r.expires_at > ${at})`;
    case 'EXPIRED':
      return sql`(r.status = 'EXPIRED' or (r.status = 'ACTIVE' and r.expires_at <= ${at}))`;
    case 'ACCEPTED':
      return sql`(r.status = 'ACCEPTED' and r.hold_expires_at > ${at})`;
    case 'FELL_THROUGH':
      return sql`(r.status = 'FELL_THROUGH' or (r.status = 'ACCEPTED' and r.hold_expires_at <= ${at}))`;
    default:
      return sql`r.status = ${status}`;
  }
}

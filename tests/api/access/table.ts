import type { ErrorCode } from '../../../src/kernel/errors.js';
import type { BuiltNegotiation } from '../../support/builders.js';
import type { Role, Stage } from './stage.js';

/**
 * What a role gets of a query: the thing it is tried on is in the answer, or the answer is one without it.
 * Of a mutation: it is done, or done to the caller's own while the thing stays as it was.
 * Of a subscription: it hears of the thing, or it hears nothing of it.
 * Of each: the refusal's code; then nothing at all has changed.
 */
export type Outcome = 'shown' | 'hidden' | 'done' | 'own' | 'told' | 'silent' | ErrorCode;

export interface Arranged {
  readonly variables?: object;
  /** A text that is in every answer, and in every stored row, that has to do with the thing. */
  readonly mark?: string;
  /** What a subscription is to tell of. Safe to repeat. */
  readonly happen?: () => Promise<unknown>;
}

export interface AccessRow {
  /** The root field that it is about. */
  readonly field: string;
  /** What the field is tried on. */
  readonly on: string;
  readonly document: string;
  /** Makes what it is tried on, the dealer's or the buyer's; anew for each role that may. */
  readonly arrange: (stage: Stage) => Promise<Arranged>;
  readonly outcomes: Record<Role, Outcome>;
}

const nobody = {
  guest: 0,
  stranger: 0,
  rival: 0,
  newcomer: 0,
  otherDealer: 0,
  buyer: 0,
  dealer: 0,
  admin: 0,
};

/** The same for everybody, but for those who are named. */
export function everybody(outcome: Outcome, but: Partial<Record<Role, Outcome>> = {}): Record<Role, Outcome> {
  const all = Object.fromEntries(Object.keys(nobody).map((role) => [role, outcome]));
  return { ...(all as Record<Role, Outcome>), ...but };
}

/** The same, where one has to be signed in. */
export function members(outcome: Outcome, but: Partial<Record<Role, Outcome>> = {}): Record<Role, Outcome> {
  return everybody(outcome, { guest: 'UNAUTHENTICATED', ...but });
}

/** Parties of a negotiation: admins may look but not act, and to others it does not exist. */
export function parties(buyer: Outcome, dealer: Outcome): Record<Role, Outcome> {
  return members('NOT_FOUND', { admin: 'FORBIDDEN', buyer, dealer });
}

export async function inNegotiation(
  negotiation: Promise<BuiltNegotiation>,
  more: object = {},
): Promise<Arranged> {
  const { id, offerId } = await negotiation;
  const withOffer = Object.hasOwn(more, 'offerId') ? { offerId } : {};
  return { variables: { input: { negotiationId: id, ...more, ...withOffer } }, mark: id };
}

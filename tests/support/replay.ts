import { expect } from 'vitest';
import type {
  NegotiationParty,
  NegotiationStatus,
  OfferStatus,
  VehicleStatus,
} from '../generated/operations.js';
import type { Ledger, StoredEvent, StoredNegotiation, StoredOffer } from './ledger.js';

/** What a log tells of its negotiation, and of its offers by id. */
export interface Replayed {
  negotiation: Pick<
    StoredNegotiation,
    | 'status'
    | 'turn'
    | 'currentOfferId'
    | 'agreedPrice'
    | 'lapsedBy'
    | 'lastSequence'
    | 'buyerOfferCount'
    | 'dealerOfferCount'
    | 'buyerAmount'
    | 'dealerAmount'
  >;
  offers: Record<string, Pick<StoredOffer, 'status' | 'resolvedBy'>>;
}

type Ending = { status: NegotiationStatus; offer: OfferStatus; by: 'USER' | 'SYSTEM' };
const endings: Partial<Record<StoredEvent['kind'], Ending>> = {
  NEGOTIATION_REJECTED: { status: 'REJECTED', offer: 'REJECTED', by: 'USER' },
  NEGOTIATION_CANCELLED: { status: 'CANCELLED', offer: 'WITHDRAWN', by: 'USER' },
  NEGOTIATION_EXPIRED: { status: 'EXPIRED', offer: 'EXPIRED', by: 'SYSTEM' },
  NEGOTIATION_CLOSED: { status: 'CLOSED', offer: 'CLOSED', by: 'SYSTEM' },
};
const otherSide: Record<NegotiationParty, NegotiationParty> = { BUYER: 'DEALER', DEALER: 'BUYER' };

/**
 * Reads a log from its first entry to its last. Of the offers it takes what never changes, their amounts and who made
 * them; all that can change it finds out by itself.
 */
export function replay(
  events: readonly StoredEvent[],
  offers: ReadonlyMap<string, Pick<StoredOffer, 'amount' | 'party'>>,
): Replayed {
  const state: Replayed = {
    negotiation: {
      status: 'ACTIVE',
      turn: null,
      currentOfferId: '',
      agreedPrice: null,
      lapsedBy: null,
      lastSequence: 0,
      buyerOfferCount: 0,
      dealerOfferCount: 0,
      buyerAmount: null,
      dealerAmount: null,
    },
    offers: {},
  };
  for (const event of events) apply(state, event, offers);
  return state;
}

function apply(
  { negotiation, offers: answered }: Replayed,
  event: StoredEvent,
  offers: ReadonlyMap<string, Pick<StoredOffer, 'amount' | 'party'>>,
): void {
  if (event.sequence !== negotiation.lastSequence + 1) throw new Error(`A hole before ${event.sequence}`);
  negotiation.lastSequence = event.sequence;
  if (event.kind === 'MESSAGE_SENT') return;
  const offerId = event.offerId as string;
  const offer = offers.get(offerId);
  if (!offer) throw new Error(`Event ${event.sequence} names no offer of its negotiation`);
  if (event.kind === 'OFFER_SUBMITTED') {
    if (negotiation.currentOfferId)
      answered[negotiation.currentOfferId] = { status: 'COUNTERED', resolvedBy: 'USER' };
    answered[offerId] = { status: 'PENDING', resolvedBy: null };
    negotiation.currentOfferId = offerId;
    negotiation.turn = otherSide[offer.party];
    negotiation[offer.party === 'BUYER' ? 'buyerOfferCount' : 'dealerOfferCount'] += 1;
    negotiation[offer.party === 'BUYER' ? 'buyerAmount' : 'dealerAmount'] = offer.amount;
    return;
  }
  const ending = endings[event.kind];
  if (ending) {
    const isVoid = event.kind === 'NEGOTIATION_CANCELLED' && offer.party === 'DEALER';
    answered[offerId] = { status: isVoid ? 'CLOSED' : ending.offer, resolvedBy: ending.by };
    if (ending.status === 'EXPIRED') negotiation.lapsedBy = negotiation.turn;
    negotiation.status = ending.status;
  } else if (event.kind === 'OFFER_ACCEPTED') {
    answered[offerId] = { status: 'ACCEPTED', resolvedBy: 'USER' };
    negotiation.agreedPrice = offer.amount;
    negotiation.status = 'ACCEPTED';
  } else {
    negotiation.status = event.kind === 'NEGOTIATION_COMPLETED' ? 'COMPLETED' : 'FELL_THROUGH';
  }
  negotiation.turn = null;
}

/** What must hold of everything stored, whatever has happened. Throws where it does not. */
export function expectSound(ledger: Ledger): void {
  for (const negotiation of ledger.negotiations) {
    const offers = ledger.offers.filter((offer) => offer.negotiationId === negotiation.id);
    const events = ledger.events.filter((event) => event.negotiationId === negotiation.id);
    expectLogTells(negotiation, offers, events);
    expectUnread(negotiation, events);
    expectTimes(negotiation);
    expectOneStandingOffer(negotiation, offers);
  }
  for (const vehicle of ledger.vehicles) {
    const statuses = ledger.negotiations.filter((n) => n.vehicleId === vehicle.id).map((n) => n.status);
    expectFits(vehicle.status, statuses);
  }
  for (const { count, last, head } of ledger.notifications) {
    // (user, sequence) is unique: as many as the last number means 1..n.
    expect({ count, last }).toEqual({ count: head, last: head });
  }
}

function expectLogTells(
  negotiation: StoredNegotiation,
  offers: readonly StoredOffer[],
  events: readonly StoredEvent[],
): void {
  const replayed = replay(events, new Map(offers.map((offer) => [offer.id, offer])));
  expect(negotiation).toMatchObject(replayed.negotiation);
  // To a log, and so to a buyer, an answer by rule is a dealer's.
  const stored = offers.map(({ id, status, resolvedBy, party }) => {
    if (resolvedBy === 'RULE') expect([party, status]).toEqual(['BUYER', expect.stringMatching(/ED$/)]);
    return [id, { status, resolvedBy: resolvedBy === 'RULE' ? 'USER' : resolvedBy }];
  });
  expect(Object.fromEntries(stored)).toEqual(replayed.offers);
}

/** What a side has not read, and has not written itself. */
function expectUnread(negotiation: StoredNegotiation, events: readonly StoredEvent[]): void {
  const { buyerReadSequence, dealerReadSequence, buyerUnread, dealerUnread } = negotiation;
  const after = (read: number, own: NegotiationParty) =>
    events.filter(({ sequence, party }) => sequence > read && party !== own).length;
  expect({ buyerUnread, dealerUnread }).toEqual({
    buyerUnread: after(buyerReadSequence, 'BUYER'),
    dealerUnread: after(dealerReadSequence, 'DEALER'),
  });
}

function expectTimes({ status, agreedAt, agreedPrice, endedAt, warnAt }: StoredNegotiation): void {
  expect(agreedAt !== null).toBe(agreedPrice !== null);
  expect(endedAt === null).toBe(status === 'ACTIVE' || status === 'ACCEPTED');
  if (status !== 'ACTIVE') expect(warnAt).toBeNull();
}

function expectOneStandingOffer(
  { status, turn, currentOfferId, expiresAt, holdExpiresAt }: StoredNegotiation,
  offers: readonly StoredOffer[],
): void {
  const pending = offers.filter((offer) => offer.status === 'PENDING');
  if (status === 'ACTIVE') {
    expect(pending).toMatchObject([{ id: currentOfferId, expiresAt, respondedAt: null }]);
    expect(turn).toBe(otherSide[pending[0]?.party as NegotiationParty]);
  } else {
    expect(pending).toEqual([]);
    expect({ turn, expiresAt }).toEqual({ turn: null, expiresAt: null });
  }
  expect(holdExpiresAt !== null).toBe(status === 'ACCEPTED');
}

function expectFits(vehicle: VehicleStatus, negotiations: readonly NegotiationStatus[]): void {
  const count = (status: NegotiationStatus) => negotiations.filter((s) => s === status).length;
  const [accepted, completed] = [count('ACCEPTED'), count('COMPLETED')];
  expect(accepted + completed).toBeLessThanOrEqual(1);
  expect(vehicle === 'PENDING').toBe(accepted === 1);
  expect(vehicle === 'SOLD').toBe(completed === 1);
  if (vehicle !== 'ACTIVE') expect(count('ACTIVE')).toBe(0);
}

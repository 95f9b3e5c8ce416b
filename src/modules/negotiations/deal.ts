import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { isAdmin } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { AppError, forbidden, notFound } from '../../kernel/errors.js';
import { streamTopic } from '../../kernel/streams.js';
import type { Tx } from '../../kernel/unit-of-work.js';
import { Vehicle } from '../vehicles/index.js';
import { typingTopic } from './chat/chat.topics.js';
import { Negotiation, type NegotiationEvent, Offer } from './negotiation.entity.js';
import type { NegotiationParty } from './negotiation.enums.js';
import { type Parties, partyOf } from './negotiation.policy.js';
import { type NegotiationAction, refusalOf } from './negotiation.rules.js';
import { standingOf } from './negotiation.standing.js';

export const NEGOTIATION_STREAM = 'negotiation';

/** A negotiation with what is decided on together with it, all of it locked. */
export interface Deal {
  readonly negotiation: Negotiation;
  /** The newest offer: the pending one while ACTIVE. */
  readonly offer: Offer;
  readonly vehicle: Vehicle;
  readonly dealerUserId: string;
}

interface Place extends Parties {
  readonly vehicleId: string;
}

/** Whose it is and where it hangs: what never changes, and so is read before anything is locked. */
export async function placeOf(ctx: Pick<Ctx, 'em'>, negotiationId: string): Promise<Place | null> {
  if (!isUuid(negotiationId)) return null;
  const { rows } = await sql<{ vehicle_id: string; buyer_id: string; user_id: string }>`
    select n.vehicle_id, n.buyer_id, d.user_id from negotiations as n join dealers as d on d.id = n.dealer_id
    where n.id = ${negotiationId}`.execute(ctx.em.getKysely());
  const row = rows[0];
  return row ? { vehicleId: row.vehicle_id, buyerId: row.buyer_id, dealerUserId: row.user_id } : null;
}

/** The place of a negotiation in which the viewer is a party. NOT_FOUND to strangers, FORBIDDEN to admins, who may only look. */
export async function placeOfParty(
  ctx: Ctx,
  viewer: Viewer,
  negotiationId: string,
): Promise<Place & { party: NegotiationParty }> {
  const place = await placeOf(ctx, negotiationId);
  const party = place && partyOf(viewer, place);
  if (place && party) return { ...place, party };
  throw place && isAdmin(viewer)
    ? forbidden('This is for the parties of the negotiation.')
    : notFound('Negotiation');
}

export async function lockVehicle(tx: Tx, vehicleId: string): Promise<Vehicle | null> {
  return tx.em.findOne(Vehicle, { id: vehicleId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export async function lockNegotiation(tx: Tx, negotiationId: string): Promise<Negotiation | null> {
  return tx.em.findOne(Negotiation, { id: negotiationId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

/**
 * Locks in the one order: the vehicle, then the negotiation. The clock is read behind the locks, here as everywhere: an
 * offer may lapse while somebody waits for them, and what is written under them has to follow in time too.
 */
export async function lockDeal(tx: Tx, negotiationId: string, place: Place): Promise<Deal> {
  const vehicle = await lockVehicle(tx, place.vehicleId);
  const negotiation = await lockNegotiation(tx, negotiationId);
  const offer =
    negotiation?.currentOffer && (await tx.em.findOne(Offer, { id: negotiation.currentOffer.id }));
  if (!vehicle || !negotiation || !offer) throw notFound('Negotiation');
  return { negotiation, offer, vehicle, dealerUserId: place.dealerUserId };
}

/** The open negotiations of a locked vehicle, locked by id, each with its offer. Three statements, however many there are. */
export async function lockOpenDeals(tx: Tx, vehicle: Vehicle): Promise<Deal[]> {
  const negotiations = await tx.em.find(
    Negotiation,
    { vehicle: vehicle.id, status: 'ACTIVE' },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  return dealsOf(tx, negotiations, [vehicle]);
}

/** Locked negotiations as deals, their vehicles given. Two statements, however many there are. */
export async function dealsOf(
  tx: Tx,
  negotiations: readonly Negotiation[],
  vehicles: readonly Vehicle[],
): Promise<Deal[]> {
  if (negotiations.length === 0) return [];
  const offers = await tx.em.find(Offer, {
    id: { $in: negotiations.map((n) => n.currentOffer?.id as string) },
  });
  const users = await usersOfDealers(tx, [...new Set(negotiations.map((n) => n.dealer.id))]);
  const offerById = new Map(offers.map((offer) => [offer.id, offer]));
  const vehicleById = new Map(vehicles.map((vehicle) => [vehicle.id, vehicle]));
  return negotiations.map((negotiation) => ({
    negotiation,
    offer: offerById.get(negotiation.currentOffer?.id as string) as Offer,
    vehicle: vehicleById.get(negotiation.vehicle.id) as Vehicle,
    dealerUserId: users.get(negotiation.dealer.id) as string,
  }));
}

export async function userOfDealer(tx: Tx, dealerId: string): Promise<string> {
  return (await usersOfDealers(tx, [dealerId])).get(dealerId) as string;
}

async function usersOfDealers(tx: Tx, dealerIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; user_id: string }>`
    select id, user_id from dealers where id in (${sql.join([...dealerIds])})`.execute(tx.em.getKysely());
  return new Map(rows.map((row) => [row.id, row.user_id]));
}

/** Throws the refusal if the party may not do this now. */
export function assertMay(
  action: NegotiationAction,
  party: NegotiationParty,
  { negotiation }: Pick<Deal, 'negotiation'>,
  now: Date,
): void {
  const refusal = refusalOf(action, party, standingOf(negotiation, now));
  if (refusal) throw new AppError(refusal.code, refusal.message);
}

/** Appends to the negotiation's log, to be announced after the commit. Whoever did it writes no longer. */
export function append(
  tx: Tx,
  negotiation: Negotiation,
  entry: Parameters<Negotiation['append']>[0],
  now: Date,
): NegotiationEvent {
  const event = negotiation.append(entry, now);
  tx.em.persist(event);
  tx.announce(streamTopic({ name: NEGOTIATION_STREAM }, negotiation.id), { sequence: event.sequence });
  if (event.party) tx.announce(typingTopic(negotiation.id), { party: event.party, typing: false });
  return event;
}

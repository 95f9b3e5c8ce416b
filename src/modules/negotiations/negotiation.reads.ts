import { type RawBuilder, sql } from 'kysely';
import { requireType, requireViewer } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import { type ForwardPageArgs, type ListOrder, type Page, readPage } from '../../kernel/connection.js';
import type { Ctx, Viewer } from '../../kernel/context.js';
import { readNestedPage } from '../../kernel/nested-pages.js';
import { type Condition, type Row, readById, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { dealerIdsOfUser } from '../dealers/index.js';
import type { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
import type { NegotiationOrder, NegotiationsArgs } from './negotiation.inputs.js';
import { mayReadNegotiation } from './negotiation.policy.js';
import {
  negotiationEventShape,
  negotiationShape,
  offerShape,
  ownNegotiationShape,
} from './negotiation.shapes.js';
import { standsAt } from './negotiation.standing.js';

/** A negotiation of the viewer's; null if there is none with this id that it may see. */
export async function readNegotiation(
  ctx: Ctx,
  id: string,
  selection: Selection,
): Promise<Row<Negotiation> | null> {
  const viewer = requireViewer(ctx);
  const row = isUuid(id) ? await readById(ctx, ownNegotiationShape, id, selection) : null;
  if (!row) return null;
  const parties = { buyerId: row.buyer.id, dealerUserId: row.dealer.user.id };
  return mayReadNegotiation(viewer, parties) ? row : null;
}

const orders: Record<NegotiationOrder, ListOrder> = {
  UPDATED_DESC: { name: 'UPDATED_DESC', by: ['updatedAt'], descending: true },
  CREATED_DESC: { name: 'CREATED_DESC', by: ['createdAt'], descending: true },
  EXPIRING_SOON: { name: 'EXPIRING_SOON', by: ['dueAt'] },
};

/** The viewer's own negotiations, on whichever side it stands. */
export async function listNegotiations(
  ctx: Ctx,
  args: NegotiationsArgs,
  selection: Selection,
): Promise<Page<Row<Negotiation>>> {
  const viewer = requireViewer(ctx);
  const { statuses, vehicleId, turn } = args.filter ?? {};
  const now = ctx.clock.now();
  const where: Condition[] = [own(viewer)];
  if (vehicleId != null) where.push(isUuid(vehicleId) ? sql`r.vehicle_id = ${vehicleId}` : sql`1 = 0`);
  if (turn != null) where.push(standsAt('ACTIVE', now), sql`r.turn = ${turn}`);
  if (statuses?.length)
    where.push(
      sql`(${sql.join(
        [...new Set(statuses)].map((s) => standsAt(s, now)),
        sql` or `,
      )})`,
    );
  const order = orders[args.orderBy ?? 'UPDATED_DESC'];
  return readPage(ctx, negotiationShape, { list: 'negotiations', order, where, args, selection });
}

export async function listActiveNegotiations(ctx: Ctx, args: ForwardPageArgs, selection: Selection) {
  const where = [own(requireViewer(ctx)), standsAt('ACTIVE', ctx.clock.now())];
  return readPage(ctx, negotiationShape, {
    list: 'activeNegotiations',
    order: orders.UPDATED_DESC,
    where,
    args,
    selection,
  });
}

/** The offers that wait for the viewing dealer's answer, soonest to lapse first. */
export async function listPendingOffers(
  ctx: Ctx,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<Offer>>> {
  const viewer = requireType(ctx, 'DEALER');
  const where = awaitingAnswerOf(viewer, ctx.clock.now());
  const order = { name: 'EXPIRING', by: ['expiresAt'] };
  return readPage(ctx, offerShape, { list: 'pendingOffers', order, where, args, selection });
}

/**
 * Of the offers, those of buyers that stand and have not lapsed: only what is open has an offer that stands. An account has
 * one dealership; said as `=`, the planners read the offers off their index in the order of the list.
 */
export function awaitingAnswerOf(dealer: Viewer, now: Date): Condition[] {
  return [
    sql`r.dealer_id = ${dealerIdsOfUser(dealer.id)}`,
    sql`r.status = 'PENDING' and r.party = 'BUYER' and r.expires_at > ${now.getTime()}`,
  ];
}

/** A negotiation's log, oldest first. Who holds the negotiation may read it. */
export function listEvents(
  ctx: Ctx,
  negotiationId: string,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<NegotiationEvent>>> {
  const order = { name: 'SEQUENCE', by: ['sequence'] };
  return readNestedPage(ctx, negotiationEventShape, negotiationId, {
    list: 'negotiation.events',
    order,
    parent: 'negotiation',
    args,
    selection,
  });
}

/** One entry of a log that is known to be there. */
export async function readEvent(
  ctx: Ctx,
  negotiationId: string,
  sequence: number,
  selection: Selection,
): Promise<Row<NegotiationEvent>> {
  const where = [sql`r.negotiation_id = ${negotiationId} and r.sequence = ${sequence}`];
  const [event] = await readRows(ctx, negotiationEventShape, selection, { where });
  if (!event) throw new Error(`Negotiation ${negotiationId} has no event ${sequence}`);
  return event;
}

/** The viewer's own, on whichever side it stands. */
export function own(viewer: Viewer): RawBuilder<unknown> {
  return viewer.userType === 'DEALER'
    ? sql`r.dealer_id in ${dealerIdsOfUser(viewer.id)}`
    : sql`r.buyer_id = ${viewer.id}`;
}

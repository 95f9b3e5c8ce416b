import { sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { countRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { dealerIdsOfUser } from '../../dealers/index.js';
import { countVehiclesOf } from '../../vehicles/index.js';
import { awaitingAnswerOf } from '../negotiation.reads.js';
import { offerShape } from '../negotiation.shapes.js';
import { standsAt } from '../negotiation.standing.js';
import type { DealerStats } from './dealer-stats.payloads.js';
import { responseMinutes } from './response-time.loaders.js';

/** Figures that one statement tells. */
interface Part {
  readonly fields: ReadonlyArray<keyof DealerStats>;
  readonly read: (ctx: Ctx, dealer: Viewer) => Promise<Partial<DealerStats>>;
}

const parts: readonly Part[] = [
  { fields: ['activeVehicles', 'soldVehicles'], read: vehicleFigures },
  {
    fields: [
      'activeNegotiations',
      'acceptedNegotiations',
      'acceptanceRate',
      'averageDiscountPercent',
      'agreedValue',
    ],
    read: negotiationFigures,
  },
  { fields: ['pendingOffers'], read: offerFigures },
  { fields: ['medianResponseMinutes'], read: responseFigures },
];

/** The signed-in dealer's figures, as far as the selection asks: four statements at most. */
export async function readDealerStats(ctx: Ctx, selection: Selection): Promise<Partial<DealerStats>> {
  const dealer = requireType(ctx, 'DEALER');
  const wanted = parts.filter(({ fields }) => fields.some((field) => selection.has(field)));
  const figures = await Promise.all(wanted.map(({ read }) => read(ctx, dealer)));
  return Object.assign({}, ...figures);
}

async function vehicleFigures(ctx: Ctx, dealer: Viewer): Promise<Partial<DealerStats>> {
  const counts = await countVehiclesOf(ctx, dealer.id);
  return { activeVehicles: counts.ACTIVE, soldVehicles: counts.SOLD };
}

interface NegotiationSums {
  total: number | string;
  active: number | string;
  accepted: number | string;
  value: number | string;
  /** Tenths of a percent; what is a whole number of them is so exactly, on both databases. */
  discount: number | string | null;
}

/**
 * What is asked for a vehicle now is what was asked when the agreement that holds was made: a vehicle that is kept or sold
 * is not repriced. After one that fell through it may be, and so those have no part in the discount.
 */
async function negotiationFigures(ctx: Ctx, dealer: Viewer): Promise<Partial<DealerStats>> {
  const now = ctx.clock.now();
  const holds = sql`(${standsAt('ACCEPTED', now)} or ${standsAt('COMPLETED', now)})`;
  const { rows } = await sql<NegotiationSums>`
    select count(*) as total,
      count(*) filter (where ${standsAt('ACTIVE', now)}) as active,
      count(*) filter (where r.status in ('ACCEPTED', 'COMPLETED', 'FELL_THROUGH')) as accepted,
      coalesce(sum(r.agreed_price) filter (where ${holds}), 0) as value,
      avg(1000.0 - 1000.0 * r.agreed_price / (select v.asking_price from vehicles as v where v.id = r.vehicle_id))
        filter (where ${holds}) as discount
    from negotiations as r where r.dealer_id = ${dealerIdsOfUser(dealer.id)}`.execute(ctx.em.getKysely());
  const { total, active, accepted, value, discount } = rows[0] as NegotiationSums;
  const ended = Number(total) - Number(active);
  return {
    activeNegotiations: Number(active),
    acceptedNegotiations: Number(accepted),
    acceptanceRate: ended === 0 ? null : Number(accepted) / ended,
    averageDiscountPercent: discount === null ? null : Math.round(Number(discount)) / 10,
    agreedValue: Number(value),
  };
}

async function offerFigures(ctx: Ctx, dealer: Viewer): Promise<Partial<DealerStats>> {
  const waiting = awaitingAnswerOf(dealer, ctx.clock.now());
  return { pendingOffers: await countRows(ctx, offerShape, waiting) };
}

async function responseFigures(ctx: Ctx, dealer: Viewer): Promise<Partial<DealerStats>> {
  const [own] = await responseMinutes(ctx, sql`r.dealer_id = ${dealerIdsOfUser(dealer.id)}`);
  return { medianResponseMinutes: own?.minutes ?? null };
}

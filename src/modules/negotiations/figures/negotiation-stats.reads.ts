import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import type { Selection } from '../../../kernel/selection.js';
import { own } from '../negotiation.reads.js';
import { standsAt } from '../negotiation.standing.js';
import type { NegotiationStats } from './negotiation-stats.payloads.js';

const HOUR_MS = 3_600_000;

const MEDIAN = 'medianHoursToAgreement';

/** The viewer's own figures, as far as the selection asks: two statements at most. */
export async function readNegotiationStats(
  ctx: Ctx,
  selection: Selection,
): Promise<Partial<NegotiationStats>> {
  const viewer = requireViewer(ctx);
  const isAsked = (wanted: (field: string) => boolean) => [...selection.keys()].some(wanted);
  const figures = await Promise.all([
    isAsked((field) => field !== MEDIAN) ? sumsOf(ctx, viewer) : {},
    isAsked((field) => field === MEDIAN) ? medianOf(ctx, viewer) : {},
  ]);
  return Object.assign({}, ...figures);
}

type Count =
  | 'total'
  | 'active'
  | 'awaitingMe'
  | 'accepted'
  | 'completed'
  | 'rejected'
  | 'cancelled'
  | 'expired';
type Sums = Record<Count, number | string> & Record<'discount' | 'offers', number | string | null>;

/** Tenths are computed as whole numbers where they are some, exactly and alike on both databases. */
async function sumsOf(ctx: Ctx, viewer: Viewer): Promise<Partial<NegotiationStats>> {
  const now = ctx.clock.now();
  const active = standsAt('ACTIVE', now);
  const mine = viewer.userType === 'DEALER' ? sql`r.turn = 'DEALER'` : sql`r.turn = 'BUYER'`;
  const { rows } = await sql<Sums>`
    select count(*) as total,
      count(*) filter (where ${active}) as active,
      count(*) filter (where ${active} and ${mine}) as "awaitingMe",
      count(*) filter (where ${standsAt('ACCEPTED', now)}) as accepted,
      count(*) filter (where ${standsAt('COMPLETED', now)}) as completed,
      count(*) filter (where ${standsAt('REJECTED', now)}) as rejected,
      count(*) filter (where ${standsAt('CANCELLED', now)}) as cancelled,
      count(*) filter (where ${standsAt('EXPIRED', now)}) as expired,
      avg(1000.0 - 1000.0 * r.agreed_price / o.asking_price) as discount,
      avg(10.0 * (r.buyer_offer_count + r.dealer_offer_count)) filter (where r.agreed_at is not null) as offers
    from negotiations as r
    left join offers as o on o.id = r.current_offer_id and r.agreed_at is not null and o.asking_price > 0
    where ${own(viewer)}`.execute(ctx.em.getKysely());
  const { discount, offers, ...counts } = rows[0] as Sums;
  const entries = Object.entries(counts).map(([name, count]) => [name, Number(count)]);
  return {
    ...(Object.fromEntries(entries) as Record<Count, number>),
    averageDiscountPercent: tenthsOf(discount),
    averageOffersToAgreement: tenthsOf(offers),
  };
}

/** It is the one in the middle, or lies halfway between the two that are. */
async function medianOf(ctx: Ctx, viewer: Viewer): Promise<Partial<NegotiationStats>> {
  const { rows } = await sql<{ median: number | string | null }>`
    select avg(s.took) as median from (
      select r.agreed_at - r.created_at as took,
        row_number() over (order by r.agreed_at - r.created_at) as place, count(*) over () as total
      from negotiations as r where ${own(viewer)} and r.agreed_at is not null
    ) as s where s.place in ((s.total + 1) / 2, (s.total + 2) / 2)`.execute(ctx.em.getKysely());
  const median = rows[0]?.median ?? null;
  return { [MEDIAN]: median === null ? null : tenthsOf((10 * Number(median)) / HOUR_MS) };
}

function tenthsOf(tenths: number | string | null): number | null {
  return tenths === null ? null : Math.round(Number(tenths)) / 10;
}

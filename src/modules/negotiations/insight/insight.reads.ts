import { type RawBuilder, sql } from 'kysely';
import { requireType } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { badInput, notFound } from '../../../kernel/errors.js';
import type { Cents } from '../../../kernel/money.js';
import { readVisibleVehicle } from '../../vehicles/index.js';
import {
  BLOCK,
  type Comparable,
  type Insight,
  insightOf,
  NEWEST,
  stepOf,
  wholeBlocks,
  yearsAlike,
} from './insight.rules.js';

/** What an amount would be worth offering for a vehicle, as others' negotiations tell; null under ten comparable ones. */
export async function readOfferInsight(ctx: Ctx, vehicleId: string, amount: Cents): Promise<Insight | null> {
  requireType(ctx, 'BUYER');
  if (amount < 1) throw badInput({ amount: ['Ensure this value is at least 0.01.'] });
  const asked = ['makeKey', 'modelKey', 'year', 'askingPrice'];
  const vehicle = await readVisibleVehicle(ctx, vehicleId, new Map(), asked);
  if (!vehicle) throw notFound('Vehicle');
  return insightOf(await comparablesOf(ctx, vehicle), stepOf(amount, vehicle.askingPrice));
}

interface ComparableRow {
  amount: number | string;
  asking_price: number | string;
  agreed: number;
  total: number | string;
}

/**
 * The standing or last offer of what counts is the buyer's last word: the dealer turned it down, let it lapse or agreed to
 * it, or the buyer itself agreed to it. What time has ended ended at its time, whenever that is written down.
 */
const WORDS: RawBuilder<unknown> = sql`n.agreed_at is not null or n.status = 'REJECTED'
  or (o.party = 'BUYER' and n.status in ('EXPIRED', 'ACTIVE'))`;
const ENDED_AT: RawBuilder<unknown> = sql`coalesce(n.agreed_at,
  case when n.status = 'REJECTED' then n.ended_at else o.expires_at end)`;

/** All statuses in which a vehicle can have been negotiated: an index of vehicles begins with it. */
const EVER_ON_VIEW = sql`('ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED')`;

/**
 * One statement. The order and whose first it is depend on nothing that can change later, so that the list only ever
 * grows at its end.
 */
async function comparablesOf(
  ctx: Ctx,
  { makeKey, modelKey, year }: { makeKey: string; modelKey: string; year: number },
): Promise<Comparable[]> {
  const { first, last } = yearsAlike(year);
  const { rows } = await sql<ComparableRow>`
    with ended as (
      select n.id, n.buyer_id, o.amount, o.asking_price, ${ENDED_AT} as ended_at,
        case when n.agreed_at is null then 0 else 1 end as agreed
      from vehicles as v join negotiations as n on n.vehicle_id = v.id join offers as o on o.id = n.current_offer_id
      where v.status in ${EVER_ON_VIEW} and v.make_key = ${makeKey} and v.model_key = ${modelKey}
        and v.year between ${first} and ${last} and o.asking_price > 0 and (${WORDS})
    ), firsts as (
      select e.*, row_number() over (partition by e.buyer_id order by e.ended_at, e.id) as nth from ended as e
      where e.ended_at <= ${ctx.clock.now().getTime()}
    ), placed as (
      select f.*, row_number() over (order by f.ended_at, f.id) as place, count(*) over () as total
      from firsts as f where f.nth = 1
    )
    select amount, asking_price, agreed, total from placed where place > total - ${NEWEST + BLOCK}
    order by place`.execute(ctx.em.getKysely());
  const newest = rows.map((row) => ({
    amount: Number(row.amount),
    askingPrice: Number(row.asking_price),
    agreed: Number(row.agreed) === 1,
  }));
  return wholeBlocks(newest, Number(rows[0]?.total ?? 0));
}

import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { leavesOf } from '../../../kernel/selection.js';
import { readOwnVehicle, rulesFor } from '../../vehicles/index.js';
import type { PreviewNegotiationRulesArgs } from './preview.inputs.js';
import { type PastOffer, type Replay, replay } from './preview.rules.js';

const WINDOW_MS = 90 * 24 * 60 * 60 * 1_000;

/** How many of a dealer's newest offers are looked at. */
const NEWEST = 5_000;

/** How far the asking price of a vehicle of the same body type may be from this one's, in percent of it. */
const WITHIN_PERCENT = 25;

const COMPARED = leavesOf('askingPrice', 'makeKey', 'modelKey', 'bodyType', 'dealer');

type Compared = Awaited<ReturnType<typeof readOwnVehicle>>;

/** Replays the dealer's past under rules for one of its vehicles. Two statements. */
export async function previewNegotiationRules(ctx: Ctx, args: PreviewNegotiationRulesArgs): Promise<Replay> {
  const vehicle = await readOwnVehicle(ctx, args.vehicleId, COMPARED);
  const rules = rulesFor(vehicle.askingPrice, args);
  return replay(rules, vehicle.askingPrice, await pastOffers(ctx, vehicle));
}

interface OfferRow {
  negotiation_id: string;
  amount: number | string;
  asking_price: number | string;
  agreed: number | boolean;
}

/** In the order in which they were made. */
async function pastOffers(ctx: Ctx, vehicle: Compared): Promise<PastOffer[]> {
  const since = ctx.clock.now().getTime() - WINDOW_MS;
  const { dealer, makeKey, modelKey, bodyType, askingPrice } = vehicle;
  const margin = (askingPrice * WITHIN_PERCENT) / 100;
  const lowest = Math.ceil(askingPrice - margin);
  const highest = Math.floor(askingPrice + margin);
  const { rows } = await sql<OfferRow>`
    select o.negotiation_id, o.amount, o.asking_price,
      case when n.agreed_at is null then 0 else 1 end as agreed
    from (
      select id, negotiation_id, amount, asking_price, created_at from offers
      where dealer_id = ${dealer.id} and party = 'BUYER' and created_at > ${since}
      order by created_at desc, id desc limit ${NEWEST}
    ) as o
    join negotiations as n on n.id = o.negotiation_id
    join vehicles as v on v.id = n.vehicle_id
    where o.asking_price > 0 and (
      (v.make_key = ${makeKey} and v.model_key = ${modelKey})
      or (v.body_type = ${bodyType} and v.asking_price between ${lowest} and ${highest})
    )
    order by o.created_at, o.id`.execute(ctx.em.getKysely());
  return rows.map((row) => ({
    negotiationId: row.negotiation_id,
    amount: Number(row.amount),
    askingPrice: Number(row.asking_price),
    wasAgreed: Boolean(row.agreed),
  }));
}

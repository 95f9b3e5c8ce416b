import { sql } from 'kysely';
import type { Viewer } from '../../kernel/context.js';
import { defineLoader } from '../../kernel/loader.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import type { Negotiation } from './negotiation.entity.js';
import { negotiationShape } from './negotiation.shapes.js';

export interface BuyerOnVehicle {
  readonly vehicleId: string;
  readonly buyerId: string;
}

/**
 * How many offers each buyer has spent on each vehicle, over all of its negotiations. What a hold gives back that has run
 * out counts no more from that moment on, whether or not the sweep has come by.
 */
export const offersSpent = defineLoader<BuyerOnVehicle, number>(async (ctx, keys) => {
  const pairs = keys.map((key) => sql`(r.vehicle_id = ${key.vehicleId} and r.buyer_id = ${key.buyerId})`);
  const { rows } = await sql<{ vehicle_id: string; buyer_id: string; spent: number | string }>`
      select r.vehicle_id, r.buyer_id, sum(r.buyer_offer_count) as spent from negotiations as r
      left join negotiations as winner on winner.id = r.displaced_by
      where (${sql.join(pairs, sql` or `)}) and not r.offers_forgiven
        and (winner.id is null or winner.status <> 'ACCEPTED' or winner.hold_expires_at > ${ctx.clock.now().getTime()})
      group by r.vehicle_id, r.buyer_id`.execute(ctx.em.getKysely());
  const spent = new Map(
    rows.map((row) => [keyOf({ vehicleId: row.vehicle_id, buyerId: row.buyer_id }), Number(row.spent)]),
  );
  return keys.map((key) => spent.get(keyOf(key)) ?? 0);
}, keyOf);

function keyOf({ vehicleId, buyerId }: BuyerOnVehicle): string {
  return `${vehicleId}:${buyerId}`;
}

/** The viewer's newest negotiation on each vehicle; the selection decides what is read of it. */
export function newestOnVehicle(viewer: Viewer, selection: Selection) {
  return defineLoader<string, Row<Negotiation> | null>(async (ctx, vehicleIds) => {
    const rows = await readRows(ctx, negotiationShape, selection, {
      where: [
        sql`r.vehicle_id in (${sql.join([...vehicleIds])})`,
        sql`r.buyer_id = ${viewer.id}`,
        sql`not exists (
          select 1 from negotiations as later where later.vehicle_id = r.vehicle_id and later.buyer_id = r.buyer_id
          and (later.created_at, later.id) > (r.created_at, r.id))`,
      ],
      also: ['vehicle'],
    });
    const byVehicle = new Map(rows.map((row) => [row.vehicle.id, row]));
    return vehicleIds.map((id) => byVehicle.get(id) ?? null);
  });
}

import { sql } from 'kysely';
import type { Viewer } from '../../../kernel/context.js';
import type { Tx } from '../../../kernel/unit-of-work.js';
import { standsAt } from '../negotiation.standing.js';
import { MAX_INVITED } from './invitation.rules.js';

/**
 * The buyers who saved a vehicle of the viewer's and have no open negotiation about it, who saved it first coming first:
 * as many as one call invites. Nobody where it is not the viewer's.
 */
export async function interestedBuyers(
  tx: Tx,
  viewer: Viewer,
  vehicleId: string,
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    select saved.user_id from saved_vehicles as saved
    join users as u on u.id = saved.user_id and u.user_type = 'BUYER' and u.deleted_at is null
    where saved.vehicle_id = ${vehicleId}
      and exists (
        select 1 from vehicles as v join dealers as d on d.id = v.dealer_id
        where v.id = ${vehicleId} and d.user_id = ${viewer.id})
      and not exists (
        select 1 from negotiations as r
        where r.vehicle_id = ${vehicleId} and r.buyer_id = saved.user_id and ${standsAt('ACTIVE', now)})
    order by saved.created_at, saved.id limit ${MAX_INVITED}`.execute(tx.em.getKysely());
  return rows.map((row) => row.user_id);
}

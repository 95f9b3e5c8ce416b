import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { boxAround, type Circle, type GeoPoint, greatCircleMiles } from '../../kernel/geo.js';

/** A dealer and how far it is from the centre of a circle. */
export interface DealerWithin {
  readonly id: string;
  readonly miles: number;
}

/**
 * The dealers in business within a circle, its rim included. The database tells those in a box around it, and one function
 * measures them, whichever the database is: its own trigonometry might round otherwise.
 */
export async function dealersWithin(ctx: Pick<Ctx, 'em'>, circle: Circle): Promise<DealerWithin[]> {
  const { south, north, longitudes } = boxAround(circle);
  const ranges = longitudes.map(([west, east]) => sql`d.longitude between ${west} and ${east}`);
  const { rows } = await sql<GeoPoint & { id: string }>`
    select d.id, d.latitude, d.longitude from dealers as d
    where d.latitude between ${south} and ${north} and (${sql.join(ranges, sql` or `)})
      and d.closed_at is null`.execute(ctx.em.getKysely());
  return rows
    .map((dealer) => ({ id: dealer.id, miles: greatCircleMiles(circle, dealer) }))
    .filter(({ miles }) => miles <= circle.radiusMiles);
}

import { sql } from 'kysely';
import type { ForwardPageArgs, Page } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../kernel/loader.js';
import { readNestedPage } from '../../kernel/nested-pages.js';
import { type Row, readRows } from '../../kernel/reads.js';
import { leavesOf, type Selection } from '../../kernel/selection.js';
import { type FacetedPage, withFacets } from './facets/faceted-page.js';
import { facetsOfDealer } from './facets/facets.reads.js';
import type { PriceChange, Vehicle } from './vehicle.entity.js';
import { priceChangeShape, vehicleShape } from './vehicle.shapes.js';

/** How many entries of a price history are shown at most: the newest. */
const MAX_PRICE_CHANGES = 100;

const PRICE_FIELDS = leavesOf('price', 'changedAt', 'createdAt');

/** Oldest first, by vehicle. */
const priceHistoryByVehicle = defineLoader<string, Row<PriceChange>[]>(async (ctx, ids) => {
  const changes = await readRows(ctx, priceChangeShape, PRICE_FIELDS, {
    where: [
      sql`r.id in (select ranked.id from (
        select p.id, row_number() over (partition by p.vehicle_id order by p.changed_at desc, p.id desc) as place
        from price_changes as p where p.vehicle_id in (${sql.join([...ids])})
      ) as ranked where ranked.place <= ${MAX_PRICE_CHANGES})`,
    ],
    orderBy: sql`r.changed_at, r.id`,
    also: ['vehicle'],
  });
  const byVehicle = Map.groupBy(changes, (change) => change.vehicle.id);
  return ids.map((id) => byVehicle.get(id) ?? []);
});

export function priceHistoryOf(ctx: Ctx, vehicleId: string): Promise<Row<PriceChange>[]> {
  return ctx.loaders.of(ctx, priceHistoryByVehicle).load(vehicleId);
}

const activeCountByDealer = defineLoader<string, number>(async (ctx, ids) => {
  const { rows } = await sql<{ dealer_id: string; count: number | string }>`
    select r.dealer_id, count(*) as count from vehicles as r
    where r.status = 'ACTIVE' and r.dealer_id in (${sql.join([...ids])}) group by r.dealer_id`.execute(
    ctx.em.getKysely(),
  );
  return inOrderOf(
    ids,
    rows,
    (row) => row.dealer_id,
    (row) => Number(row.count),
    0,
  );
});

/** How many vehicles a dealer has on the market. */
export function activeVehicleCountOf(ctx: Ctx, dealerId: string): Promise<number> {
  return ctx.loaders.of(ctx, activeCountByDealer).load(dealerId);
}

/** `Dealer.vehicles`: what a dealer has on the market, newest first. */
export async function vehiclesOfDealer(
  ctx: Ctx,
  dealerId: string,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<FacetedPage<Page<Row<Vehicle>>>> {
  const page = await readNestedPage(ctx, vehicleShape, dealerId, {
    list: 'dealer.vehicles',
    order: { name: 'NEWEST', by: ['listedAt'], descending: true },
    parent: 'dealer',
    where: [sql`r.status = 'ACTIVE'`],
    args,
    selection,
    count: activeVehicleCountOf,
  });
  return withFacets(page, facetsOfDealer(dealerId));
}

import { sql } from 'kysely';
import { type ForwardPageArgs, type Page, pageSizeOf } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import type { CursorValue } from '../../kernel/cursor.js';
import { defineLoader, inOrderOf } from '../../kernel/loader.js';
import { type Condition, type Row, readRows } from '../../kernel/reads.js';
import { below, type Selection } from '../../kernel/selection.js';
import type { PriceChange, Vehicle } from './vehicle.entity.js';
import { priceChangeShape, vehicleShape } from './vehicle.shapes.js';

/** How many entries of a price history are shown at most: the newest. */
export const MAX_PRICE_CHANGES = 100;

const PRICE_FIELDS: Selection = new Map([
  ['price', new Map()],
  ['changedAt', new Map()],
]);

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

/** The name that cursors of `Dealer.vehicles` carry: its only order is newest first. */
const DEALER_LIST = 'dealer.vehicles:NEWEST';

/**
 * `Dealer.vehicles`: the same page of each dealer of one field of an operation. One statement for the rows of all of
 * them, one for all counts where they are asked for.
 */
export async function vehiclesOfDealer(
  ctx: Ctx,
  dealerId: string,
  args: ForwardPageArgs,
  selection: Selection,
  field: unknown,
): Promise<Page<Row<Vehicle>>> {
  const size = pageSizeOf(ctx, args);
  const byDealer = defineLoader<string, Row<Vehicle>[]>((batchCtx, ids) => {
    const after = args.after == null ? null : batchCtx.cursors.read(DEALER_LIST, args.after, 'after');
    return firstOfEach(batchCtx, ids, size + 1, after, below(selection, 'edges.node', 'nodes'));
  });
  const wantsRows = selection.has('edges') || selection.has('nodes') || selection.has('pageInfo');
  const [rows, totalCount] = await Promise.all([
    wantsRows ? ctx.loaders.of(ctx, byDealer, field).load(dealerId) : [],
    selection.has('totalCount') ? activeVehicleCountOf(ctx, dealerId) : undefined,
  ]);
  const edges = rows.slice(0, size).map((node) => ({ cursor: cursorOf(ctx, node), node }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: args.after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    ...(totalCount === undefined ? {} : { totalCount }),
  };
}

/** The newest `limit` vehicles of each dealer, beyond a cursor where there is one. */
async function firstOfEach(
  ctx: Ctx,
  dealerIds: readonly string[],
  limit: number,
  after: readonly CursorValue[] | null,
  selection: Selection,
): Promise<Row<Vehicle>[][]> {
  const beyond: Condition = after ? sql`and (v.listed_at, v.id) < (${sql.join([...after])})` : sql``;
  const rows = await readRows(ctx, vehicleShape, selection, {
    where: [
      sql`r.id in (select ranked.id from (
        select v.id, row_number() over (partition by v.dealer_id order by v.listed_at desc, v.id desc) as place
        from vehicles as v where v.status = 'ACTIVE' and v.dealer_id in (${sql.join([...dealerIds])}) ${beyond}
      ) as ranked where ranked.place <= ${limit})`,
    ],
    orderBy: sql`r.listed_at desc, r.id desc`,
    also: ['dealer', 'listedAt'],
  });
  const byDealer = Map.groupBy(rows, (row) => row.dealer.id);
  return dealerIds.map((id) => byDealer.get(id) ?? []);
}

function cursorOf(ctx: Ctx, row: Row<Vehicle>): string {
  return ctx.cursors.sign(DEALER_LIST, [row.listedAt.getTime(), row.id]);
}

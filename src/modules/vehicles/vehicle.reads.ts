import { sql } from 'kysely';
import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import { type ForwardPageArgs, type Page, type PageArgs, readPage } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { forbidden, notFound } from '../../kernel/errors.js';
import { isPostgres } from '../../kernel/json-rows.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { dealerIdsOfUser } from '../dealers/index.js';
import { readSearched } from './by-relevance.reads.js';
import { type FacetedPage, withFacets } from './facets/faceted-page.js';
import { facetsOfList } from './facets/facets.reads.js';
import type { Vehicle } from './vehicle.entity.js';
import type { VehicleOrder, VehicleStatus } from './vehicle.enums.js';
import { conditionsOf, mentions, narrowingOf, statusIn, unnarrowed } from './vehicle.filter.js';
import type { VehicleFilter } from './vehicle.inputs.js';
import { orderOf } from './vehicle.orders.js';
import { visibleTo } from './vehicle.policy.js';
import { vehicleShape } from './vehicle.shapes.js';

/** A literal: planners then use the indexes whose first column is the status. */
const ON_THE_MARKET = sql`r.status = 'ACTIVE'`;

/** A page of the public market. */
export async function readVehicles(
  ctx: Ctx,
  filter: VehicleFilter | null | undefined,
  orderBy: VehicleOrder | null | undefined,
  args: PageArgs,
  selection: Selection,
): Promise<FacetedPage<Page<Row<Vehicle>>>> {
  const narrowing = await narrowingOf(ctx, filter ?? {});
  const request = {
    list: 'vehicles',
    order: orderOf(orderBy ?? 'NEWEST', narrowing),
    ...(narrowing.join ? { join: narrowing.join } : {}),
    computed: narrowing.distance ? [narrowing.distance] : [],
    args,
    selection,
  };
  const page =
    narrowing.search && isPostgres(ctx.em)
      ? await readSearched(ctx, {
          ...request,
          onTheMarket: ON_THE_MARKET,
          narrowing,
          search: narrowing.search,
        })
      : await readPage(ctx, vehicleShape, { ...request, where: [ON_THE_MARKET, ...conditionsOf(narrowing)] });
  return withFacets(page, facetsOfList({ where: [ON_THE_MARKET], narrowing, onTheMarket: true }));
}

/** The vehicle with this id, if the viewer may see it; else null. One statement. `also`: see ReadOptions. */
export async function readVisibleVehicle(
  ctx: Ctx,
  id: string,
  selection: Selection,
  also: readonly string[] = [],
): Promise<Row<Vehicle> | null> {
  if (!isUuid(id)) return null;
  const where = [sql`r.id = ${id}`, ...visibleTo(ctx.viewer)];
  const [vehicle] = await readRows(ctx, vehicleShape, selection, { where, also });
  return vehicle ?? null;
}

/** One of the viewer's own. Whose it is not learns no more than `lockOwnVehicle` tells it. */
export async function readOwnVehicle(
  ctx: Ctx,
  id: string,
  selection: Selection,
  also: readonly string[] = [],
): Promise<Row<Vehicle>> {
  const viewer = requireType(ctx, 'DEALER');
  const vehicle = await readVisibleVehicle(ctx, id, selection, [...also, 'dealer.user']);
  if (!vehicle) throw notFound('Vehicle');
  if (vehicle.dealer.user.id !== viewer.id) throw forbidden();
  return vehicle;
}

export interface InventoryRequest {
  readonly statuses: readonly VehicleStatus[] | null | undefined;
  readonly search: string | null | undefined;
  readonly orderBy: VehicleOrder | null | undefined;
}

/** A page of the signed-in dealer's own vehicles in any status; empty before the dealership is registered. */
export async function readMyInventory(
  ctx: Ctx,
  request: InventoryRequest,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<FacetedPage<Page<Row<Vehicle>>>> {
  const viewer = requireType(ctx, 'DEALER');
  const where = [
    sql`r.dealer_id = ${dealerIdsOfUser(viewer.id)}`,
    ...statusIn(request.statuses),
    ...mentions(request.search),
  ];
  const order = orderOf(request.orderBy ?? 'NEWEST', unnarrowed);
  const page = await readPage(ctx, vehicleShape, { list: 'myInventory', order, where, args, selection });
  return withFacets(page, facetsOfList({ where }));
}

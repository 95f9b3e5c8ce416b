import { sql } from 'kysely';
import { requireType } from '../../kernel/authorize.js';
import { isUuid } from '../../kernel/base.entity.js';
import {
  type ForwardPageArgs,
  type ListOrder,
  type Page,
  type PageArgs,
  readPage,
} from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import { dealerIdsOfUser } from '../dealers/index.js';
import type { Vehicle } from './vehicle.entity.js';
import type { VehicleOrder, VehicleStatus } from './vehicle.enums.js';
import { conditionsOf, mentions, statusIn } from './vehicle.filter.js';
import type { VehicleFilter } from './vehicle.inputs.js';
import { visibleTo } from './vehicle.policy.js';
import { vehicleShape } from './vehicle.shapes.js';

/** What each order sorts by; indexes that begin with the status serve them. */
const listOrders: Readonly<Record<VehicleOrder, ListOrder>> = {
  NEWEST: { name: 'NEWEST', by: ['listedAt'], descending: true },
  OLDEST: { name: 'OLDEST', by: ['listedAt'] },
  PRICE_ASC: { name: 'PRICE_ASC', by: ['askingPrice'] },
  PRICE_DESC: { name: 'PRICE_DESC', by: ['askingPrice'], descending: true },
  YEAR_ASC: { name: 'YEAR_ASC', by: ['year'] },
  YEAR_DESC: { name: 'YEAR_DESC', by: ['year'], descending: true },
  MILEAGE_ASC: { name: 'MILEAGE_ASC', by: ['mileage'] },
  MILEAGE_DESC: { name: 'MILEAGE_DESC', by: ['mileage'], descending: true },
};

/** A literal: planners then use the indexes whose first column is the status. */
const ON_THE_MARKET = sql`r.status = 'ACTIVE'`;

/** A page of the public market. */
export function readVehicles(
  ctx: Ctx,
  filter: VehicleFilter | null | undefined,
  orderBy: VehicleOrder | null | undefined,
  args: PageArgs,
  selection: Selection,
): Promise<Page<Row<Vehicle>>> {
  const where = [ON_THE_MARKET, ...conditionsOf(filter ?? {})];
  return readPage(ctx, vehicleShape, {
    list: 'vehicles',
    order: listOrders[orderBy ?? 'NEWEST'],
    where,
    args,
    selection,
  });
}

/** The vehicle with this id, if the viewer may see it; else null. One statement. */
export async function readVisibleVehicle(
  ctx: Ctx,
  id: string,
  selection: Selection,
): Promise<Row<Vehicle> | null> {
  if (!isUuid(id)) return null;
  const where = [sql`r.id = ${id}`, ...visibleTo(ctx.viewer)];
  const [vehicle] = await readRows(ctx, vehicleShape, selection, { where });
  return vehicle ?? null;
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
): Promise<Page<Row<Vehicle>>> {
  const viewer = requireType(ctx, 'DEALER');
  const where = [
    sql`r.dealer_id = ${dealerIdsOfUser(viewer.id)}`,
    ...statusIn(request.statuses),
    ...mentions(request.search),
  ];
  const order = listOrders[request.orderBy ?? 'NEWEST'];
  return readPage(ctx, vehicleShape, { list: 'myInventory', order, where, args, selection });
}

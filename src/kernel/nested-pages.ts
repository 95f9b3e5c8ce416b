import { sql } from 'kysely';
import {
  beyond,
  columnsOf,
  computedOf,
  direction,
  type ForwardPageArgs,
  keysOf,
  type ListOrder,
  type Page,
  pageOf,
  pageSizeOf,
  propertiesOf,
  wantsRows,
} from './connection.js';
import type { Ctx } from './context.js';
import { defineLoader } from './loader.js';
import {
  type Condition,
  columnOf,
  metadataOf,
  ROOT,
  type Row,
  readRows,
  type Shape,
  whereClause,
} from './reads.js';
import { below, type Selection } from './selection.js';

/** A connection below a row, `Dealer.vehicles` for instance. */
export interface NestedRequest {
  readonly list: string;
  readonly order: ListOrder;
  /** The property of the shape's entity that names the parent. */
  readonly parent: string;
  readonly where?: readonly Condition[];
  readonly args: ForwardPageArgs;
  readonly selection: Selection;
  /** Counts where another field counts the same anyway; otherwise counted here. */
  readonly count?: (ctx: Ctx, parentId: string) => Promise<number>;
}

/**
 * The page below one parent. All parents of a field are answered together: one statement for the rows of all pages,
 * by a window function, and one for all counts where they are asked for.
 */
export async function readNestedPage<E extends object>(
  ctx: Ctx,
  shape: Shape<E>,
  parentId: string,
  request: NestedRequest,
): Promise<Page<Row<E>>> {
  const { args, order, selection } = request;
  const size = pageSizeOf(ctx, args);
  // selectionOf gives every row of a field the same object: it tells this field's loaders from those of others.
  const [rows, totalCount] = await Promise.all([
    wantsRows(selection)
      ? ctx.loaders.of(ctx, rowsBelow(shape, request, size + 1), selection).load(parentId)
      : [],
    selection.has('totalCount') ? countBelow(ctx, shape, parentId, request) : undefined,
  ]);
  return pageOf(ctx, listOf(request), keysOf(order), rows.slice(0, size), totalCount, {
    hasNextPage: rows.length > size,
    hasPreviousPage: args.after != null,
  });
}

function countBelow(ctx: Ctx, shape: Shape, parentId: string, request: NestedRequest): Promise<number> {
  if (request.count) return request.count(ctx, parentId);
  return ctx.loaders.of(ctx, countsBelow(shape, request), request.selection.get('totalCount')).load(parentId);
}

function listOf({ list, order }: NestedRequest): string {
  return `${list}:${order.name}`;
}

function rowsBelow<E extends object>(shape: Shape<E>, request: NestedRequest, limit: number) {
  const { args, order, parent, selection } = request;
  return defineLoader<string, Row<E>[]>(async (ctx, parentIds) => {
    const meta = metadataOf(ctx.em, shape);
    const columns = columnsOf(meta, order);
    const parentColumn = sql.ref(`${ROOT}.${columnOf(meta, parent)}`);
    const where = [sql`${parentColumn} in (${sql.join([...parentIds])})`, ...(request.where ?? [])];
    if (args.after != null) {
      where.push(beyond(columns, ctx.cursors.read(listOf(request), args.after, 'after'), !order.descending));
    }
    const sorted = direction(columns, !!order.descending);
    const rows = await readRows(ctx, shape, below(selection, 'edges.node', 'nodes'), {
      where: [
        sql`r.id in (select ranked.id from (
          select r.id, row_number() over (partition by ${parentColumn} order by ${sorted}) as place
          from ${sql.table(meta.tableName)} as r ${whereClause(where)}
        ) as ranked where ranked.place <= ${limit})`,
      ],
      orderBy: sorted,
      also: [parent, ...propertiesOf(order)],
      computed: computedOf(order),
    });
    const byParent = Map.groupBy(rows, (row) => (row as Record<string, { id: string }>)[parent]?.id);
    return parentIds.map((id) => byParent.get(id) ?? []);
  });
}

function countsBelow(shape: Shape, request: NestedRequest) {
  return defineLoader<string, number>(async (ctx, parentIds) => {
    const meta = metadataOf(ctx.em, shape);
    const parentColumn = sql.ref(`${ROOT}.${columnOf(meta, request.parent)}`);
    const where = [sql`${parentColumn} in (${sql.join([...parentIds])})`, ...(request.where ?? [])];
    const { rows } = await sql<{ parent: string; count: number | string }>`
      select ${parentColumn} as parent, count(*) as count from ${sql.table(meta.tableName)} as r
      ${whereClause(where)} group by ${parentColumn}`.execute(ctx.em.getKysely());
    const counts = new Map(rows.map((row) => [row.parent, Number(row.count)]));
    return parentIds.map((id) => counts.get(id) ?? 0);
  });
}

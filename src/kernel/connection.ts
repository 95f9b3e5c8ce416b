import type { EntityMetadata } from '@mikro-orm/core';
import { type RawBuilder, sql } from 'kysely';
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Ctx } from './context.js';
import type { CursorValue } from './cursor.js';
import { badInput } from './errors.js';
import {
  type Computed,
  type Condition,
  columnOf,
  countRows,
  metadataOf,
  ROOT,
  type Row,
  readRows,
  type Shape,
} from './reads.js';
import { below, type Selection } from './selection.js';

@ObjectType({ description: 'Where a page lies in its list, after the Relay connection specification.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after `endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there is more before `startCursor`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' })
  endCursor!: string | null;
}

@ArgsType()
export class ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many rows; 20 by default, 100 at most.' })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Begin behind this cursor of the same list and order.',
  })
  after?: string | null;
}

@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: 'How many rows from the end, instead of `first`.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'End before this cursor of the same list and order.' })
  before?: string | null;
}

export interface Edge<R> {
  cursor: string;
  node: R;
}

export interface Page<R> {
  edges: Edge<R>[];
  nodes: R[];
  pageInfo: PageInfo;
  /** Counted only where the selection asks for it. */
  totalCount?: number;
}

export interface Connection<R> extends Page<R> {
  totalCount: number;
}

/** Makes the `XEdge` and `XConnection` types of a node type, for a room to export under its own names. */
export function connectionOf<R extends object>(node: () => ClassType, name: string) {
  @ObjectType(`${name}Edge`, { description: `A ${name} in its list.` })
  class ConnectionEdge implements Edge<R> {
    @Field(() => String, { description: 'Where this row lies; pass it as `after` or `before`.' })
    cursor!: string;

    @Field(node, { description: 'The row itself.' })
    node!: R;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}s.` })
  class ConnectionPage implements Connection<R> {
    @Field(() => [ConnectionEdge], { description: 'The rows with their cursors.' })
    edges!: ConnectionEdge[];

    @Field(() => [node()], { description: 'The rows without their cursors.' })
    nodes!: R[];

    @Field(() => PageInfo, { description: 'Where this page lies.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { description: 'Rows in the whole list, counted when asked for.' })
    totalCount!: number;
  }

  return { Edge: ConnectionEdge, Connection: ConnectionPage };
}

/**
 * An order of a list: properties, or numbers that are computed of them, all in one direction and none ever null. The id
 * breaks ties.
 */
export interface ListOrder {
  readonly name: string;
  readonly by: ReadonlyArray<string | Computed>;
  readonly descending?: boolean;
}

export interface ListRequest {
  readonly list: string;
  readonly order: ListOrder;
  /** See ReadOptions. */
  readonly join?: RawBuilder<unknown>;
  readonly where: readonly Condition[];
  /** Numbers that the rows are to have beside those that they are sorted by. */
  readonly computed?: readonly Computed[];
  readonly args: {
    first?: number | null;
    after?: string | null;
    last?: number | null;
    before?: string | null;
  };
  /** The selection of the connection itself (`edges`, `nodes`, `pageInfo`, `totalCount`). */
  readonly selection: Selection;
}

/** Whether a selection of a connection asks for more than the count. */
export function wantsRows(selection: Selection): boolean {
  return selection.has('edges') || selection.has('nodes') || selection.has('pageInfo');
}

/** The page size that the arguments ask for. BAD_USER_INPUT outside 1 to the maximum. */
export function pageSizeOf(ctx: Pick<Ctx, 'policy'>, args: ListRequest['args']): number {
  if (args.first != null && args.last != null) throw badInput({ last: ['Give first or last, not both.'] });
  const argument = args.last != null ? 'last' : 'first';
  const size = args[argument] ?? ctx.policy.pageSize;
  if (size < 1 || size > ctx.policy.maxPageSize) {
    throw badInput({ [argument]: [`Ensure this value is between 1 and ${ctx.policy.maxPageSize}.`] });
  }
  return size;
}

/** A page by keyset: at most one statement for the rows, one for the count, one for each to-many relation. */
export async function readPage<E extends object>(
  ctx: Ctx,
  shape: Shape<E>,
  request: ListRequest,
): Promise<Page<Row<E>>> {
  const { args, order, selection } = request;
  const list = `${request.list}:${order.name}`;
  const size = pageSizeOf(ctx, args);
  const backwards = args.last != null;
  const meta = metadataOf(ctx.em, shape);
  const columns = columnsOf(meta, order);

  const where = [...request.where];
  if (args.after != null)
    where.push(beyond(columns, ctx.cursors.read(list, args.after, 'after'), !order.descending));
  if (args.before != null)
    where.push(beyond(columns, ctx.cursors.read(list, args.before, 'before'), !!order.descending));

  const [rows, totalCount] = await Promise.all([
    wantsRows(selection)
      ? readRows(ctx, shape, below(selection, 'edges.node', 'nodes'), {
          where,
          orderBy: direction(columns, !!order.descending !== backwards),
          limit: size + 1,
          also: propertiesOf(order),
          computed: distinct([...computedOf(order), ...(request.computed ?? [])]),
          ...(request.join ? { join: request.join } : {}),
        })
      : [],
    selection.has('totalCount') ? countRows(ctx, shape, request.where, request.join) : undefined,
  ]);

  const pageRows = rows.slice(0, size);
  if (backwards) pageRows.reverse();
  const hasMore = rows.length > size;
  return pageOf(ctx, list, keysOf(order), pageRows, totalCount, {
    hasNextPage: backwards ? args.before != null : hasMore,
    hasPreviousPage: backwards ? hasMore : args.after != null,
  });
}

/** Rows in their order as a page of a list. */
export function pageOf<R extends object>(
  ctx: Pick<Ctx, 'cursors'>,
  list: string,
  keys: readonly string[],
  rows: readonly R[],
  totalCount: number | undefined,
  more: Pick<PageInfo, 'hasNextPage' | 'hasPreviousPage'>,
): Page<R> {
  const edges = rows.map((node) => ({ cursor: ctx.cursors.sign(list, cursorValues(node, keys)), node }));
  return {
    edges,
    nodes: [...rows],
    pageInfo: { ...more, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    ...(totalCount === undefined ? {} : { totalCount }),
  };
}

function cursorValues(row: object, keys: readonly string[]): CursorValue[] {
  return keys.map((key) => {
    const value = (row as Record<string, unknown>)[key];
    return value instanceof Date ? value.getTime() : (value as CursorValue);
  });
}

/** What a cursor of an order holds, by the names that the rows have for it. */
export function keysOf(order: ListOrder): string[] {
  return [...order.by.map((key) => (typeof key === 'string' ? key : key.name)), 'id'];
}

/** What an order sorts by, the id last, as SQL. */
export function columnsOf(meta: EntityMetadata<object>, order: ListOrder): RawBuilder<unknown>[] {
  return [...order.by, 'id'].map((key) =>
    typeof key === 'string' ? sql.ref(`${ROOT}.${columnOf(meta, key)}`) : key.value,
  );
}

export function propertiesOf(order: ListOrder): string[] {
  return order.by.filter((key) => typeof key === 'string');
}

export function computedOf(order: ListOrder): Computed[] {
  return order.by.filter((key) => typeof key !== 'string');
}

function distinct(computed: readonly Computed[]): Computed[] {
  return [...new Map(computed.map((one) => [one.name, one])).values()];
}

/** Rows behind a cursor. Row values compare lexicographically on both databases, and an index in the same order serves them. */
export function beyond(
  columns: readonly RawBuilder<unknown>[],
  values: readonly CursorValue[],
  ascending: boolean,
): Condition {
  const left = sql.join([...columns]);
  const right = sql.join([...values]);
  return ascending ? sql`(${left}) > (${right})` : sql`(${left}) < (${right})`;
}

export function direction(columns: readonly RawBuilder<unknown>[], descending: boolean): RawBuilder<unknown> {
  return sql.join(columns.map((column) => (descending ? sql`${column} desc` : column)));
}

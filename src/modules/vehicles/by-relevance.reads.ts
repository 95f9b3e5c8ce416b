import { sql } from 'kysely';
import { type ListRequest, type Page, readPage, wantsRows } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { type Condition, countRows, type Row } from '../../kernel/reads.js';
import { bestFirst, fewFound } from './search/best-first.js';
import type { Vehicle } from './vehicle.entity.js';
import { conditionsOf, isNarrowedBySearchAlone, type Narrowing, wholeOf, without } from './vehicle.filter.js';
import { vehicleShape } from './vehicle.shapes.js';

export interface SearchedRequest extends Omit<ListRequest, 'where'> {
  /** What all of the list fulfils, whatever it is narrowed by. */
  readonly listed: readonly Condition[];
  readonly narrowing: Narrowing;
}

/**
 * A page of what a search finds, on PostgreSQL. By RELEVANCE, few listings that more than the search narrows are found once,
 * and are then the page and the count. Otherwise it is read level by level, where there are levels.
 */
export async function readSearched(ctx: Ctx, request: SearchedRequest): Promise<Page<Row<Vehicle>>> {
  const { narrowing, listed, args, selection, join } = request;
  const isRanked = request.order.name === 'RELEVANCE' && wantsRows(selection);
  const where = [...listed, ...conditionsOf(narrowing)];
  const few =
    isRanked && !isNarrowedBySearchAlone(narrowing)
      ? await fewFound(ctx, { where, ...(join ? { join } : {}) }, args)
      : null;
  const [page, totalCount] = await Promise.all([
    readPage(ctx, vehicleShape, {
      ...request,
      where: few ? [...where, isOneOf(few)] : isRanked ? rankedOf(ctx, request) : where,
      selection: new Map([...selection].filter(([field]) => field !== 'totalCount')),
    }),
    selection.has('totalCount')
      ? (few?.length ?? countRows(ctx, vehicleShape, [...listed, ...wholeOf(narrowing)], join))
      : undefined,
  ]);
  return { ...page, ...(totalCount === undefined ? {} : { totalCount }) };
}

function rankedOf(ctx: Ctx, { narrowing, listed, list, order, args, join }: SearchedRequest): Condition[] {
  if (!narrowing.levels) return [...listed, ...wholeOf(narrowing)];
  const besides = [...listed, ...conditionsOf(without(narrowing, ['search']))];
  const searched = { where: besides, ...(join ? { join } : {}) };
  return [bestFirst(ctx, searched, narrowing.levels, { list: `${list}:${order.name}`, args })];
}

function isOneOf(ids: readonly string[]): Condition {
  return ids.length === 0 ? sql`1 = 0` : sql`r.id in (${sql.join([...ids])})`;
}

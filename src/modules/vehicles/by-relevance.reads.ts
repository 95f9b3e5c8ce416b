import { sql } from 'kysely';
import { type ListRequest, type Page, readPage, wantsRows } from '../../kernel/connection.js';
import type { Ctx } from '../../kernel/context.js';
import { type Condition, countRows, type Row } from '../../kernel/reads.js';
import { areMany, bestFirst, fewFound, listings, wordsAlone } from './search/best-first.js';
import type { TextSearch } from './search/text-search.js';
import type { Vehicle } from './vehicle.entity.js';
import { conditionsOf, type Narrowing, searchAlone, without } from './vehicle.filter.js';
import { vehicleShape } from './vehicle.shapes.js';

export interface SearchedRequest extends Omit<ListRequest, 'where'> {
  /** That a row is on the market. */
  readonly onTheMarket: Condition;
  readonly narrowing: Narrowing;
  /** That of the narrowing. */
  readonly search: TextSearch;
}

/**
 * A page of what a search finds on the market, on PostgreSQL. By RELEVANCE, few listings that more than the search narrows
 * are found once, and are then the page and the count. What only the search narrows is found, ranked and counted among the
 * words alone.
 */
export async function readSearched(ctx: Ctx, request: SearchedRequest): Promise<Page<Row<Vehicle>>> {
  const { narrowing, onTheMarket, args, selection, join } = request;
  const isRanked = request.order.name === 'RELEVANCE' && wantsRows(selection);
  const where = [onTheMarket, ...conditionsOf(narrowing)];
  const few =
    isRanked && !searchAlone(narrowing) ? await fewFound(ctx, { ...listings(join), where }, args) : null;
  const found = isRanked ? rankedOf(ctx, request) : [...where, ...(await soughtFirst(ctx, narrowing))];
  const [page, totalCount] = await Promise.all([
    readPage(ctx, vehicleShape, {
      ...request,
      where: few ? [...where, isOneOf(few)] : found,
      selection: new Map([...selection].filter(([field]) => field !== 'totalCount')),
    }),
    selection.has('totalCount') ? (few?.length ?? countFound(ctx, request)) : undefined,
  ]);
  return { ...page, ...(totalCount === undefined ? {} : { totalCount }) };
}

function rankedOf(ctx: Ctx, request: SearchedRequest): Condition[] {
  const { narrowing, onTheMarket, search, list, order, args, join } = request;
  const page = { list: `${list}:${order.name}`, args };
  const apart = searchAlone(narrowing)?.apart;
  if (apart) return [bestFirst(ctx, { ...wordsAlone, where: [] }, apart, page)];
  if (!search.levels) return [onTheMarket, ...conditionsOf(narrowing)];
  const besides = [onTheMarket, ...conditionsOf(without(narrowing, ['search']))];
  return [bestFirst(ctx, { ...listings(join), where: besides }, search, page)];
}

/**
 * Another order has an index, and to walk it until the page is full is the shortest way where many are found, but a way
 * through the whole market where few are. The planner may guess wrong: so those who are not many are found first.
 */
async function soughtFirst(ctx: Ctx, narrowing: Narrowing): Promise<Condition[]> {
  const apart = searchAlone(narrowing)?.apart;
  if (!apart || (await areMany(ctx, { ...wordsAlone, where: [apart.indexed] }))) return [];
  return [sql`r.id in (select w.vehicle_id from ${wordsAlone.from} where ${apart.indexed})`];
}

async function countFound(ctx: Ctx, { narrowing, onTheMarket, join }: SearchedRequest): Promise<number> {
  const apart = searchAlone(narrowing)?.apart;
  if (!apart) return countRows(ctx, vehicleShape, [onTheMarket, ...conditionsOf(narrowing)], join);
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from ${wordsAlone.from} where ${apart.indexed}`.execute(ctx.em.getKysely());
  return Number(rows[0]?.count);
}

function isOneOf(ids: readonly string[]): Condition {
  return ids.length === 0 ? sql`1 = 0` : sql`r.id in (${sql.join([...ids])})`;
}

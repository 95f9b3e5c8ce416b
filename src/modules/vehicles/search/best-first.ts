import { type RawBuilder, sql } from 'kysely';
import { beyond, direction, type ListRequest, pageSizeOf } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import type { CursorValue } from '../../../kernel/cursor.js';
import { type Condition, whereClause } from '../../../kernel/reads.js';
import type { Level } from './search-levels.js';
import type { Match } from './search-match.js';
import type { RankedMatch } from './text-search.js';

/** What fills fewer pages is ranked, listing by listing, in less time than its levels are looked for. */
const FEW_PAGES = 10;

/** As many are found and sorted in some milliseconds. */
const MANY = 2_000;

/** Where listings are looked for. */
interface Source {
  readonly from: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  /** What decides among equals, the greatest first. */
  readonly order: ReadonlyArray<RawBuilder<unknown>>;
}

/** What a search is asked of. */
export interface Searched extends Source {
  readonly where: readonly Condition[];
}

/** Everything of a listing, for a search that something else narrows too. */
export function listings(join: RawBuilder<unknown> = sql``): Source {
  const id = sql.ref('r.id');
  return { from: sql`vehicles as r ${join}`, id, order: [sql.ref('r.listed_at'), id] };
}

/** The words of what is on the market: a third of the pages, of which common words want nearly each. */
export const wordsAlone: Source = {
  from: sql`vehicle_search as w`,
  id: sql.ref('w.vehicle_id'),
  order: [sql.ref('w.listed_at'), sql.ref('w.vehicle_id')],
};

type PageRequest = Pick<ListRequest, 'args'> & { readonly list: string };

/** The ids of all that is found, where that is few, whatever the page; else null. */
export async function fewFound(
  ctx: Ctx,
  searched: Searched,
  args: PageRequest['args'],
): Promise<string[] | null> {
  const few = FEW_PAGES * (pageSizeOf(ctx, args) + 1);
  // In the order of an index: whatever the planner expects to find, it then reads no whole table for it.
  const found = foundIn(searched, searched.order, { isBackwards: false, limit: few + 1 });
  const { rows } = await sql<{ id: string }>`${found}`.execute(ctx.em.getKysely());
  return rows.length > few ? null : rows.map(({ id }) => id);
}

/** Whether so much is found that a walk through the market meets one every few steps. */
export async function areMany(ctx: Ctx, { from, where }: Searched): Promise<boolean> {
  const { rows } = await sql`select 1 from ${from} ${whereClause(where)} offset ${MANY} limit 1`.execute(
    ctx.em.getKysely(),
  );
  return rows.length > 0;
}

/**
 * A condition that leaves, of what a search finds, the rows of one page by RELEVANCE. Where it has levels: those of the
 * highest, the last listed first, then those of the next, until the page is full; lower levels are then not looked at.
 */
export function bestFirst(ctx: Ctx, searched: Searched, match: RankedMatch, page: PageRequest): Condition {
  const bounds = boundsOf(ctx, page);
  return match.levels ? byLevels(searched, match.levels, bounds) : ranked(searched, match, bounds);
}

function byLevels(searched: Searched, levels: readonly Level[], bounds: Bounds): Condition {
  const { order } = searched;
  const within = levels
    .map((level) => reached(level, bounds, order))
    .filter((conditions) => conditions !== null);
  if (within.length === 0) return sql`1 = 0`;
  if (bounds.isBackwards) within.reverse();
  const names = within.map((_, index) => sql.ref(`level${index}`));
  const parts = within.map((conditions, index) => {
    const where = [...searched.where, ...conditions, ...isOpen(names.slice(0, index), bounds.limit)];
    return sql`${names[index]} as materialized (${foundIn({ ...searched, where }, order, bounds)})`;
  });
  const ids = names.map((name) => sql`select id from ${name}`);
  return sql`r.id in (with ${sql.join(parts)} ${sql.join(ids, sql` union all `)})`;
}

/** Of all that is found, which nothing but the search narrows. */
function ranked(searched: Searched, { indexed, relevance }: Match, bounds: Bounds): Condition {
  const order = [relevance.value, ...searched.order];
  const where = [...searched.where, indexed];
  if (bounds.after) where.push(beyond(order, bounds.after, false));
  if (bounds.before) where.push(beyond(order, bounds.before, true));
  return sql`r.id in (${foundIn({ ...searched, where }, order, bounds)})`;
}

interface Bounds {
  /** Relevance, time of listing and id of the rows that the cursors name. */
  readonly after: readonly CursorValue[] | null;
  readonly before: readonly CursorValue[] | null;
  readonly isBackwards: boolean;
  /** One more than the page has. */
  readonly limit: number;
}

function boundsOf(ctx: Ctx, { args, list }: PageRequest): Bounds {
  return {
    after: args.after == null ? null : ctx.cursors.read(list, args.after, 'after'),
    before: args.before == null ? null : ctx.cursors.read(list, args.before, 'before'),
    isBackwards: args.last != null,
    limit: pageSizeOf(ctx, args) + 1,
  };
}

function foundIn(
  { from, id, where }: Searched,
  order: Source['order'],
  { isBackwards, limit }: Pick<Bounds, 'isBackwards' | 'limit'>,
): RawBuilder<unknown> {
  return sql`select ${id} as id from ${from} ${whereClause(where)}
    order by ${direction(order, !isBackwards)} limit ${limit}`;
}

/** The conditions on a level's rows that lie between the cursors; null where none does. */
function reached(
  { relevance, condition }: Level,
  { after, before }: Bounds,
  order: Source['order'],
): Condition[] | null {
  const conditions = [condition];
  if (after) {
    const [from, ...rest] = after as readonly [number, ...CursorValue[]];
    if (relevance > from) return null;
    if (relevance === from) conditions.push(beyond(order, rest, false));
  }
  if (before) {
    const [to, ...rest] = before as readonly [number, ...CursorValue[]];
    if (relevance < to) return null;
    if (relevance === to) conditions.push(beyond(order, rest, true));
  }
  return conditions;
}

/** That the levels so far have not filled the page: asked once, before the level is looked for. */
function isOpen(names: ReadonlyArray<RawBuilder<unknown>>, limit: number): Condition[] {
  if (names.length === 0) return [];
  const counts = names.map((name) => sql`(select count(*) from ${name})`);
  return [sql`${sql.join(counts, sql` + `)} < ${limit}`];
}

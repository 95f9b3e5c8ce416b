import { type RawBuilder, sql } from 'kysely';
import { beyond, direction, type ListRequest, pageSizeOf } from '../../../kernel/connection.js';
import type { Ctx } from '../../../kernel/context.js';
import type { CursorValue } from '../../../kernel/cursor.js';
import { type Condition, whereClause } from '../../../kernel/reads.js';
import type { Level } from './search-levels.js';

/** What fills fewer pages is ranked, listing by listing, in less time than its levels are looked for. */
const FEW_PAGES = 10;

const ORDER = [sql.ref('r.listed_at'), sql.ref('r.id')];

/** What a search is asked of. */
export interface Searched {
  readonly join?: RawBuilder<unknown>;
  readonly where: readonly Condition[];
}

type PageRequest = Pick<ListRequest, 'args'> & { readonly list: string };

/** The ids of all that is found, where that is few, whatever the page; else null. */
export async function fewFound(
  ctx: Ctx,
  searched: Searched,
  args: PageRequest['args'],
): Promise<string[] | null> {
  const few = FEW_PAGES * (pageSizeOf(ctx, args) + 1);
  // In the order of an index: whatever the planner expects to find, it then reads no whole table for it.
  const { rows } = await sql<{ id: string }>`
    select r.id ${listed(searched, { isBackwards: false, limit: few + 1 })}`.execute(ctx.em.getKysely());
  return rows.length > few ? null : rows.map(({ id }) => id);
}

/**
 * A condition that leaves, of what has these levels, the rows of one page by RELEVANCE: those of the highest level, the
 * last listed first, then those of the next, until the page is full. Lower levels are then not looked at.
 */
export function bestFirst(
  ctx: Ctx,
  searched: Searched,
  levels: readonly Level[],
  page: PageRequest,
): Condition {
  const bounds = boundsOf(ctx, page);
  const within = levels.map((level) => reached(level, bounds)).filter((conditions) => conditions !== null);
  if (within.length === 0) return sql`1 = 0`;
  if (bounds.isBackwards) within.reverse();
  const names = within.map((_, index) => sql.ref(`level${index}`));
  const parts = within.map((conditions, index) => {
    const where = [...searched.where, ...conditions, ...isOpen(names.slice(0, index), bounds.limit)];
    return sql`${names[index]} as materialized (select r.id ${listed({ ...searched, where }, bounds)})`;
  });
  const ids = names.map((name) => sql`select id from ${name}`);
  return sql`r.id in (with ${sql.join(parts)} ${sql.join(ids, sql` union all `)})`;
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

function listed(
  { join = sql``, where }: Searched,
  { isBackwards, limit }: Pick<Bounds, 'isBackwards' | 'limit'>,
): RawBuilder<unknown> {
  return sql`from vehicles as r ${join} ${whereClause(where)} order by ${direction(ORDER, !isBackwards)} limit ${limit}`;
}

/** The conditions on a level's rows that lie between the cursors; null where none does. */
function reached({ relevance, condition }: Level, { after, before }: Bounds): Condition[] | null {
  const conditions = [condition];
  if (after) {
    const [from, ...rest] = after as readonly [number, ...CursorValue[]];
    if (relevance > from) return null;
    if (relevance === from) conditions.push(beyond(ORDER, rest, false));
  }
  if (before) {
    const [to, ...rest] = before as readonly [number, ...CursorValue[]];
    if (relevance < to) return null;
    if (relevance === to) conditions.push(beyond(ORDER, rest, true));
  }
  return conditions;
}

/** That the levels so far have not filled the page: asked once, before the level is looked for. */
function isOpen(names: ReadonlyArray<RawBuilder<unknown>>, limit: number): Condition[] {
  if (names.length === 0) return [];
  const counts = names.map((name) => sql`(select count(*) from ${name})`);
  return [sql`${sql.join(counts, sql` + `)} < ${limit}`];
}

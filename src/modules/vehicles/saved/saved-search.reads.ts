import { sql } from 'kysely';
import { requireViewer } from '../../../kernel/authorize.js';
import type { Ctx } from '../../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../../kernel/loader.js';
import { defineShape, type Row, readRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { SavedSearch } from './saved-search.entity.js';

export const savedSearchShape = defineShape<SavedSearch>({
  entity: SavedSearch,
  needs: { search: ['filter'], filterJson: ['filter'] },
});

/** All of the viewer's own, the last made first: there is a cap on how many one may have. */
export async function readSavedSearches(ctx: Ctx, selection: Selection): Promise<Row<SavedSearch>[]> {
  return readRows(ctx, savedSearchShape, selection, {
    where: [sql`r.user_id = ${requireViewer(ctx).id}`],
    orderBy: sql`r.created_at desc, r.id desc`,
  });
}

const newMatchCountBySearch = defineLoader<string, number>(async (ctx, ids) => {
  const { rows } = await sql<{ id: string; count: number | string }>`
    select s.id, count(*) as count from saved_searches as s
    join saved_search_matches as m on m.search_id = s.id and m.id > s.seen_up_to
    where s.id in (${sql.join([...ids])}) group by s.id`.execute(ctx.em.getKysely());
  return inOrderOf(
    ids,
    rows,
    (row) => row.id,
    (row) => Number(row.count),
    0,
  );
});

export function newMatchCountOf(ctx: Ctx, searchId: string): Promise<number> {
  return ctx.loaders.of(ctx, newMatchCountBySearch).load(searchId);
}

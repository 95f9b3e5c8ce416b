import { sql } from 'kysely';
import type { Ctx } from '../../kernel/context.js';
import { defineLoader, inOrderOf } from '../../kernel/loader.js';
import { type Row, readRows } from '../../kernel/reads.js';
import type { Selection } from '../../kernel/selection.js';
import type { Dealer } from './dealer.entity.js';
import { dealerShape } from './dealer.shapes.js';

/** `User.dealer`: the dealerships of all the users of one field of an operation, in one statement. */
export function dealerForUser(
  ctx: Ctx,
  userId: string,
  selection: Selection,
  field: unknown,
): Promise<Row<Dealer> | null> {
  const byUser = defineLoader<string, Row<Dealer> | null>(async (batchCtx, userIds) => {
    const rows = await readRows(batchCtx, dealerShape, selection, {
      where: [sql`r.user_id in (${sql.join([...userIds])})`],
      also: ['user'],
    });
    return inOrderOf<string, Row<Dealer>, Row<Dealer> | null>(userIds, rows, ownerOf, (row) => row, null);
  });
  return ctx.loaders.of(ctx, byUser, field).load(userId);
}

const ownerOf = (row: Row<Dealer>) => row.user.id;

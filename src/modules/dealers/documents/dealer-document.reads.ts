import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { defineLoader } from '../../../kernel/loader.js';
import { type Row, readRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import type { DealerDocument } from './dealer-document.entity.js';
import { dealerDocumentShape } from './dealer-document.shapes.js';

/** `Dealer.documents`: those of all the dealers of one field of an operation, in one statement; the oldest first. */
export function documentsOfDealer(
  ctx: Ctx,
  dealerId: string,
  selection: Selection,
  field: unknown,
): Promise<Row<DealerDocument>[]> {
  const byDealer = defineLoader<string, Row<DealerDocument>[]>(async (batchCtx, dealerIds) => {
    const rows = await readRows(batchCtx, dealerDocumentShape, selection, {
      where: [sql`r.dealer_id in (${sql.join([...dealerIds])})`],
      orderBy: sql`r.created_at, r.id`,
      also: ['dealer'],
    });
    const found = Map.groupBy(rows, (row) => row.dealer.id);
    return dealerIds.map((id) => found.get(id) ?? []);
  });
  return ctx.loaders.of(ctx, byDealer, field).load(dealerId);
}

/** Whether a dealer has given in something that admins have not turned down. */
export async function hasDocumentToShow({ em }: Pick<Ctx, 'em'>, dealerId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from dealer_documents where dealer_id = ${dealerId} and status <> 'REJECTED' limit 1`.execute(
    em.getKysely(),
  );
  return rows.length > 0;
}

import { sql } from 'kysely';
import { isAdmin, requireType, requireViewer } from '../../../kernel/authorize.js';
import { isUuid } from '../../../kernel/base.entity.js';
import { type ForwardPageArgs, type ListOrder, type Page, readPage } from '../../../kernel/connection.js';
import type { Ctx, Viewer } from '../../../kernel/context.js';
import { type Condition, type Row, readRows } from '../../../kernel/reads.js';
import type { Selection } from '../../../kernel/selection.js';
import { dealerIdsOfUser } from '../../dealers/index.js';
import type { BulkUpload } from './bulk-upload.entity.js';
import { bulkUploadShape } from './bulk-upload.shapes.js';

const NEWEST: ListOrder = { name: 'NEWEST', by: ['createdAt'], descending: true };

/** The upload with this id, if it is the viewer's own or the viewer an admin; else null. */
export async function readBulkUpload(
  ctx: Ctx,
  id: string,
  selection: Selection,
): Promise<Row<BulkUpload> | null> {
  const viewer = requireViewer(ctx);
  if (!isUuid(id)) return null;
  const where = [sql`r.id = ${id}`, ...(isAdmin(viewer) ? [] : [ofViewer(viewer)])];
  const [upload] = await readRows(ctx, bulkUploadShape, selection, { where });
  return upload ?? null;
}

/** A page of the signed-in dealer's own uploads; empty before the dealership is registered. */
export async function readBulkUploads(
  ctx: Ctx,
  args: ForwardPageArgs,
  selection: Selection,
): Promise<Page<Row<BulkUpload>>> {
  const where = [ofViewer(requireType(ctx, 'DEALER'))];
  return readPage(ctx, bulkUploadShape, { list: 'bulkUploads', order: NEWEST, where, args, selection });
}

function ofViewer(viewer: Viewer): Condition {
  return sql`r.dealer_id = ${dealerIdsOfUser(viewer.id)}`;
}

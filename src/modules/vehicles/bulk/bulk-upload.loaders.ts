import type { Ctx } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import { defineLoader } from '../../../kernel/loader.js';
import { type Row, readByIds } from '../../../kernel/reads.js';
import { leavesOf } from '../../../kernel/selection.js';
import type { BulkUpload } from './bulk-upload.entity.js';
import { bulkUploadShape } from './bulk-upload.shapes.js';

/** All that payload fields tell of an upload: read once for the operation. */
const bulkUploadResult = defineLoader<string, Row<BulkUpload> | null>((ctx, ids) =>
  readByIds(ctx, bulkUploadShape, ids, whole),
);

const whole = leavesOf(
  'id',
  'createdAt',
  'status',
  'dryRun',
  'totalRows',
  'created',
  'updated',
  'failed',
  'errors',
  'ignoredColumns',
  'failure',
  'finishedAt',
);

export async function resultOf(ctx: Ctx, id: string): Promise<Row<BulkUpload>> {
  const upload = await ctx.loaders.of(ctx, bulkUploadResult).load(id);
  if (!upload) throw notFound('Bulk upload');
  return upload;
}

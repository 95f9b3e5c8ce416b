import { ObjectType } from 'type-graphql';
import { connectionOf } from '../../../kernel/connection.js';
import type { Row } from '../../../kernel/reads.js';
import { BulkUpload } from './bulk-upload.entity.js';

export const { Edge: BulkUploadEdge, Connection: BulkUploadConnection } = connectionOf<Row<BulkUpload>>(
  () => BulkUpload,
  'BulkUpload',
);

@ObjectType({
  description:
    'What came of a file of vehicles: good rows have landed, bad ones are named. Its figures are those of `bulkUpload`, ' +
    'and final where the mutation waited.',
})
export class BulkUploadPayload {
  /** Read as far as it is asked for, once. */
  readonly uploadId!: string;
}

import { defineShape } from '../../../kernel/reads.js';
import { BulkUpload } from './bulk-upload.entity.js';

export const bulkUploadShape = defineShape<BulkUpload>({ entity: BulkUpload });

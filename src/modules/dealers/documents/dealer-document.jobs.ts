import { sweepOrphans } from '../../../kernel/stored-files.js';

/** Documents that no dealer has. */
export const sweepDealerDocuments = sweepOrphans('sweep-dealer-documents', 'dealer_documents', {
  table: 'dealer_documents',
  column: 'key',
});

import { defineShape } from '../../../kernel/reads.js';
import { DealerDocument } from './dealer-document.entity.js';

export const dealerDocumentShape = defineShape<DealerDocument>({
  entity: DealerDocument,
  needs: { downloadUrl: ['key'] },
});

import type { Room } from '../../kernel/room.js';
import { dealerConstraints } from './dealer.constraints.js';
import { Dealer } from './dealer.entity.js';
import { dealerListeners } from './dealer.listeners.js';
import { DealerPayloadResolver, DealerResolver } from './dealer.resolver.js';
import { DealerFieldsResolver, UserDealerResolver } from './dealer-fields.resolver.js';
import { DealerDocument } from './documents/dealer-document.entity.js';
import { sweepDealerDocuments } from './documents/dealer-document.jobs.js';
import { dealerDocumentMails } from './documents/dealer-document.mails.js';
import {
  DealerDocumentFieldsResolver,
  DealerDocumentPayloadResolver,
  DealerDocumentResolver,
  DealerDocumentsResolver,
} from './documents/dealer-document.resolver.js';

export { registerDealer, reviewDealer, submitDealerForVerification } from './dealer.service.js';
export { uploadDealerDocument } from './documents/dealer-document.service.js';

export const dealers: Room = {
  name: 'dealers',
  entities: [Dealer, DealerDocument],
  resolvers: [
    DealerResolver,
    DealerPayloadResolver,
    DealerFieldsResolver,
    UserDealerResolver,
    DealerDocumentResolver,
    DealerDocumentPayloadResolver,
    DealerDocumentFieldsResolver,
    DealerDocumentsResolver,
  ],
  mails: dealerDocumentMails,
  jobs: () => [sweepDealerDocuments],
  listeners: dealerListeners,
  constraints: dealerConstraints,
};

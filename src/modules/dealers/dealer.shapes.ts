import { defineShape } from '../../kernel/reads.js';
import { Dealer } from './dealer.entity.js';

export const dealerShape = defineShape<Dealer>({
  entity: Dealer,
  needs: {
    isVerified: ['verificationStatus'],
    licenseNumber: ['licenseNumber', 'user'],
    rejectionReason: ['rejectionReason', 'user'],
    submissionNote: ['submissionNote', 'user'],
    submittedAt: ['submittedAt', 'user'],
    documents: ['user'],
  },
});

import { fileOf, licence } from '../../../support/documents.js';
import type { Stage } from '../stage.js';
import { type AccessRow, members } from '../table.js';

const business = (stage: Stage) => ({
  businessName: stage.mark(),
  licenseNumber: 'L-1',
  city: 'Austin',
  state: 'TX',
});

export const ofDealers: readonly AccessRow[] = [
  {
    field: 'registerDealer',
    on: 'a business',
    document: 'mutation ($input: RegisterDealerInput!) { registerDealer(input: $input) { dealer { id } } }',
    arrange: async (stage) => ({
      variables: { input: business(stage) },
      mark: stage.people.dealer.dealerId,
    }),
    outcomes: members('FORBIDDEN', { newcomer: 'own', otherDealer: 'CONFLICT', dealer: 'CONFLICT' }),
  },
  {
    field: 'updateDealer',
    on: 'the dealership',
    document: 'mutation ($input: UpdateDealerInput!) { updateDealer(input: $input) { dealer { id } } }',
    arrange: async (stage) => ({
      variables: { input: { description: stage.mark() } },
      mark: stage.people.dealer.dealerId,
    }),
    outcomes: members('FORBIDDEN', { newcomer: 'NOT_FOUND', otherDealer: 'own', dealer: 'done' }),
  },
  {
    field: 'submitDealerForVerification',
    on: 'the dealership',
    document: `mutation ($input: SubmitDealerForVerificationInput!) {
      submitDealerForVerification(input: $input) { dealer { id } }
    }`,
    arrange: async (stage) => {
      await stage.document();
      await stage.document(stage.people.otherDealer);
      await stage.verification('UNVERIFIED');
      return { variables: { input: { note: 'Please.' } }, mark: stage.people.dealer.dealerId };
    },
    outcomes: members('FORBIDDEN', { newcomer: 'NOT_FOUND', otherDealer: 'own', dealer: 'done' }),
  },
  {
    field: 'reviewDealer',
    on: 'the dealership',
    document: 'mutation ($input: ReviewDealerInput!) { reviewDealer(input: $input) { dealer { id } } }',
    arrange: async (stage) => {
      await stage.verification('PENDING');
      const { dealerId } = stage.people.dealer;
      return { variables: { input: { dealerId, decision: 'VERIFIED' } }, mark: dealerId };
    },
    outcomes: members('FORBIDDEN', { admin: 'done' }),
  },
  {
    field: 'uploadDealerDocument',
    on: "the dealership's documents",
    document: `mutation ($input: UploadDealerDocumentInput!) {
      uploadDealerDocument(input: $input) { document { id } }
    }`,
    arrange: async ({ people }) => ({
      variables: { input: { kind: 'OTHER', file: fileOf(licence) } },
      mark: people.dealer.dealerId,
    }),
    outcomes: members('FORBIDDEN', { newcomer: 'NOT_FOUND', otherDealer: 'own', dealer: 'done' }),
  },
  {
    field: 'reviewDealerDocument',
    on: 'a document of the dealership',
    document: `mutation ($input: ReviewDealerDocumentInput!) {
      reviewDealerDocument(input: $input) { document { id } }
    }`,
    arrange: async (stage) => {
      const documentId = await stage.document();
      return {
        variables: { input: { documentId, decision: 'REJECTED', reason: 'Blurred.' } },
        mark: documentId,
      };
    },
    outcomes: members('FORBIDDEN', { admin: 'done' }),
  },
];

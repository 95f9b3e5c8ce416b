import { HEADER, rowOf, sent } from '../vehicles/bulk/files.js';
import type { Stage } from './stage.js';
import { type AccessRow, type Arranged, members } from './table.js';

/** An upload of the dealer's, read to its end. */
async function uploaded({ app, people }: Stage): Promise<Arranged> {
  const id = await sent(app, people.dealer, [HEADER, rowOf(app.build.vin())].join('\n'));
  return { variables: { id }, mark: id };
}

const ofTheDealer = { newcomer: 'hidden', otherDealer: 'hidden', dealer: 'shown' } as const;

export const bulkUploadQueries: readonly AccessRow[] = [
  {
    field: 'bulkUploadTemplate',
    on: 'the columns of a file',
    document: '{ bulkUploadTemplate }',
    arrange: async () => ({ mark: 'asking_price' }),
    outcomes: members('FORBIDDEN', { newcomer: 'shown', otherDealer: 'shown', dealer: 'shown' }),
  },
  {
    field: 'bulkUpload',
    on: "the dealer's",
    document: 'query ($id: ID!) { bulkUpload(id: $id) { id errors { line } } }',
    arrange: uploaded,
    outcomes: members('hidden', { dealer: 'shown', admin: 'shown' }),
  },
  {
    field: 'bulkUploads',
    on: "the dealer's",
    document: '{ bulkUploads(first: 100) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ mark: (await uploaded(stage)).mark as string }),
    outcomes: members('FORBIDDEN', ofTheDealer),
  },
];

export const bulkUploadMutations: readonly AccessRow[] = [
  {
    field: 'bulkUploadVehicles',
    on: 'a file of vehicles, on the market at once',
    document: `mutation ($input: BulkUploadVehiclesInput!) {
      bulkUploadVehicles(input: $input) { created bulkUpload { id } }
    }`,
    arrange: async ({ app, people }) => {
      const file = new Blob([[HEADER, rowOf(app.build.vin())].join('\n')]);
      return { variables: { input: { file, publish: true } }, mark: people.dealer.dealerId };
    },
    outcomes: members('FORBIDDEN', { otherDealer: 'own', dealer: 'done' }),
  },
];

export const bulkUploadSubscriptions: readonly AccessRow[] = [
  {
    field: 'bulkUploadProgress',
    on: "the dealer's",
    document: 'subscription ($id: ID!) { bulkUploadProgress(id: $id) { id totalRows } }',
    arrange: uploaded,
    outcomes: members('NOT_FOUND', { dealer: 'told', admin: 'told' }),
  },
];

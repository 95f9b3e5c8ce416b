import {
  CreateSavedSearchDocument,
  type CreateSavedSearchInput,
  SaveVehicleDocument,
} from '../../generated/operations.js';
import type { Stage } from './stage.js';
import { type AccessRow, type Arranged, members } from './table.js';

const SAVE = 'mutation ($input: VehicleIdInput!) { saveVehicle(input: $input) { vehicle { id } } }';
const UNSAVE = 'mutation ($input: VehicleIdInput!) { unsaveVehicle(input: $input) { vehicle { id } } }';

const idOf = async (thing: Promise<{ id: string }>): Promise<Arranged> => {
  const { id } = await thing;
  return { variables: { input: { id } }, mark: id };
};

async function savedByTheBuyer(stage: Stage): Promise<{ id: string }> {
  const { id } = await stage.vehicle();
  await stage.app.ok(SaveVehicleDocument, { input: { id } }, stage.people.buyer);
  return { id };
}

async function searchOfTheBuyer(stage: Stage, input: CreateSavedSearchInput): Promise<{ id: string }> {
  const { createSavedSearch } = await stage.app.ok(CreateSavedSearchDocument, { input }, stage.people.buyer);
  return createSavedSearch.savedSearch;
}

const camrys = { name: 'Camrys', filter: { models: ['Camry'] } };
const onlyTheBuyer = members('hidden', { buyer: 'shown' });
const onlyTheBuyers = members('NOT_FOUND', { buyer: 'done' });
/** A draft is there for its own dealer, and for admins. */
const whoeverSeesIt = members('NOT_FOUND', { dealer: 'done', admin: 'done' });

export const savedQueries: readonly AccessRow[] = [
  {
    field: 'savedVehicles',
    on: 'what the buyer has saved',
    document: '{ savedVehicles(first: 100) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ mark: (await savedByTheBuyer(stage)).id }),
    outcomes: onlyTheBuyer,
  },
  {
    field: 'savedSearches',
    on: "the buyer's",
    document: '{ savedSearches { id name filterJson } }',
    arrange: async (stage) => ({ mark: (await searchOfTheBuyer(stage, camrys)).id }),
    outcomes: onlyTheBuyer,
  },
];

export const savedMutations: readonly AccessRow[] = [
  {
    field: 'saveVehicle',
    on: 'a vehicle on the market',
    document: SAVE,
    arrange: (stage) => idOf(stage.vehicle()),
    outcomes: members('done'),
  },
  {
    field: 'saveVehicle',
    on: 'a draft',
    document: SAVE,
    arrange: (stage) => idOf(stage.draft()),
    outcomes: whoeverSeesIt,
  },
  {
    field: 'unsaveVehicle',
    on: 'what the buyer has saved',
    document: UNSAVE,
    arrange: (stage) => idOf(savedByTheBuyer(stage)),
    // The others have not saved it: to them nothing happens.
    outcomes: members('own', { buyer: 'done' }),
  },
  {
    field: 'unsaveVehicle',
    on: 'a draft',
    document: UNSAVE,
    arrange: (stage) => idOf(stage.draft()),
    outcomes: whoeverSeesIt,
  },
  {
    field: 'createSavedSearch',
    on: 'the own searches',
    document:
      'mutation ($input: CreateSavedSearchInput!) { createSavedSearch(input: $input) { savedSearch { id } } }',
    arrange: async (stage) => {
      const { id } = await searchOfTheBuyer(stage, camrys);
      return { variables: { input: camrys }, mark: id };
    },
    outcomes: members('own'),
  },
  {
    field: 'deleteSavedSearch',
    on: "the buyer's",
    document: 'mutation ($input: SavedSearchIdInput!) { deleteSavedSearch(input: $input) { id } }',
    arrange: (stage) => idOf(searchOfTheBuyer(stage, camrys)),
    outcomes: onlyTheBuyers,
  },
  {
    field: 'markSavedSearchSeen',
    on: "the buyer's",
    document:
      'mutation ($input: SavedSearchIdInput!) { markSavedSearchSeen(input: $input) { savedSearch { id } } }',
    arrange: (stage) => idOf(searchOfTheBuyer(stage, camrys)),
    outcomes: onlyTheBuyers,
  },
];

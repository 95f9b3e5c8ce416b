import { bargained } from '../negotiations/comparables.js';
import { keepers } from '../negotiations/inviting.js';
import { bulkUploadQueries } from './bulk-uploads.js';
import { savedQueries } from './saved.js';
import type { Stage } from './stage.js';
import { type AccessRow, type Arranged, everybody, members } from './table.js';

const dealersOnly = members('FORBIDDEN', { newcomer: 'hidden', otherDealer: 'hidden', dealer: 'shown' });
const ofTheBuyer = { guest: 'UNAUTHENTICATED', buyer: 'shown', dealer: 'shown' } as const;

const PREVIEW = `query ($vehicleId: ID!) {
  previewNegotiationRules(vehicleId: $vehicleId, autoAcceptAt: "18000") { offers leftToAnswer }
}`;

const INSIGHT = `query ($vehicleId: ID!, $amount: Money!) {
  offerInsight(vehicleId: $vehicleId, amount: $amount) { comparableCount }
}`;

/** The figures of one vehicle are told to its dealer alone. */
async function preview(stage: Stage, vehicle: Promise<{ id: string }>): Promise<Arranged> {
  const variables = { vehicleId: (await vehicle).id };
  const figures = await stage.app.ok(PREVIEW, variables, stage.people.dealer);
  return { variables, mark: JSON.stringify(figures) };
}

export const queries: readonly AccessRow[] = [
  {
    field: 'me',
    on: "the buyer's account",
    document: '{ me { id email userType emailVerified profile { firstName lastName phone } dealer { id } } }',
    arrange: async ({ people }) => ({ mark: people.buyer.email }),
    outcomes: everybody('hidden', { buyer: 'shown' }),
  },
  {
    field: 'dealers',
    on: 'the dealership',
    document: '{ dealers(first: 100) { totalCount nodes { id } } }',
    arrange: async ({ people }) => ({ mark: people.dealer.dealerId }),
    outcomes: everybody('shown'),
  },
  {
    field: 'dealer',
    on: 'the dealership',
    document: 'query ($id: ID!) { dealer(id: $id) { id } }',
    arrange: async ({ people: { dealer } }) => ({
      variables: { id: dealer.dealerId },
      mark: dealer.dealerId,
    }),
    outcomes: everybody('shown'),
  },
  {
    field: 'myDealer',
    on: 'the dealership',
    document: '{ myDealer { id licenseNumber } }',
    arrange: async ({ people }) => ({ mark: people.dealer.dealerId }),
    outcomes: dealersOnly,
  },
  {
    field: 'dealersAwaitingReview',
    on: 'a dealership that waits',
    document: '{ dealersAwaitingReview(first: 100) { totalCount nodes { id documents { id } } } }',
    arrange: async (stage) => ({ mark: await stage.waitingDealer() }),
    outcomes: members('FORBIDDEN', { admin: 'shown' }),
  },
  {
    field: 'vehicles',
    on: 'a vehicle on the market',
    document: 'query ($first: Int) { vehicles(first: $first) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ variables: { first: 100 }, mark: (await stage.vehicle()).id }),
    outcomes: everybody('shown'),
  },
  {
    field: 'vehicles',
    on: 'a draft',
    document: 'query ($filter: VehicleFilter) { vehicles(filter: $filter, first: 100) { nodes { id } } }',
    arrange: async (stage) => ({
      variables: { filter: { dealerId: stage.people.dealer.dealerId } },
      mark: (await stage.draft()).id,
    }),
    outcomes: everybody('hidden'),
  },
  {
    field: 'vehicle',
    on: 'a vehicle on the market',
    document: 'query ($id: ID!) { vehicle(id: $id) { id } }',
    arrange: async (stage) => {
      const { id } = await stage.vehicle();
      return { variables: { id }, mark: id };
    },
    outcomes: everybody('shown'),
  },
  ...(['draft', 'archived'] as const).map(
    (state): AccessRow => ({
      field: 'vehicle',
      on: `a vehicle, ${state}`,
      document: 'query ($id: ID!) { vehicle(id: $id) { id } }',
      arrange: async (stage) => {
        const { id } = await stage[state]();
        return { variables: { id }, mark: id };
      },
      outcomes: everybody('hidden', { dealer: 'shown', admin: 'shown' }),
    }),
  ),
  {
    field: 'decodeVin',
    on: 'a VIN',
    document: 'query ($vin: String!) { decodeVin(vin: $vin) { vin valid } }',
    arrange: async ({ app }) => {
      const vin = app.build.vin();
      return { variables: { vin }, mark: vin };
    },
    outcomes: members('FORBIDDEN', { newcomer: 'shown', otherDealer: 'shown', dealer: 'shown' }),
  },
  {
    field: 'similarVehicles',
    on: 'a vehicle on the market',
    document: 'query ($vehicleId: ID!) { similarVehicles(vehicleId: $vehicleId, first: 24) { id } }',
    arrange: async (stage) => {
      const [own, other] = [await stage.vehicle(), await stage.vehicle()];
      return { variables: { vehicleId: own.id }, mark: other.id };
    },
    outcomes: everybody('shown'),
  },
  {
    field: 'similarVehicles',
    on: 'a draft',
    document: 'query ($vehicleId: ID!) { similarVehicles(vehicleId: $vehicleId) { id } }',
    arrange: async (stage) => {
      const { id: vehicleId } = await stage.draft();
      return { variables: { vehicleId }, mark: (await stage.vehicle()).id };
    },
    outcomes: everybody('NOT_FOUND', { dealer: 'shown', admin: 'shown' }),
  },
  {
    field: 'featuredVehicles',
    on: 'a vehicle on the market that an admin chose',
    document: '{ featuredVehicles(first: 100) { id } }',
    arrange: async (stage) => ({ mark: (await stage.featured()).id }),
    outcomes: everybody('shown'),
  },
  {
    field: 'myInventory',
    on: 'a draft',
    document: '{ myInventory(first: 100) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ mark: (await stage.draft()).id }),
    outcomes: dealersOnly,
  },
  {
    field: 'makes',
    on: 'a vehicle on the market',
    document: '{ makes { make count models { value count } } }',
    arrange: async (stage) => {
      const make = stage.mark();
      await stage.vehicle({ make });
      return { mark: make };
    },
    outcomes: everybody('shown'),
  },
  {
    field: 'makes',
    on: 'a draft',
    document: '{ makes { make count models { value count } } }',
    arrange: async (stage) => {
      const make = stage.mark();
      await stage.vehicle({ make, publish: false });
      return { mark: make };
    },
    outcomes: everybody('hidden'),
  },
  {
    field: 'negotiation',
    on: "the buyer's",
    document: 'query ($id: ID!) { negotiation(id: $id) { id offers { id } events { nodes { id } } } }',
    arrange: async (stage) => {
      const { id } = await stage.negotiation();
      return { variables: { id }, mark: id };
    },
    outcomes: everybody('hidden', { ...ofTheBuyer, admin: 'shown' }),
  },
  {
    field: 'negotiations',
    on: "the buyer's",
    document: `query ($filter: NegotiationFilter) {
      negotiations(filter: $filter, first: 100) { totalCount nodes { id } }
    }`,
    arrange: async (stage) => {
      const { id, vehicle } = await stage.negotiation();
      return { variables: { filter: { vehicleId: vehicle.id } }, mark: id };
    },
    outcomes: everybody('hidden', ofTheBuyer),
  },
  {
    field: 'activeNegotiations',
    on: "the buyer's",
    document: '{ activeNegotiations(first: 100) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ mark: (await stage.negotiation()).id }),
    outcomes: everybody('hidden', ofTheBuyer),
  },
  {
    field: 'pendingOffers',
    on: "the buyer's offer",
    document: '{ pendingOffers(first: 100) { totalCount nodes { id } } }',
    arrange: async (stage) => ({ mark: (await stage.negotiation()).offerId }),
    outcomes: dealersOnly,
  },
  ...[
    'dealerStats { activeVehicles activeNegotiations pendingOffers }',
    'inventorySummary { total totalAskingValue }',
    'dealerDashboard { offers { date count } }',
  ].map(
    (selection): AccessRow => ({
      field: selection.split(' ')[0] as string,
      on: "the dealer's figures",
      document: `{ ${selection} }`,
      arrange: async (stage) => {
        await stage.negotiation();
        return { mark: JSON.stringify(await stage.app.ok(`{ ${selection} }`, {}, stage.people.dealer)) };
      },
      outcomes: dealersOnly,
    }),
  ),
  {
    field: 'negotiationStats',
    on: "the dealer's figures",
    document: '{ negotiationStats { total active awaitingMe } }',
    arrange: async (stage) => {
      await stage.negotiation();
      const figures = '{ negotiationStats { total active awaitingMe } }';
      return { mark: JSON.stringify(await stage.app.ok(figures, {}, stage.people.dealer)) };
    },
    outcomes: members('hidden', { dealer: 'shown' }),
  },
  {
    field: 'offerInsight',
    on: 'a vehicle like one that ten have bargained about',
    document: INSIGHT,
    arrange: async (stage) => {
      const { id: vehicleId } = await stage.vehicle({ make: stage.mark() });
      const buyers = (await keepers(stage.app, vehicleId, 10)).map((id) => ({ id }));
      await bargained(stage.app, vehicleId, buyers, { outcome: 'rejected', amount: 1_500_000 });
      return { variables: { vehicleId, amount: '15000' }, mark: '"comparableCount":10' };
    },
    outcomes: members('FORBIDDEN', { stranger: 'shown', rival: 'shown', buyer: 'shown' }),
  },
  {
    field: 'offerInsight',
    on: 'a draft',
    document: INSIGHT,
    arrange: async (stage) => {
      const { id } = await stage.draft();
      return { variables: { vehicleId: id, amount: '15000' }, mark: id };
    },
    outcomes: members('FORBIDDEN', { stranger: 'NOT_FOUND', rival: 'NOT_FOUND', buyer: 'NOT_FOUND' }),
  },
  {
    field: 'adminDashboard',
    on: 'the marketplace',
    document: '{ adminDashboard { users negotiationsActive } }',
    arrange: async (stage) => {
      await stage.negotiation();
      const document = '{ adminDashboard { users negotiationsActive } }';
      return { mark: JSON.stringify(await stage.app.ok(document, {}, stage.people.admin)) };
    },
    outcomes: members('FORBIDDEN', { admin: 'shown' }),
  },
  {
    field: 'previewNegotiationRules',
    on: 'a vehicle on the market',
    document: PREVIEW,
    arrange: (stage) => preview(stage, stage.vehicle()),
    outcomes: members('FORBIDDEN', { dealer: 'shown' }),
  },
  {
    field: 'previewNegotiationRules',
    on: 'a draft',
    document: PREVIEW,
    arrange: (stage) => preview(stage, stage.draft()),
    outcomes: members('FORBIDDEN', { newcomer: 'NOT_FOUND', otherDealer: 'NOT_FOUND', dealer: 'shown' }),
  },
  {
    field: 'notifications',
    on: "an entry of the dealer's inbox",
    document:
      '{ notifications(first: 100) { unreadCount nodes { id body negotiation { id } offer { id } } } }',
    arrange: async (stage) => ({ mark: (await stage.negotiation()).offerId }),
    outcomes: members('hidden', { dealer: 'shown' }),
  },
  {
    field: 'unreadNotificationCount',
    on: "the dealer's inbox",
    document: '{ unreadNotificationCount }',
    arrange: async (stage) => {
      await stage.negotiation();
      const count = '{ unreadNotificationCount }';
      return { mark: JSON.stringify(await stage.app.ok(count, {}, stage.people.dealer)) };
    },
    outcomes: members('hidden', { dealer: 'shown' }),
  },
  {
    field: 'notificationPreferences',
    on: "the dealer's mails",
    document: '{ notificationPreferences { kind email } }',
    arrange: async (stage) => {
      const input = { kind: 'OFFER_RECEIVED', email: false };
      const set = `mutation ($input: SetNotificationPreferenceInput!) {
        setNotificationPreference(input: $input) { preferences { kind } }
      }`;
      await stage.app.ok(set, { input }, stage.people.dealer);
      return { mark: '{"kind":"OFFER_RECEIVED","email":false}' };
    },
    outcomes: members('hidden', { dealer: 'shown' }),
  },
  ...bulkUploadQueries,
  ...savedQueries,
];

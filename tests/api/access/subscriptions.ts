import { bulkUploadSubscriptions } from './bulk-uploads.js';
import type { Stage } from './stage.js';
import { type AccessRow, type Arranged, everybody, members, parties } from './table.js';

const UPDATE = `mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }`;
const TYPE = `mutation ($input: SetTypingInput!) { setTyping(input: $input) { success } }`;

async function changes(stage: Stage, vehicle: Promise<{ id: string }>): Promise<Arranged> {
  const { id } = await vehicle;
  const change = () =>
    stage.app.ok(UPDATE, { input: { id, description: stage.mark() } }, stage.people.dealer);
  return { variables: { vehicleId: id }, mark: id, happen: change };
}

/** Each new offer of the buyer brings the message. */
async function offers(stage: Stage): Promise<Arranged> {
  const mark = stage.mark();
  return { mark, happen: () => stage.negotiation(mark) };
}

export const subscriptions: readonly AccessRow[] = [
  {
    field: 'negotiationEvents',
    on: "the buyer's",
    document: `subscription ($negotiationId: ID!) {
      negotiationEvents(negotiationId: $negotiationId, after: 0) { sequence negotiation { id } }
    }`,
    arrange: async (stage) => {
      const { id } = await stage.negotiation();
      return { variables: { negotiationId: id }, mark: id };
    },
    outcomes: parties('told', 'told'),
  },
  {
    field: 'offerReceived',
    on: "the buyer's offer to the dealer",
    document: 'subscription { offerReceived { id message } }',
    arrange: offers,
    outcomes: members('silent', { dealer: 'told' }),
  },
  {
    field: 'notificationReceived',
    on: "the dealer's inbox, as it grows",
    document: 'subscription { notificationReceived { id body } }',
    arrange: offers,
    outcomes: members('silent', { dealer: 'told' }),
  },
  {
    field: 'notificationReceived',
    on: "the dealer's inbox, from its beginning",
    document: 'subscription { notificationReceived(after: 0) { id body offer { id } } }',
    arrange: async (stage) => ({ mark: (await stage.negotiation()).offerId }),
    outcomes: members('silent', { dealer: 'told' }),
  },
  {
    field: 'vehicleUpdated',
    on: 'a vehicle on the market',
    document: 'subscription ($vehicleId: ID!) { vehicleUpdated(vehicleId: $vehicleId) { id } }',
    arrange: (stage) => changes(stage, stage.vehicle()),
    outcomes: everybody('told'),
  },
  {
    field: 'vehicleUpdated',
    on: 'a draft',
    document: 'subscription ($vehicleId: ID!) { vehicleUpdated(vehicleId: $vehicleId) { id } }',
    arrange: (stage) => changes(stage, stage.draft()),
    outcomes: everybody('NOT_FOUND', { dealer: 'told', admin: 'told' }),
  },
  {
    field: 'negotiationRead',
    on: "the buyer's",
    document: `subscription ($negotiationId: ID!) {
      negotiationRead(negotiationId: $negotiationId) { negotiationId party sequence }
    }`,
    arrange: async (stage) => {
      const { id } = await stage.negotiation();
      return { variables: { negotiationId: id }, mark: id };
    },
    outcomes: parties('told', 'told'),
  },
  {
    field: 'typing',
    on: 'the buyer, who types',
    document: `subscription ($negotiationId: ID!) {
      typing(negotiationId: $negotiationId) { negotiationId party }
    }`,
    arrange: async (stage) => {
      const { id } = await stage.negotiation();
      const input = { negotiationId: id, typing: true };
      const type = () => stage.app.ok(TYPE, { input }, stage.people.buyer);
      return { variables: { negotiationId: id }, mark: id, happen: type };
    },
    outcomes: parties('silent', 'told'),
  },
  ...bulkUploadSubscriptions,
];

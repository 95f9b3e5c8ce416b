import { keep } from '../../negotiations/inviting.js';
import { type AccessRow, inNegotiation, members, parties } from '../table.js';

export const ofNegotiations: readonly AccessRow[] = [
  {
    field: 'startNegotiation',
    on: 'a vehicle that the buyer and the rival negotiate',
    document: `mutation ($input: StartNegotiationInput!) {
      startNegotiation(input: $input) { negotiation { id } }
    }`,
    arrange: async (stage) => {
      const { vehicle } = await stage.negotiation();
      return { variables: { input: { vehicleId: vehicle.id, amount: '15500.00' } }, mark: vehicle.id };
    },
    outcomes: members('FORBIDDEN', {
      stranger: 'done',
      rival: 'ALREADY_NEGOTIATING',
      buyer: 'ALREADY_NEGOTIATING',
    }),
  },
  {
    field: 'startNegotiation',
    on: 'a draft',
    document: `mutation ($input: StartNegotiationInput!) {
      startNegotiation(input: $input) { negotiation { id } }
    }`,
    arrange: async (stage) => {
      const { id: vehicleId } = await stage.draft();
      return { variables: { input: { vehicleId, amount: '15500.00' } } };
    },
    outcomes: members('FORBIDDEN', { stranger: 'NOT_FOUND', rival: 'NOT_FOUND', buyer: 'NOT_FOUND' }),
  },
  {
    field: 'submitOffer',
    on: "the buyer's, the dealer's turn",
    document: 'mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }',
    arrange: (stage) => inNegotiation(stage.negotiation(), { amount: '18000.00' }),
    outcomes: parties('NOT_YOUR_TURN', 'done'),
  },
  {
    field: 'submitOffer',
    on: "the buyer's, the buyer's turn",
    document: 'mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }',
    arrange: (stage) => inNegotiation(stage.countered(), { amount: '17000.00' }),
    outcomes: parties('done', 'NOT_YOUR_TURN'),
  },
  {
    field: 'acceptOffer',
    on: "the buyer's, the dealer's turn",
    document: 'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.negotiation(), { offerId: '' }),
    outcomes: parties('NOT_YOUR_TURN', 'done'),
  },
  {
    field: 'acceptOffer',
    on: "the buyer's, the buyer's turn",
    document: 'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.countered(), { offerId: '' }),
    outcomes: parties('done', 'NOT_YOUR_TURN'),
  },
  {
    field: 'rejectNegotiation',
    on: "the buyer's",
    document: `mutation ($input: RejectNegotiationInput!) {
      rejectNegotiation(input: $input) { negotiation { id } }
    }`,
    arrange: (stage) => inNegotiation(stage.negotiation()),
    outcomes: parties('FORBIDDEN', 'done'),
  },
  {
    field: 'cancelNegotiation',
    on: "the buyer's",
    document: `mutation ($input: CancelNegotiationInput!) {
      cancelNegotiation(input: $input) { negotiation { id } }
    }`,
    arrange: (stage) => inNegotiation(stage.negotiation()),
    outcomes: parties('done', 'FORBIDDEN'),
  },
  {
    field: 'completeSale',
    on: "the buyer's, agreed",
    document: 'mutation ($input: CompleteSaleInput!) { completeSale(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.agreed()),
    outcomes: parties('FORBIDDEN', 'done'),
  },
  {
    field: 'cancelSale',
    on: "the buyer's, agreed",
    document: 'mutation ($input: CancelSaleInput!) { cancelSale(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.agreed()),
    outcomes: parties('done', 'done'),
  },
  {
    field: 'sendMessage',
    on: "the buyer's",
    document: 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.negotiation(), { body: 'Is it still there?' }),
    outcomes: parties('done', 'done'),
  },
  {
    field: 'sendMessage',
    on: "the buyer's, agreed",
    document: 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { negotiation { id } } }',
    arrange: (stage) => inNegotiation(stage.agreed(), { body: 'When may I come?' }),
    outcomes: parties('done', 'done'),
  },
  {
    field: 'markNegotiationRead',
    on: "the buyer's",
    document: `mutation ($input: MarkNegotiationReadInput!) {
      markNegotiationRead(input: $input) { negotiation { id } }
    }`,
    arrange: (stage) => inNegotiation(stage.negotiation(), { sequence: 1 }),
    outcomes: parties('done', 'done'),
  },
  {
    field: 'inviteInterestedBuyers',
    on: 'a vehicle that the stranger keeps',
    document: `mutation ($input: InviteInterestedBuyersInput!) {
      inviteInterestedBuyers(input: $input) { negotiations { id } }
    }`,
    arrange: async (stage) => {
      const { id: vehicleId } = await stage.vehicle();
      await keep(stage.app, vehicleId, stage.people.stranger);
      return { variables: { input: { vehicleId, amount: '15500.00' } }, mark: vehicleId };
    },
    outcomes: members('FORBIDDEN', { dealer: 'done' }),
  },
  {
    field: 'inviteInterestedBuyers',
    on: 'a draft',
    document: `mutation ($input: InviteInterestedBuyersInput!) {
      inviteInterestedBuyers(input: $input) { negotiations { id } }
    }`,
    arrange: async (stage) => {
      const { id: vehicleId } = await stage.draft();
      return { variables: { input: { vehicleId, amount: '15500.00' } } };
    },
    outcomes: members('FORBIDDEN', {
      newcomer: 'NOT_FOUND',
      otherDealer: 'NOT_FOUND',
      dealer: 'VEHICLE_UNAVAILABLE',
    }),
  },
  {
    field: 'setTyping',
    on: "the buyer's",
    document: 'mutation ($input: SetTypingInput!) { setTyping(input: $input) { success } }',
    arrange: (stage) => inNegotiation(stage.negotiation(), { typing: true }),
    outcomes: parties('done', 'done'),
  },
];

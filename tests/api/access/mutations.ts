import type { Stage } from './stage.js';
import { type AccessRow, type Arranged, everybody, inNegotiation, members, parties } from './table.js';

const PASSWORD = 'correct horse battery staple';
const onlyTheDealer = members('FORBIDDEN', { dealer: 'done' });
/** A draft is unknown even to other dealers. */
const onlyTheDealerKnows = members('FORBIDDEN', {
  newcomer: 'NOT_FOUND',
  otherDealer: 'NOT_FOUND',
  dealer: 'done',
});

let fresh = 0;
const freshEmail = () => `fresh-${++fresh}@example.com`;

const account = 'tokens { accessToken } user { id email }';
const idOf = async (vehicle: Promise<{ id: string }>): Promise<Arranged> => {
  const { id } = await vehicle;
  return { variables: { input: { id } }, mark: id };
};
const business = (stage: Stage) => ({
  businessName: stage.mark(),
  licenseNumber: 'L-1',
  city: 'Austin',
  state: 'TX',
});

const ofAccounts: readonly AccessRow[] = [
  {
    field: 'register',
    on: 'an address that is free',
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async () => ({ variables: { input: { email: freshEmail(), password: PASSWORD } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'register',
    on: "the buyer's address",
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async ({ people }) => ({
      variables: { input: { email: people.buyer.email.toUpperCase(), password: PASSWORD } },
    }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'register',
    on: 'the powers of an admin',
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async () => ({
      variables: { input: { email: freshEmail(), password: PASSWORD, userType: 'ADMIN' } },
    }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'login',
    on: "the buyer's account, with its password",
    document: `mutation ($input: LoginInput!) { login(input: $input) { ${account} } }`,
    arrange: async ({ people: { buyer } }) => ({
      variables: { input: { email: buyer.email, password: buyer.password } },
    }),
    outcomes: everybody('done'),
  },
  {
    field: 'login',
    on: "the buyer's account, without its password",
    document: `mutation ($input: LoginInput!) { login(input: $input) { ${account} } }`,
    arrange: async ({ people: { buyer } }) => ({
      variables: { input: { email: buyer.email, password: `${PASSWORD}?` } },
    }),
    outcomes: everybody('INVALID_CREDENTIALS'),
  },
  {
    field: 'refreshToken',
    on: "the buyer's token: whoever holds it may spend it",
    document: `mutation ($input: RefreshTokenInput!) { refreshToken(input: $input) { ${account} } }`,
    arrange: async (stage) => ({ variables: { input: { refreshToken: await stage.session() } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'logout',
    on: "the buyer's session",
    document: 'mutation ($input: LogoutInput!) { logout(input: $input) { success } }',
    arrange: async (stage) => ({ variables: { input: { refreshToken: await stage.session() } } }),
    outcomes: members('FORBIDDEN', { buyer: 'done' }),
  },
];

const ofDealers: readonly AccessRow[] = [
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
];

const ofVehicles: readonly AccessRow[] = [
  {
    field: 'createVehicle',
    on: 'a vehicle, on the market at once',
    document: 'mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { vehicle { id } } }',
    arrange: async ({ app, people }) => {
      const car = { vin: app.build.vin(), make: 'Kia', model: 'Rio', year: 2020, mileage: 10 };
      const input = { ...car, askingPrice: '9000.00', publish: true };
      return { variables: { input }, mark: people.dealer.dealerId };
    },
    outcomes: members('FORBIDDEN', { otherDealer: 'own', dealer: 'done' }),
  },
  {
    field: 'updateVehicle',
    on: 'a vehicle on the market',
    document: 'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }',
    arrange: async (stage) => {
      const { id } = await stage.vehicle();
      return { variables: { input: { id, askingPrice: '19000.00' } }, mark: id };
    },
    outcomes: onlyTheDealer,
  },
  {
    field: 'updateVehicle',
    on: 'a draft',
    document: 'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }',
    arrange: async (stage) => {
      const { id } = await stage.draft();
      return { variables: { input: { id, askingPrice: '19000.00' } }, mark: id };
    },
    outcomes: onlyTheDealerKnows,
  },
  {
    field: 'publishVehicle',
    on: 'a draft',
    document: 'mutation ($input: VehicleIdInput!) { publishVehicle(input: $input) { vehicle { id } } }',
    arrange: (stage) => idOf(stage.draft()),
    outcomes: onlyTheDealerKnows,
  },
  {
    field: 'archiveVehicle',
    on: 'a vehicle that is negotiated',
    document: 'mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }',
    arrange: async (stage) => idOf(stage.negotiation().then(({ vehicle }) => vehicle)),
    outcomes: onlyTheDealer,
  },
  {
    field: 'deleteVehicle',
    on: 'a vehicle on the market',
    document: 'mutation ($input: VehicleIdInput!) { deleteVehicle(input: $input) { id } }',
    arrange: (stage) => idOf(stage.vehicle()),
    outcomes: onlyTheDealer,
  },
];

const ofNegotiations: readonly AccessRow[] = [
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
    field: 'setTyping',
    on: "the buyer's",
    document: 'mutation ($input: SetTypingInput!) { setTyping(input: $input) { success } }',
    arrange: (stage) => inNegotiation(stage.negotiation(), { typing: true }),
    outcomes: parties('done', 'done'),
  },
];

const ofNotifications: readonly AccessRow[] = [
  {
    field: 'markNotificationRead',
    on: "an entry of the dealer's inbox",
    document: `mutation ($input: MarkNotificationReadInput!) {
      markNotificationRead(input: $input) { notification { id } }
    }`,
    arrange: async (stage) => {
      await stage.negotiation();
      const newest = '{ notifications(first: 1) { nodes { id } } }';
      type Inbox = { notifications: { nodes: Array<{ id: string }> } };
      const { notifications } = await stage.app.ok<Inbox, object>(newest, {}, stage.people.dealer);
      const id = notifications.nodes[0]?.id as string;
      return { variables: { input: { id } }, mark: id };
    },
    outcomes: members('NOT_FOUND', { dealer: 'done' }),
  },
  {
    field: 'markAllNotificationsRead',
    on: "the dealer's inbox",
    document: 'mutation { markAllNotificationsRead { count } }',
    arrange: async (stage) => {
      await stage.negotiation();
      return { mark: stage.people.dealer.id };
    },
    outcomes: members('own', { dealer: 'done' }),
  },
];

export const mutations: readonly AccessRow[] = [
  ...ofAccounts,
  ...ofDealers,
  ...ofVehicles,
  ...ofNegotiations,
  ...ofNotifications,
];

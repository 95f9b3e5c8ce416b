import { type AccessRow, type Arranged, members } from '../table.js';

const onlyTheDealer = members('FORBIDDEN', { dealer: 'done' });
/** A draft is unknown even to other dealers. */
const onlyTheDealerKnows = members('FORBIDDEN', {
  newcomer: 'NOT_FOUND',
  otherDealer: 'NOT_FOUND',
  dealer: 'done',
});

const idOf = async (vehicle: Promise<{ id: string }>): Promise<Arranged> => {
  const { id } = await vehicle;
  return { variables: { input: { id } }, mark: id };
};

export const ofVehicles: readonly AccessRow[] = [
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

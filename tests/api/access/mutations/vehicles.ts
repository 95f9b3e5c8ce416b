import { placeImages, smallPicture } from '../../vehicles/photos.js';
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

const UPLOAD = `mutation ($input: UploadVehicleImagesInput!) {
  uploadVehicleImages(input: $input) { vehicle { id images { url } } }
}`;
const REORDER = `mutation ($input: ReorderVehicleImagesInput!) {
  reorderVehicleImages(input: $input) { vehicle { id } }
}`;
const DELETE_IMAGE = `mutation ($input: DeleteVehicleImageInput!) {
  deleteVehicleImage(input: $input) { vehicle { id } }
}`;

const ofPhotos: readonly AccessRow[] = [
  {
    field: 'uploadVehicleImages',
    on: 'a vehicle on the market',
    document: UPLOAD,
    arrange: async (stage) => {
      const { id } = await stage.vehicle();
      const files = [await smallPicture()];
      return { variables: { input: { vehicleId: id, files, alts: ['From the left'] } }, mark: id };
    },
    outcomes: onlyTheDealer,
  },
  {
    field: 'uploadVehicleImages',
    on: 'a draft',
    document: UPLOAD,
    arrange: async (stage) => {
      const { id } = await stage.draft();
      return { variables: { input: { vehicleId: id, files: [await smallPicture()] } }, mark: id };
    },
    outcomes: onlyTheDealerKnows,
  },
  {
    field: 'reorderVehicleImages',
    on: 'the photos of a vehicle on the market',
    document: REORDER,
    arrange: async (stage) => {
      const { id } = await stage.vehicle();
      const images = await placeImages(stage.app, id, 2);
      const imageIds = images.map((image) => image.id).reverse();
      return { variables: { input: { vehicleId: id, imageIds } }, mark: id };
    },
    outcomes: onlyTheDealer,
  },
  {
    field: 'deleteVehicleImage',
    on: 'a photo of a vehicle on the market',
    document: DELETE_IMAGE,
    arrange: async (stage) => {
      const [image] = await placeImages(stage.app, (await stage.vehicle()).id, 1);
      const imageId = image?.id as string;
      return { variables: { input: { imageId } }, mark: imageId };
    },
    outcomes: onlyTheDealer,
  },
  {
    field: 'deleteVehicleImage',
    on: 'a photo of a draft',
    document: DELETE_IMAGE,
    arrange: async (stage) => {
      const [image] = await placeImages(stage.app, (await stage.draft()).id, 1);
      const imageId = image?.id as string;
      return { variables: { input: { imageId } }, mark: imageId };
    },
    outcomes: onlyTheDealerKnows,
  },
];

export const ofVehicles: readonly AccessRow[] = [
  ...ofPhotos,
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
  {
    field: 'featureVehicle',
    on: 'a vehicle on the market',
    document: 'mutation ($input: FeatureVehicleInput!) { featureVehicle(input: $input) { vehicle { id } } }',
    arrange: async (stage) => {
      const { id } = await stage.vehicle();
      return { variables: { input: { id, featured: true } }, mark: id };
    },
    outcomes: members('FORBIDDEN', { admin: 'done' }),
  },
];

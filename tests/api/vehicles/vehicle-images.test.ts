import { beforeAll, describe, expect, it } from 'vitest';
import { ReorderVehicleImagesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { type Following, useLive } from '../../support/live.js';
import { imagesOf, placeImages } from './photos.js';

interface Shown {
  id: string;
  alt?: string;
  position?: number;
}

describe.each(databaseKinds)('photos of vehicles on %s', (kind) => {
  const app = useApp(kind);
  const live = useLive(app);
  let dealer: BuiltVehicle['dealer'];
  /** With 3, 0 and 2 photos. */
  let vehicles: BuiltVehicle[];
  let placed: string[][];

  beforeAll(async () => {
    dealer = await app.build.dealer();
    vehicles = [];
    placed = [];
    for (const count of [3, 0, 2]) {
      const vehicle = await app.build.vehicle(dealer, { trim: count === 2 ? null : 'XLE' });
      vehicles.push(vehicle);
      placed.push((await placeImages(app, vehicle.id, count)).map(({ id }) => id));
    }
  });

  it('are shown in their order, the first also as the primary one, to everybody', async () => {
    const document = `query ($id: ID!) { vehicles(filter: { dealerId: $id }, orderBy: OLDEST) { nodes {
      id primaryImage { id alt } images { id alt position }
    } } }`;
    type Answer = { vehicles: { nodes: Array<{ id: string; primaryImage: Shown | null; images: Shown[] }> } };
    const answer = await app.ok<Answer, object>(document, { id: dealer.dealerId });
    const nodes = new Map(answer.vehicles.nodes.map((node) => [node.id, node]));
    const shown = vehicles.map(({ id }) => nodes.get(id));
    expect(shown.map((node) => node?.images.map(({ id }) => id))).toEqual(placed);
    expect(shown.map((node) => node?.images.map(({ position }) => position))).toEqual([
      [0, 1, 2],
      [],
      [0, 1],
    ]);
    expect(shown.map((node) => node?.primaryImage)).toEqual([
      { id: placed[0]?.[0], alt: '2021 Toyota Camry XLE, photo 1' },
      null,
      { id: placed[2]?.[0], alt: '2021 Toyota Camry, photo 1' },
    ]);
  });

  it('take one statement for all vehicles, with their texts and without', async () => {
    const reads = async (fields: string) => {
      const document = `{ vehicles { nodes { id ${fields} } } }`;
      const statements = await app.statements(() => app.ok(document));
      return statements.filter((statement) => /from "?`?vehicle_images/.test(statement));
    };
    for (const fields of ['images { url }', 'primaryImage { thumbnailUrl }', 'primaryImage { alt }']) {
      expect(await reads(fields)).toHaveLength(1);
    }
    const [withText] = await reads('images { alt }');
    const [without] = await reads('images { url isPrimary }');
    expect([/join/.test(withText ?? ''), /join/.test(without ?? '')]).toEqual([true, false]);
  });

  it('are shown under two names, each with what is asked for under it', async () => {
    const document = `query ($id: ID!) { vehicle(id: $id) {
      a: images { id } b: images { position alt } primaryImage { isPrimary } } }`;
    const { id } = vehicles[2] as BuiltVehicle;
    expect(await app.ok(document, { id })).toEqual({
      vehicle: {
        a: placed[2]?.map((image) => ({ id: image })),
        b: [0, 1].map((position) => ({ position, alt: `2021 Toyota Camry, photo ${position + 1}` })),
        primaryImage: { isPrimary: true },
      },
    });
  });

  it('are told to who follows the vehicle, and read once for all of them', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const ids = (await placeImages(app, vehicle.id, 3)).map(({ id }) => id);
    type Told = { vehicleUpdated: { images: Shown[]; primaryImage: Shown | null } };
    const query = `subscription { vehicleUpdated(vehicleId: "${vehicle.id}") {
      id images { id alt position } primaryImage { id alt } } }`;
    const followers: Following<Told>[] = [];
    for (let n = 0; n < 4; n++) {
      followers.push(await live.listen<Told, object>(undefined, `vehicle:${vehicle.id}`, query));
    }
    const imageIds = [...ids].reverse();
    const statements = await app.statements(async () => {
      const bare =
        'mutation ($input: ReorderVehicleImagesInput!) { reorderVehicleImages(input: $input) { __typename } }';
      await app.ok(bare, { input: { vehicleId: vehicle.id, imageIds } }, dealer);
      for (const follower of followers) await follower.take(1);
    });
    const expected = imageIds.map((id, position) => ({
      id,
      position,
      alt: `2021 Toyota Camry XLE, photo ${position + 1}`,
    }));
    for (const follower of followers) {
      const [told] = await follower.take(1);
      expect(told?.vehicleUpdated.images).toEqual(expected);
      expect(told?.vehicleUpdated.primaryImage).toEqual({ id: ids[2], alt: expected[0]?.alt });
    }
    // One under the lock of the change, and one for the four followers.
    expect(statements.filter((text) => /from "?`?vehicle_images/.test(text))).toHaveLength(2);
    // Each event reads anew.
    await app.ok(ReorderVehicleImagesDocument, { input: { vehicleId: vehicle.id, imageIds: ids } }, dealer);
    const told = (await followers[0]?.take(2))?.[1];
    expect(told?.vehicleUpdated.images.map(({ id }) => id)).toEqual(ids);
    expect((await imagesOf(app, vehicle)).map(({ id }) => id)).toEqual(ids);
  });
});

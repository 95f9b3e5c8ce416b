import { beforeAll, describe, expect, it } from 'vitest';
import { DeleteVehicleImageDocument, ReorderVehicleImagesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { imagesOf, placeImages, refusedWhole } from './photos.js';
import { announced, setStatus, strangers, unknownIds } from './stored.js';

describe.each(databaseKinds)('reorderVehicleImages on %s', (kind) => {
  const app = useApp(kind);
  let dealer: BuiltVehicle['dealer'];
  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const reorder = (vehicleId: string, imageIds: string[], person: { token: string } | undefined = dealer) =>
    app.request(ReorderVehicleImagesDocument, { input: { vehicleId, imageIds } }, person);
  const remove = (imageId: string) => app.request(DeleteVehicleImageDocument, { input: { imageId } }, dealer);

  /** A vehicle with photos; their ids, in their order. */
  const album = async (count: number) => {
    const vehicle = await app.build.vehicle(dealer);
    const ids = (await placeImages(app, vehicle.id, count)).map(({ id }) => id);
    return { vehicle, ids };
  };

  it('puts all photos into the new order, the first of them as the primary one', async () => {
    const { vehicle, ids } = await album(5);
    const [a, b, c, d, e] = ids as [string, string, string, string, string];
    app.clock.advance(MINUTE);
    const heard = await announced(app, vehicle.id, async () => {
      const { data } = await reorder(vehicle.id, [e, b, a, d, c]);
      const shown = data?.reorderVehicleImages.vehicle;
      expect(shown?.images.map((image) => [image.id, image.position, image.isPrimary])).toEqual([
        [e, 0, true],
        [b, 1, false],
        [a, 2, false],
        [d, 3, false],
        [c, 4, false],
      ]);
      expect([shown?.primaryImage?.id, shown?.updatedAt]).toEqual([e, app.clock.now().toISOString()]);
    });
    expect(heard).toEqual([vehicle.id]);
    expect((await imagesOf(app, vehicle)).map(({ id }) => id)).toEqual([e, b, a, d, c]);
  });

  it('changes nothing, and tells nobody, where the order is the one that they have', async () => {
    const { vehicle, ids } = await album(3);
    const before = await imagesOf(app, vehicle);
    const heard = await announced(app, vehicle.id, async () => {
      expect((await reorder(vehicle.id, ids)).errors).toBeUndefined();
      expect((await reorder((await album(0)).vehicle.id, [])).errors).toBeUndefined();
    });
    expect(heard).toEqual([]);
    expect(await imagesOf(app, vehicle)).toEqual(before);
  });

  it('refuses what is not all of its photos, each once', async () => {
    const { vehicle, ids } = await album(3);
    const [a, b, c] = ids as [string, string, string];
    const other = (await album(1)).ids[0] as string;
    const theirs = await placeImages(app, (await app.build.vehicle()).id, 1);
    const foreign = theirs[0]?.id as string;
    const wrong = [
      [],
      [a, b],
      [a, b, b],
      [a, b, c, c],
      [a, b, other],
      [a, b, c, other],
      [a, b, foreign],
      ...unknownIds.map((id) => [a, b, id]),
      [a, b, c.toUpperCase()],
      Array.from({ length: 2_000 }, () => a),
    ];
    for (const imageIds of wrong) {
      const error = await refusedWhole(app, () => reorder(vehicle.id, imageIds));
      expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', ['imageIds']]);
    }
  });

  it.each(['DRAFT', 'ACTIVE', 'PENDING'] as const)('reorders those of a %s vehicle', async (status) => {
    const { vehicle, ids } = await album(2);
    await setStatus(app, vehicle.id, status);
    const { data } = await reorder(vehicle.id, [...ids].reverse());
    expect(data?.reorderVehicleImages.vehicle.primaryImage?.id).toBe(ids[1]);
  });

  it.each(['SOLD', 'ARCHIVED'] as const)('leaves those of a %s vehicle as they are', async (status) => {
    const { vehicle, ids } = await album(2);
    await setStatus(app, vehicle.id, status);
    const error = await refusedWhole(app, () => reorder(vehicle.id, [...ids].reverse()));
    expect(error).toMatchObject({ code: 'VEHICLE_UNAVAILABLE', statusCode: 409 });
  });

  it('refuses everybody but the owner', async () => {
    const { vehicle, ids } = await album(2);
    const { vehicle: draft, ids: hidden } = await album(2);
    await setStatus(app, draft.id, 'DRAFT');
    for (const { who, code } of await strangers(app)) {
      const input = { vehicleId: vehicle.id, imageIds: [...ids].reverse() };
      const send = () => app.request(ReorderVehicleImagesDocument, { input }, who);
      expect((await refusedWhole(app, send)).code).toBe(code);
    }
    const other = await app.build.dealer();
    expect((await refusedWhole(app, () => reorder(draft.id, hidden, other))).code).toBe('NOT_FOUND');
    for (const id of unknownIds) {
      expect((await refusedWhole(app, () => reorder(id, ids))).code).toBe('NOT_FOUND');
    }
  });

  it('leaves no hole and no photo twice, however deletions and other orders come in between', async () => {
    const { vehicle, ids } = await album(8);
    const rotated = (by: number) => [...ids.slice(by), ...ids.slice(0, by)];
    const gone = ids.slice(0, 3);
    const answers = await Promise.all([
      ...[1, 2, 3, 4].map((by) => reorder(vehicle.id, rotated(by))),
      ...gone.map(remove),
      reorder(vehicle.id, ids.slice(3).reverse()),
    ]);
    const codes = answers.map((answer) => (answer.errors ? app.errorOf(answer).code : 'done'));
    // An order of photos of which one has gone meanwhile is none of theirs.
    expect(codes.filter((code) => code !== 'done' && code !== 'BAD_USER_INPUT')).toEqual([]);
    expect(codes.slice(4, 7)).toEqual(['done', 'done', 'done']);
    const left = await imagesOf(app, vehicle);
    expect(left.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
    expect(left.map(({ id }) => id).sort()).toEqual(ids.slice(3).sort());
  });
});

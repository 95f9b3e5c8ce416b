import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { sweepPhotos } from '../../../src/modules/vehicles/photos/vehicle-image.files.js';
import {
  ArchiveVehicleDocument,
  DeleteVehicleDocument,
  DeleteVehicleImageDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { HOUR, MINUTE } from '../../support/clock.js';
import { storedFiles } from '../../support/multipart.js';
import { filesOf, giveImages, imagesOf, keyIn, placeImages, refusedWhole, smallPicture } from './photos.js';
import { announced, setStatus, strangers, unknownIds } from './stored.js';

describe.each(databaseKinds)('deleteVehicleImage on %s', (kind) => {
  const app = useApp(kind);
  let dealer: BuiltVehicle['dealer'];
  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const remove = (imageId: string, person: { token: string } | undefined = dealer) =>
    app.request(DeleteVehicleImageDocument, { input: { imageId } }, person);

  /** A vehicle with photos, in their order. */
  const album = async (count: number, keys?: string[]) => {
    const vehicle = await app.build.vehicle(dealer);
    const photos = await placeImages(app, vehicle.id, count, keys);
    return { vehicle, photos, ids: photos.map(({ id }) => id), keys: photos.map(({ key }) => key) };
  };
  const gone = async (keys: string[]) => {
    const files = await storedFiles(app);
    return keys.flatMap(filesOf).filter((file) => !files.includes(file));
  };

  it('removes a photo with its files; those behind it move up', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const small = await smallPicture();
    const [a, b, c] = await giveImages(app, vehicle, [small, small, small]);
    app.clock.advance(MINUTE);
    const heard = await announced(app, vehicle.id, async () => {
      const { data } = await remove(a?.id as string);
      const shown = data?.deleteVehicleImage.vehicle;
      expect(shown?.images).toEqual([
        { ...b, position: 0, isPrimary: true, alt: '2021 Toyota Camry XLE, photo 1' },
        { ...c, position: 1, alt: '2021 Toyota Camry XLE, photo 2' },
      ]);
      expect([shown?.primaryImage?.id, shown?.updatedAt]).toEqual([b?.id, app.clock.now().toISOString()]);
    });
    expect(heard).toEqual([vehicle.id]);
    const keys = [a, b, c].map((image) => keyIn(image?.url as string));
    expect(await gone(keys)).toEqual(filesOf(keys[0] as string));
    const { data } = await remove(c?.id as string);
    expect(data?.deleteVehicleImage.vehicle.images.map(({ id }) => id)).toEqual([b?.id]);
    await remove(b?.id as string);
    expect(await imagesOf(app, vehicle)).toEqual([]);
    expect(await gone(keys)).toEqual(keys.flatMap(filesOf));
  });

  it('keeps the files of a photo that another vehicle shows too, until nobody does', async () => {
    const one = await album(1);
    const other = await album(1, one.keys);
    await remove(one.ids[0] as string);
    expect(await gone(one.keys)).toEqual([]);
    expect(await imagesOf(app, other.vehicle)).toHaveLength(1);
    await remove(other.ids[0] as string);
    expect(await gone(one.keys)).toHaveLength(2);
  });

  it('is done where the files cannot be deleted; they are swept', async () => {
    const { vehicle, ids, keys } = await album(2);
    const orphan = keys[0] as string;
    const failing = vi.spyOn(app.system.storage, 'delete').mockRejectedValue(new Error('Busy'));
    const { data } = await remove(ids[0] as string).finally(() => failing.mockRestore());
    expect(data?.deleteVehicleImage.vehicle.images).toHaveLength(1);
    expect(await gone(keys)).toEqual([]);
    const sweep = () => sweepPhotos.run(app.system.makeCtx());
    expect(await sweep()).toBe(0);
    const yesterday = new Date(app.clock.now().getTime() - 25 * HOUR);
    for (const file of keys.flatMap(filesOf))
      await utimes(join(app.files, 'uploads', file), yesterday, yesterday);
    expect(await sweep()).toBe(2);
    expect(await gone(keys)).toEqual(filesOf(orphan));
    expect(await imagesOf(app, vehicle)).toHaveLength(1);
  });

  it('removes a photo once, whoever asks how often', async () => {
    const { vehicle, ids } = await album(3);
    const answers = await Promise.all(Array.from({ length: 4 }, () => remove(ids[1] as string)));
    const codes = answers.map((answer) => (answer.errors ? app.errorOf(answer).code : 'done'));
    expect(codes.sort()).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'done']);
    const left = await imagesOf(app, vehicle);
    expect(left.map(({ id, position }) => [id, position])).toEqual([
      [ids[0], 0],
      [ids[2], 1],
    ]);
  });

  it('closes all gaps when several go at once', async () => {
    const { vehicle, ids } = await album(10);
    await Promise.all(ids.filter((_id, index) => index % 3 === 0).map((id) => remove(id)));
    const left = await imagesOf(app, vehicle);
    expect(left.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(left.map(({ id }) => id)).toEqual(ids.filter((_id, index) => index % 3 !== 0));
  });

  it.each(['SOLD', 'ARCHIVED'] as const)('keeps those of a %s vehicle', async (status) => {
    const { vehicle, ids } = await album(1);
    await setStatus(app, vehicle.id, status);
    const error = await refusedWhole(app, () => remove(ids[0] as string));
    expect(error).toMatchObject({ code: 'VEHICLE_UNAVAILABLE', statusCode: 409 });
  });

  it('refuses everybody but the owner, and knows nothing of photos of what they may not see', async () => {
    const { ids } = await album(1);
    const { vehicle: draft, ids: hidden } = await album(1);
    await setStatus(app, draft.id, 'DRAFT');
    for (const { who, code } of await strangers(app)) {
      const send = () =>
        app.request(DeleteVehicleImageDocument, { input: { imageId: ids[0] as string } }, who);
      expect((await refusedWhole(app, send)).code).toBe(code);
    }
    const other = await app.build.dealer();
    const unknown = await refusedWhole(app, () => remove(unknownIds[0] as string, other));
    expect(unknown.code).toBe('NOT_FOUND');
    expect(await refusedWhole(app, () => remove(hidden[0] as string, other))).toEqual(unknown);
    for (const id of unknownIds) expect((await refusedWhole(app, () => remove(id))).code).toBe('NOT_FOUND');
  });

  it('goes with its vehicle, files and all, but for those that another vehicle shows too', async () => {
    const { vehicle, keys } = await album(3);
    await album(1, [keys[1] as string]);
    await app.ok(DeleteVehicleDocument, { input: { id: vehicle.id } }, dealer);
    expect((await gone(keys)).sort()).toEqual(
      [keys[0], keys[2]].flatMap((key) => filesOf(key as string)).sort(),
    );
    const rows = await app.orm.em
      .fork()
      .getConnection()
      .execute('select id from vehicle_images where vehicle_id = ?', [vehicle.id]);
    expect(rows).toEqual([]);
  });

  it('stays with a vehicle that cannot be deleted, or is archived', async () => {
    const { vehicle } = await app.build.negotiation({ vehicle: await app.build.vehicle(dealer) });
    const keys = (await placeImages(app, vehicle.id, 2)).map(({ key }) => key);
    const refusal = await refusedWhole(app, () =>
      app.request(DeleteVehicleDocument, { input: { id: vehicle.id } }, dealer),
    );
    expect(refusal.code).toBe('CONFLICT');
    await app.ok(ArchiveVehicleDocument, { input: { id: vehicle.id } }, dealer);
    expect([await gone(keys), (await imagesOf(app, vehicle)).length]).toEqual([[], 2]);
  });
});

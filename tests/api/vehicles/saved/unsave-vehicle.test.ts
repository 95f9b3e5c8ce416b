import { describe, expect, it } from 'vitest';
import { UnsaveVehicleDocument } from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import { setStatus, unknownIds } from '../stored.js';
import { keepingOn, refusedToKeep } from './keeping.js';

describe.each(databaseKinds)('unsaveVehicle on %s', (kind) => {
  const app = useApp(kind);
  const { save } = keepingOn(app);
  const unsave = (id: string, person?: { token: string }) =>
    app.request(UnsaveVehicleDocument, { input: { id } }, person);

  it('lets go of what was saved, and leaves it to others who saved it', async () => {
    const vehicle = await app.build.vehicle();
    const [one, other] = [await app.build.buyer(), await app.build.buyer()];
    await save(one, vehicle);
    await save(other, vehicle);
    const left = { id: vehicle.id, status: 'ACTIVE', isSaved: false, saveCount: 1 };
    expect((await unsave(vehicle.id, one)).data).toEqual({ unsaveVehicle: { vehicle: left } });
    const { vehicle: seen } = await app.ok<{ vehicle: object }, object>(
      'query ($id: ID!) { vehicle(id: $id) { isSaved } }',
      { id: vehicle.id },
      other,
    );
    expect(seen).toEqual({ isSaved: true });
  });

  it('does nothing to a vehicle that was not saved, or not any more', async () => {
    const { id } = await app.build.vehicle();
    const buyer = await app.build.buyer();
    for (let time = 0; time < 2; time++) {
      expect((await unsave(id, buyer)).data?.unsaveVehicle.vehicle).toMatchObject({ id, isSaved: false });
    }
  });

  it('lets go of a vehicle that has been archived since, once', async () => {
    const vehicle = await app.build.vehicle();
    const buyer = await app.build.buyer();
    await save(buyer, vehicle);
    await setStatus(app, vehicle.id, 'ARCHIVED');
    expect((await unsave(vehicle.id, buyer)).data?.unsaveVehicle.vehicle).toEqual({
      id: vehicle.id,
      status: 'ARCHIVED',
      isSaved: false,
      saveCount: 0,
    });
    expect((await refusedToKeep(app, () => unsave(vehicle.id, buyer))).code).toBe('NOT_FOUND');
  });

  it('refuses what the viewer neither keeps nor may see', async () => {
    const draft = await app.build.vehicle(undefined, { publish: false });
    await save(draft.dealer, draft);
    const buyer = await app.build.buyer();
    for (const id of [draft.id, ...unknownIds]) {
      expect((await refusedToKeep(app, () => unsave(id, buyer))).code).toBe('NOT_FOUND');
    }
  });

  it('refuses a guest', async () => {
    const { id } = await app.build.vehicle();
    expect((await refusedToKeep(app, () => unsave(id))).code).toBe('UNAUTHENTICATED');
  });
});

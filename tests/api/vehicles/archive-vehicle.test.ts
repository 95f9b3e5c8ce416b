import { describe, expect, it } from 'vitest';
import { VehicleArchived } from '../../../src/modules/vehicles/index.js';
import { ArchiveVehicleDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';
import { eventsDuring } from '../dealers/stored.js';
import { announced, refused, setStatus, stored, strangers, unknownIds } from './stored.js';

describe.each(databaseKinds)('archiveVehicle on %s', (kind) => {
  const app = useApp(kind);
  const archive = (id: string, person?: { token: string }) =>
    app.request(ArchiveVehicleDocument, { input: { id } }, person);

  it.each([true, false])(
    'takes a vehicle off the market (published: %s) and tells those who follow it',
    async (publish) => {
      const { id, dealer } = await app.build.vehicle(undefined, { publish });
      app.clock.advance(MINUTE);
      const heard = await announced(app, id, async () => {
        const { data } = await archive(id, dealer);
        const updatedAt = app.clock.now().toISOString();
        expect(data?.archiveVehicle.vehicle).toMatchObject({ id, status: 'ARCHIVED', updatedAt });
      });
      expect(heard).toEqual([id]);
    },
  );

  it('does nothing to an archived vehicle', async () => {
    const { id, dealer } = await app.build.vehicle();
    await archive(id, dealer);
    app.clock.advance(MINUTE);
    const before = await stored(app);
    const heard = await announced(app, id, async () => {
      expect((await archive(id, dealer)).data?.archiveVehicle.vehicle.status).toBe('ARCHIVED');
    });
    expect(heard).toEqual([]);
    expect(await stored(app)).toEqual(before);
  });

  it('tells the rooms above once', async () => {
    const { id, dealer } = await app.build.vehicle();
    const heard = await eventsDuring(app, VehicleArchived, async () => {
      await archive(id, dealer);
      await archive(id, dealer);
    });
    expect(heard).toEqual([{ vehicleId: id, dealerId: dealer.dealerId }]);
  });

  it.each(['PENDING', 'SOLD'] as const)('refuses a vehicle that is %s', async (status) => {
    const { id, dealer } = await app.build.vehicle();
    await setStatus(app, id, status);
    expect(await refused(app, () => archive(id, dealer))).toMatchObject({
      code: 'CONFLICT',
      statusCode: 409,
    });
  });

  it('refuses everybody but the owner, who are told of a draft that there is none', async () => {
    const onView = await app.build.vehicle();
    const hidden = await app.build.vehicle(undefined, { publish: false });
    for (const { who, code } of await strangers(app)) {
      expect((await refused(app, () => archive(onView.id, who))).code).toBe(code);
    }
    const other = await app.build.dealer();
    for (const id of [hidden.id, ...unknownIds]) {
      expect(await refused(app, () => archive(id, other))).toMatchObject({
        code: 'NOT_FOUND',
        statusCode: 404,
      });
    }
  });
});

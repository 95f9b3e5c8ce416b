import { describe, expect, it } from 'vitest';
import { DeleteVehicleDocument, UpdateVehicleDocument, VehicleDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { announced, refused, stored, strangers, unknownIds } from './stored.js';

describe.each(databaseKinds)('deleteVehicle on %s', (kind) => {
  const app = useApp(kind);
  const remove = (id: string, person?: { token: string }) =>
    app.request(DeleteVehicleDocument, { input: { id } }, person);

  it('deletes a vehicle with its price history, and tells those who follow it', async () => {
    const { id, dealer } = await app.build.vehicle();
    const kept = await app.build.vehicle(dealer);
    await app.ok(UpdateVehicleDocument, { input: { id, askingPrice: '1000' } }, dealer);
    const heard = await announced(app, id, async () => {
      expect((await remove(id, dealer)).data).toEqual({ deleteVehicle: { id } });
    });
    expect(heard).toEqual([id]);
    const { vehicles, prices } = await stored(app);
    expect(vehicles.map((row: { id: string }) => row.id)).toEqual([kept.id]);
    expect(prices.map((row: { vehicle_id: string }) => row.vehicle_id)).toEqual([kept.id]);
    expect((await app.ok(VehicleDocument, { id }, dealer)).vehicle).toBeNull();
    expect(await refused(app, () => remove(id, dealer))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses a vehicle that was negotiated', async () => {
    const { vehicle, dealer } = await app.build.negotiation();
    const error = await refused(app, () => remove(vehicle.id, dealer));
    expect(error).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
  });

  it('deletes once when asked several times at once', async () => {
    const { id, dealer } = await app.build.vehicle();
    const answers = await Promise.all(Array.from({ length: 6 }, () => remove(id, dealer)));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'ok').sort();
    expect(codes).toEqual([...Array(5).fill('NOT_FOUND'), 'ok']);
  });

  it('refuses everybody but the owner, who are told of a draft that there is none', async () => {
    const onView = await app.build.vehicle();
    const hidden = await app.build.vehicle(undefined, { publish: false });
    for (const { who, code } of await strangers(app)) {
      expect((await refused(app, () => remove(onView.id, who))).code).toBe(code);
    }
    const other = await app.build.dealer();
    for (const id of [hidden.id, ...unknownIds]) {
      expect(await refused(app, () => remove(id, other))).toMatchObject({
        code: 'NOT_FOUND',
        statusCode: 404,
      });
    }
  });
});

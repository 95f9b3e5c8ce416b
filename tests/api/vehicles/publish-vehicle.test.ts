import { describe, expect, it } from 'vitest';
import { VehiclePublished } from '../../../src/modules/vehicles/index.js';
import { ArchiveVehicleDocument, PublishVehicleDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';
import { eventsDuring } from '../dealers/stored.js';
import { announced, refused, setStatus, stored, strangers, unknownIds } from './stored.js';

describe.each(databaseKinds)('publishVehicle on %s', (kind) => {
  const app = useApp(kind);
  const publish = (id: string, person?: { token: string }) =>
    app.request(PublishVehicleDocument, { input: { id } }, person);
  const draft = async () => app.build.vehicle(undefined, { publish: false });

  it('puts a draft on the market and tells those who follow it', async () => {
    const { id, dealer } = await draft();
    app.clock.advance(MINUTE);
    const heard = await announced(app, id, async () => {
      const { data } = await publish(id, dealer);
      const now = app.clock.now().toISOString();
      expect(data?.publishVehicle.vehicle).toMatchObject({
        status: 'ACTIVE',
        publishedAt: now,
        updatedAt: now,
      });
    });
    expect(heard).toEqual([id]);
  });

  it('does nothing to a vehicle that is on the market', async () => {
    const { id, dealer } = await app.build.vehicle();
    app.clock.advance(MINUTE);
    const before = await stored(app);
    const heard = await announced(app, id, async () => {
      expect((await publish(id, dealer)).data?.publishVehicle.vehicle.status).toBe('ACTIVE');
    });
    expect(heard).toEqual([]);
    expect(await stored(app)).toEqual(before);
  });

  it('publishes an archived vehicle again, from the day of its first publication', async () => {
    const { id, dealer } = await app.build.vehicle();
    const publishedAt = app.clock.now().toISOString();
    await app.ok(ArchiveVehicleDocument, { input: { id } }, dealer);
    app.clock.advance(MINUTE);
    const { data } = await publish(id, dealer);
    expect(data?.publishVehicle.vehicle).toMatchObject({ status: 'ACTIVE', publishedAt });
  });

  it('refuses an archived vehicle whose VIN was listed again', async () => {
    const { id, vin, dealer } = await app.build.vehicle();
    await app.ok(ArchiveVehicleDocument, { input: { id } }, dealer);
    await app.build.vehicle(dealer, { vin });
    expect(await refused(app, () => publish(id, dealer))).toMatchObject({
      code: 'CONFLICT',
      statusCode: 409,
    });
  });

  it('tells the rooms above once', async () => {
    const { id, dealer } = await draft();
    const heard = await eventsDuring(app, VehiclePublished, async () => {
      await publish(id, dealer);
      await publish(id, dealer);
    });
    expect(heard).toEqual([{ vehicleId: id, dealerId: dealer.dealerId }]);
  });

  it.each(['PENDING', 'SOLD'] as const)('refuses a vehicle that is %s', async (status) => {
    const { id, dealer } = await app.build.vehicle();
    await setStatus(app, id, status);
    expect(await refused(app, () => publish(id, dealer))).toMatchObject({
      code: 'CONFLICT',
      statusCode: 409,
    });
  });

  it('refuses a dealer that is not verified', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const { id } = await app.build.vehicle(dealer, { publish: false });
    const error = await refused(app, () => publish(id, dealer));
    expect(error).toMatchObject({ code: 'DEALER_NOT_VERIFIED', statusCode: 403 });
  });

  it('refuses everybody but the owner, who are told of a draft that there is none', async () => {
    const onView = await app.build.vehicle();
    const hidden = await draft();
    for (const { who, code } of await strangers(app)) {
      expect((await refused(app, () => publish(onView.id, who))).code).toBe(code);
    }
    const other = await app.build.dealer();
    for (const id of [hidden.id, ...unknownIds]) {
      expect(await refused(app, () => publish(id, other))).toMatchObject({
        code: 'NOT_FOUND',
        statusCode: 404,
      });
    }
  });

  it('ends as one or the other when published and archived at once', async () => {
    const { id, dealer } = await draft();
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          index % 2 ? publish(id, dealer) : app.request(ArchiveVehicleDocument, { input: { id } }, dealer),
        ),
      );
      expect(answers.filter(({ errors }) => errors)).toEqual([]);
      const { vehicles } = await stored(app);
      const row = vehicles.find((vehicle: { id: string }) => vehicle.id === id);
      expect(['ACTIVE', 'ARCHIVED']).toContain(row?.status);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { VehicleDocument, type VehicleStatus } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { setStatus, unknownIds } from './stored.js';

/** Who sees a vehicle of each status: guest, buyer, other dealer, its dealer, admin. */
const visibility: Record<VehicleStatus, [boolean, boolean, boolean, boolean, boolean]> = {
  DRAFT: [false, false, false, true, true],
  ACTIVE: [true, true, true, true, true],
  PENDING: [true, true, true, true, true],
  SOLD: [true, true, true, true, true],
  ARCHIVED: [false, false, false, true, true],
};

describe.each(databaseKinds)('vehicle on %s', (kind) => {
  const app = useApp(kind);

  it.each(Object.keys(visibility) as VehicleStatus[])(
    'is shown while %s to those who may see it',
    async (status) => {
      const { id, dealer } = await app.build.vehicle();
      await setStatus(app, id, status);
      const people = [
        undefined,
        await app.build.buyer(),
        await app.build.dealer(),
        dealer,
        await app.build.admin(),
      ];
      const seen = [];
      for (const person of people) {
        const { vehicle } = await app.ok(VehicleDocument, { id }, person);
        if (vehicle) expect(vehicle).toMatchObject({ id, status });
        seen.push(vehicle !== null);
      }
      expect(seen).toEqual(visibility[status]);
    },
  );

  it('hides a draft from a dealer account without a business', async () => {
    const { id } = await app.build.vehicle(undefined, { publish: false });
    const account = await app.build.register({ userType: 'DEALER' });
    expect((await app.ok(VehicleDocument, { id }, account)).vehicle).toBeNull();
  });

  it('is null under an unknown or impossible id', async () => {
    for (const id of unknownIds) expect((await app.ok(VehicleDocument, { id })).vehicle).toBeNull();
  });

  it('counts the whole days since it was published, until it was sold', async () => {
    const draft = await app.build.vehicle(undefined, { publish: false });
    const { id } = await app.build.vehicle(draft.dealer);
    const sold = await app.build.vehicle(draft.dealer);
    const soldAt = app.clock.now().getTime() + 2 * DAY;
    const connection = app.orm.em.fork().getConnection();
    await connection.execute('update vehicles set sold_at = ? where id = ?', [soldAt, sold.id]);
    const days = async (vehicleId: string) =>
      (await app.ok(VehicleDocument, { id: vehicleId }, owner)).vehicle?.daysListed;

    let owner: { token?: string } = draft.dealer;
    expect(await days(draft.id)).toBe(0);
    // Past the life of the owner's token: what everybody sees is enough.
    owner = {};
    app.clock.advance(DAY - HOUR);
    expect(await days(id)).toBe(0);
    app.clock.advance(HOUR);
    expect(await days(id)).toBe(1);
    app.clock.advance(9 * DAY);
    expect([await days(id), await days(sold.id)]).toEqual([10, 2]);
  });
});

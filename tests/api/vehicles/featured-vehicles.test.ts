import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson, Person } from '../../support/builders.js';

const FEATURE = `mutation ($input: FeatureVehicleInput!) {
  featureVehicle(input: $input) { vehicle { id isFeatured } }
}`;
const FEATURED =
  'query ($first: Int) { featuredVehicles(first: $first) { id isFeatured dealer { businessName } } }';

interface Featured {
  featuredVehicles: Array<{ id: string; isFeatured: boolean }>;
}

describe.each(databaseKinds)('featured vehicles on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let admin: Person;
  beforeAll(async () => {
    dealer = await app.build.dealer();
    admin = await app.build.admin();
  });
  beforeEach(async () => {
    await app.orm.em.fork().getConnection().execute('delete from vehicles');
  });

  const feature = (id: string, featured: boolean, who: Person = admin) =>
    app.request<object, object>(FEATURE, { input: { id, featured } }, who);
  const shown = async (first?: number) =>
    (await app.ok<Featured, object>(FEATURED, first === undefined ? {} : { first })).featuredVehicles.map(
      ({ id }) => id,
    );

  it('are what an admin chose, the last one first', async () => {
    const [one, other] = [await app.build.vehicle(dealer), await app.build.vehicle(dealer)];
    await app.build.vehicle(dealer);
    const answer = await feature(one.id, true);
    expect(answer.data).toEqual({ featureVehicle: { vehicle: { id: one.id, isFeatured: true } } });
    app.clock.advance(1);
    await feature(other.id, true);
    expect(await shown()).toEqual([other.id, one.id]);
    expect(await shown(1)).toEqual([other.id]);
    await feature(other.id, false);
    expect(await shown()).toEqual([one.id]);
  });

  it('keep their place when they are featured once more', async () => {
    const [one, other] = [await app.build.vehicle(dealer), await app.build.vehicle(dealer)];
    await feature(one.id, true);
    app.clock.advance(1);
    await feature(other.id, true);
    app.clock.advance(1);
    await feature(one.id, true);
    expect(await shown()).toEqual([other.id, one.id]);
  });

  it('are shown while they are ACTIVE', async () => {
    const draft = await app.build.vehicle(dealer, { publish: false });
    await feature(draft.id, true);
    expect(await shown()).toEqual([]);
    await app.ok(
      'mutation ($input: VehicleIdInput!) { publishVehicle(input: $input) { vehicle { id } } }',
      { input: { id: draft.id } },
      dealer,
    );
    expect(await shown()).toEqual([draft.id]);
  });

  it('are chosen by admins alone', async () => {
    const vehicle = await app.build.vehicle(dealer);
    const buyer = await app.build.buyer();
    for (const who of [dealer, buyer]) {
      expect(app.errorOf(await feature(vehicle.id, true, who)).code).toBe('FORBIDDEN');
    }
    const guest = await app.request(FEATURE, { input: { id: vehicle.id, featured: true } });
    expect(app.errorOf(guest).code).toBe('UNAUTHENTICATED');
    expect(await shown()).toEqual([]);
  });

  it('are NOT_FOUND where there is no such vehicle', async () => {
    for (const id of ['0192f0c1-2345-7abc-8def-0123456789ab', 'no id', '']) {
      expect(app.errorOf(await feature(id, true)).code).toBe('NOT_FOUND');
    }
  });

  it.each([0, -1, 101])('refuse a number of %i', async (first) => {
    const response = await app.request(FEATURED, { first });
    expect(app.errorOf(response)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { first: [expect.anything()] },
    });
  });
});

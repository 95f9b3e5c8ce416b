import { beforeAll, describe, expect, it } from 'vitest';
import { SavedVehiclesDocument, UnsaveVehicleDocument } from '../../../generated/operations.js';
import { databaseKinds, useApp } from '../../../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../../../support/builders.js';
import { setStatus } from '../stored.js';
import { keepingOn } from './keeping.js';

describe.each(databaseKinds)('savedVehicles on %s', (kind) => {
  const app = useApp(kind);
  const { save } = keepingOn(app);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });

  const page = async (person: Person, variables: { first?: number; after?: string | null } = {}) =>
    (await app.ok(SavedVehiclesDocument, variables, person)).savedVehicles;
  const idsOf = async (person: Person) => (await page(person)).nodes.map(({ id }) => id);

  async function saved(person: Person, count: number): Promise<BuiltVehicle[]> {
    const vehicles: BuiltVehicle[] = [];
    for (let index = 0; index < count; index++) {
      const vehicle = await app.build.vehicle(dealer);
      app.clock.advance(1_000);
      await save(person, vehicle);
      vehicles.unshift(vehicle);
    }
    return vehicles;
  }

  it('lists what the viewer has saved, the last saved first', async () => {
    const buyer = await app.build.buyer();
    const [third, second, first] = await saved(buyer, 3);
    await save(await app.build.buyer(), await app.build.vehicle(dealer));
    expect(await page(buyer)).toMatchObject({
      totalCount: 3,
      nodes: [third, second, first].map((vehicle) => ({ id: vehicle?.id, isSaved: true, saveCount: 1 })),
    });
    expect(await idsOf(await app.build.buyer())).toEqual([]);
  });

  it('pages through them without showing one twice while others are saved and let go of', async () => {
    const buyer = await app.build.buyer();
    const vehicles = await saved(buyer, 5);
    const first = await page(buyer, { first: 2 });
    await saved(buyer, 1);
    const [, , third] = vehicles as [BuiltVehicle, BuiltVehicle, BuiltVehicle];
    await app.ok(UnsaveVehicleDocument, { input: { id: third.id } }, buyer);
    const rest = await page(buyer, { first: 3, after: first.pageInfo.endCursor ?? null });
    expect([...first.nodes, ...rest.nodes].map(({ id }) => id)).toEqual(
      vehicles.filter((vehicle) => vehicle !== third).map(({ id }) => id),
    );
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('shows them while everybody may see them, hides archived ones, and shows them again once published', async () => {
    const buyer = await app.build.buyer();
    const [vehicle] = (await saved(buyer, 1)) as [BuiltVehicle];
    const seen: Record<string, boolean> = {};
    for (const status of ['PENDING', 'SOLD', 'ARCHIVED', 'DRAFT', 'ACTIVE'] as const) {
      await setStatus(app, vehicle.id, status);
      const { nodes, totalCount } = await page(buyer);
      seen[status] = nodes.some(({ id }) => id === vehicle.id);
      expect(totalCount).toBe(nodes.length);
    }
    expect(seen).toEqual({ PENDING: true, SOLD: true, ARCHIVED: false, DRAFT: false, ACTIVE: true });
  });

  it("shows a dealer its own in any status, and none of another dealer's drafts", async () => {
    const own = await app.build.vehicle(dealer, { publish: false });
    await save(dealer, own);
    const other = await app.build.vehicle();
    await save(dealer, other);
    await setStatus(app, other.id, 'ARCHIVED');
    expect(await idsOf(dealer)).toEqual([own.id]);
  });

  it('counts facets over all of them', async () => {
    const buyer = await app.build.buyer();
    await saved(buyer, 2);
    const archived = await app.build.vehicle(dealer, { make: 'Kia' });
    await save(buyer, archived);
    await setStatus(app, archived.id, 'ARCHIVED');
    const document = '{ savedVehicles(first: 1) { facets { makes { value count } } } }';
    expect(await app.ok(document, {}, buyer)).toEqual({
      savedVehicles: { facets: { makes: [{ value: 'Toyota', count: 2 }] } },
    });
  });

  it('refuses a guest and a cursor of another list', async () => {
    expect(app.errorOf(await app.request(SavedVehiclesDocument, {})).code).toBe('UNAUTHENTICATED');
    const { vehicles } = await app.ok<{ vehicles: { pageInfo: { endCursor: string } } }, object>(
      '{ vehicles(first: 1) { pageInfo { endCursor } } }',
    );
    const answer = await app.request(
      SavedVehiclesDocument,
      { after: vehicles.pageInfo.endCursor },
      await app.build.buyer(),
    );
    expect(app.errorOf(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { after: [expect.any(String)] },
    });
  });
});

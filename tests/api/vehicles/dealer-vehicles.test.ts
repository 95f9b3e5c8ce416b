import { beforeAll, describe, expect, it } from 'vitest';
import { DealersWithVehiclesDocument, VehiclesDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';

describe.each(databaseKinds)('Dealer.vehicles on %s', (kind) => {
  const app = useApp(kind);
  /** By dealer, newest first. */
  const truth = new Map<string, string[]>();

  beforeAll(async () => {
    for (const count of [0, 1, 7]) {
      const dealer = await app.build.dealer();
      const made: Array<{ id: string; minute: number }> = [];
      for (let index = 0; index < count; index++) {
        if (index % 3 === 2) app.clock.advance(MINUTE);
        made.push({ id: (await app.build.vehicle(dealer)).id, minute: app.clock.now().getTime() });
      }
      await app.build.vehicle(dealer, { publish: false });
      made.sort((a, b) => b.minute - a.minute || (a.id < b.id ? 1 : -1));
      truth.set(
        dealer.dealerId,
        made.map(({ id }) => id),
      );
    }
  });

  const dealersWith = async (vehicles?: number | null, after?: string | null) =>
    (await app.ok(DealersWithVehiclesDocument, { vehicles, after })).dealers.nodes;

  it('shows what each has on the market, newest first, with its count', async () => {
    const nodes = await dealersWith();
    expect(nodes.map(({ id }) => id).sort()).toEqual([...truth.keys()].sort());
    for (const { id, activeVehicleCount, vehicles } of nodes) {
      const ids = truth.get(id) ?? [];
      expect(vehicles.nodes.map((vehicle) => vehicle.id)).toEqual(ids);
      expect([activeVehicleCount, vehicles.totalCount]).toEqual([ids.length, ids.length]);
      expect(vehicles.nodes.map((vehicle) => vehicle.dealer.id)).toEqual(ids.map(() => id));
    }
  });

  it('pages through each dealer by itself', async () => {
    const [id, ids] = [...truth.entries()].find(([, list]) => list.length === 7) ?? ['', []];
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const nodes: Awaited<ReturnType<typeof dealersWith>> = await dealersWith(2, after);
      const page = nodes.find((node) => node.id === id)?.vehicles;
      expect(page?.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...(page?.edges.map(({ node }) => node.id) ?? []));
      after = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    expect(seen).toEqual(ids);
  });

  it('refuses sizes out of bounds, and cursors of other lists or of nobody', async () => {
    for (const vehicles of [0, -1, 101]) {
      const error = app.errorOf(await app.request(DealersWithVehiclesDocument, { first: 1, vehicles }));
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', fields: { first: [expect.any(String)] } });
    }
    const foreign = (await app.ok(VehiclesDocument, { first: 1 })).vehicles.pageInfo.endCursor;
    for (const after of [foreign, 'x', '']) {
      const error = app.errorOf(await app.request(DealersWithVehiclesDocument, { after }));
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', fields: { after: [expect.any(String)] } });
    }
  });
});

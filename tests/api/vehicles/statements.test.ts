import { beforeAll, describe, expect, it } from 'vitest';
import {
  DealersDocument,
  DealersWithVehiclesDocument,
  MakesDocument,
  MyInventoryDocument,
  VehicleDocument,
  VehiclesDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';

const LISTING = `query ($first: Int) {
  vehicles(first: $first) { totalCount nodes { id make askingPrice dealer { id businessName city } } }
}`;

describe.each(databaseKinds)('SQL statements of lists on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    const many = 50;
    for (let index = 0; index < many; index++) {
      await app.build.vehicle(dealer, { make: `Make ${index}` });
      const other = await app.build.dealer({ verified: index < 5 });
      if (index < 5) await app.build.vehicle(other);
    }
  }, 120_000);

  /** What an operation sends. Beside it, every two seconds, each node reads anew which sessions were revoked. */
  const ownStatements = async (work: () => Promise<unknown>) =>
    (await app.statements(work)).filter(
      (statement) => !statement.includes('from sessions where revoked_at >'),
    );

  /** How many statements an operation sends; it must have found `rows` rows. */
  async function count(rows: number, work: () => Promise<unknown[]>): Promise<number> {
    let found = 0;
    const statements = await ownStatements(async () => {
      found = (await work()).length;
    });
    expect(found).toBe(rows);
    return statements.length;
  }

  it('answers a listing page of 20 with dealer and totalCount in two', async () => {
    const listing = async (first: number) =>
      (await app.ok<{ vehicles: { nodes: unknown[] } }, object>(LISTING, { first })).vehicles.nodes;
    expect(await count(20, () => listing(20))).toBe(2);
    expect(await count(5, () => listing(5))).toBe(2);
    expect(await count(50, () => listing(50))).toBe(2);
  });

  const lists: Array<[string, number, (first: number) => Promise<unknown[]>]> = [
    [
      'vehicles with dealer, price history and totalCount',
      3,
      async (first) => (await app.ok(VehiclesDocument, { first })).vehicles.nodes,
    ],
    [
      'myInventory',
      3,
      async (first) => (await app.ok(MyInventoryDocument, { first }, dealer)).myInventory.nodes,
    ],
    ['dealers', 2, async (first) => (await app.ok(DealersDocument, { first })).dealers.nodes],
    // Dealers, their pages of vehicles, their counts.
    [
      'dealers with vehicles',
      3,
      async (first) => (await app.ok(DealersWithVehiclesDocument, { first, vehicles: 2 })).dealers.nodes,
    ],
  ];
  it.each(lists)('answers %s in %i, for 5 rows as for 50', async (_name, budget, list) => {
    expect(await count(5, () => list(5))).toBe(budget);
    expect(await count(50, () => list(50))).toBe(budget);
  });

  it('answers makes in one', async () => {
    // 50 makes of the one dealer, and the five others' Toyotas.
    expect(await count(51, async () => (await app.ok(MakesDocument, {})).makes)).toBe(1);
  });

  it('answers a vehicle with dealer and price history in two', async () => {
    const { id } = await app.build.vehicle(dealer);
    expect(await ownStatements(() => app.ok(VehicleDocument, { id }, dealer))).toHaveLength(2);
  });
});

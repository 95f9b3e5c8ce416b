import { beforeAll, describe, expect, it } from 'vitest';
import {
  ArchiveVehicleDocument,
  UpdateVehicleDocument,
  VehiclesDocument,
} from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';

/** Where the word stands that is searched for: model, trim, equipment, description. */
const places = [
  { model: 'Accord' },
  { trim: 'Accord look' },
  { features: ['Accord wheels'] },
  { description: 'Nicer than an Accord' },
] as const;

describe.each(databaseKinds)('pages by RELEVANCE on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let listed: Array<BuiltVehicle & { rank: number; turn: number }>;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    listed = [];
    for (let turn = 0; turn < 12; turn++) {
      // Three of each rank, some of them of one instant: pages end among equals.
      if (turn % 2 === 0) app.clock.advance(MINUTE);
      const rank = turn % 4;
      const vehicle = await app.build.vehicle(dealer, { make: 'Honda', model: 'Civic', ...places[rank] });
      listed.push({ ...vehicle, rank, turn });
    }
  });

  const page = async (variables: {
    after?: string | null;
    before?: string | null;
    first?: number;
    last?: number;
  }) =>
    (await app.ok(VehiclesDocument, { filter: { search: 'acord' }, orderBy: 'RELEVANCE', ...variables }))
      .vehicles;

  const truth = () =>
    [...listed]
      .sort(
        (a, b) =>
          a.rank - b.rank || Math.floor(b.turn / 2) - Math.floor(a.turn / 2) || (a.id < b.id ? 1 : -1),
      )
      .map(({ id }) => id);

  it.each([1, 2, 5, 100])('walk forward and backward in steps of %i, each row once', async (size) => {
    const forward: string[] = [];
    let after: string | null | undefined = null;
    do {
      const { nodes, pageInfo, totalCount }: Awaited<ReturnType<typeof page>> = await page({
        first: size,
        after,
      });
      expect(totalCount).toBe(listed.length);
      forward.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(forward).toEqual(truth());

    const backward: string[] = [];
    let before: string | null | undefined = null;
    do {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page({ last: size, before });
      backward.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
    } while (before);
    expect(backward).toEqual(truth());
  });

  it('show no listing twice and skip none that was there throughout, while others come, change and go', async () => {
    const before = truth();
    const gone = new Set<string>();
    const seen: string[] = [];
    let after: string | null | undefined = null;
    let turn = 0;
    do {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page({ first: 2, after });
      seen.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      app.clock.advance(MINUTE);
      // New ones of each rank, with words that were rare until now; and one that was to come goes, or is renamed.
      for (const place of places)
        await app.build.vehicle(dealer, { make: 'Acura', model: 'Integra', ...place });
      const victim = before.filter((id) => !seen.includes(id) && !gone.has(id)).at(-1);
      if (!victim || turn++ > 2) continue;
      gone.add(victim);
      const isArchived = turn % 2 === 0;
      if (isArchived) await app.ok(ArchiveVehicleDocument, { input: { id: victim } }, dealer);
      else
        await app.ok(
          UpdateVehicleDocument,
          { input: { id: victim, model: 'Pilot', trim: null, features: [], description: null } },
          dealer,
        );
    } while (after);
    expect(gone.size).toBe(3);
    expect(new Set(seen).size).toBe(seen.length);
    const stayed = before.filter((id) => !gone.has(id));
    expect(seen.filter((id) => before.includes(id))).toEqual(stayed);
  });
});

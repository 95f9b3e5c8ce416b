import { beforeAll, describe, expect, it } from 'vitest';
import {
  MyInventoryDocument,
  type MyInventoryQueryVariables,
  type VehicleOrder,
  VehiclesDocument,
  type VehiclesQueryVariables,
} from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, type TestApp, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { stored } from './stored.js';

/** Orders by a column; those by what a filter computes have tests of their own. */
type PlainOrder = Exclude<VehicleOrder, 'DISTANCE' | 'RELEVANCE'>;

/** Each order: the column, and whether it falls. */
const orders: Record<PlainOrder, [column: string, falls: boolean]> = {
  NEWEST: ['listed_at', true],
  OLDEST: ['listed_at', false],
  PRICE_ASC: ['asking_price', false],
  PRICE_DESC: ['asking_price', true],
  YEAR_ASC: ['year', false],
  YEAR_DESC: ['year', true],
  MILEAGE_ASC: ['mileage', false],
  MILEAGE_DESC: ['mileage', true],
  BEST_DEAL: ['deal_rank', false],
};
const orderNames = Object.keys(orders) as PlainOrder[];
const COUNT = 23;

describe.each(databaseKinds)('pages of vehicles on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  beforeAll(async () => {
    dealer = await app.build.dealer();
    for (let index = 0; index < COUNT; index++) {
      // Few values, and several vehicles in one instant: every order has ties on which pages end.
      await app.build.vehicle(dealer, {
        askingPrice: 10_000 + (index % 3) * 1_000,
        year: 2018 + (index % 4),
        mileage: (index % 2) * 50_000,
      });
      if (index % 5 === 4) app.clock.advance(MINUTE);
    }
    await app.build.vehicle(dealer, { publish: false });
  });

  const page = async (variables: VehiclesQueryVariables) =>
    (await app.ok(VehiclesDocument, variables)).vehicles;

  const inventory = async (variables: MyInventoryQueryVariables) =>
    (await app.ok(MyInventoryDocument, variables, dealer)).myInventory;

  describe.each(orderNames)('in order %s', (orderBy) => {
    it.each([1, 4, 7, COUNT, 100])(
      'walks forward in pages of %i, each row once and in order',
      async (first) => {
        const truth = await sortedIds(app, orderBy, (row) => row.status === 'ACTIVE');
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const { edges, nodes, pageInfo, totalCount }: Awaited<ReturnType<typeof page>> = await page({
            orderBy,
            first,
            after,
          });
          expect(totalCount).toBe(COUNT);
          expect(edges.map(({ node }) => node.id)).toEqual(nodes.map(({ id }) => id));
          expect(pageInfo.hasPreviousPage).toBe(after !== null);
          expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
            edges[0]?.cursor,
            edges.at(-1)?.cursor,
          ]);
          seen.push(...nodes.map(({ id }) => id));
          after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
        } while (after !== null);
        expect(seen).toEqual(truth);
      },
    );

    it.each([2, 7, 100])('walks backward in pages of %i, each row once and in order', async (last) => {
      const truth = await sortedIds(app, orderBy, (row) => row.status === 'ACTIVE');
      const seen: string[] = [];
      let before: string | null = null;
      do {
        const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page({ orderBy, last, before });
        expect(pageInfo.hasNextPage).toBe(before !== null);
        seen.unshift(...nodes.map(({ id }) => id));
        before = pageInfo.hasPreviousPage ? (pageInfo.startCursor ?? null) : null;
      } while (before !== null);
      expect(seen).toEqual(truth);
    });

    it('walks the inventory, drafts included', async () => {
      const truth = await sortedIds(app, orderBy, () => true);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const myInventory: Awaited<ReturnType<typeof inventory>> = await inventory({
          orderBy,
          first: 5,
          after,
        });
        seen.push(...myInventory.nodes.map(({ id }) => id));
        after = myInventory.pageInfo.hasNextPage ? (myInventory.pageInfo.endCursor ?? null) : null;
      } while (after !== null);
      expect(seen).toEqual(truth);
    });

    it('refuses the cursor of every other order and of another list', async () => {
      const { pageInfo } = await page({ orderBy, first: 1 });
      const after = pageInfo.endCursor;
      for (const other of orderNames.filter((name) => name !== orderBy)) {
        const error = app.errorOf(await app.request(VehiclesDocument, { orderBy: other, after }));
        expect(error).toMatchObject({ code: 'BAD_USER_INPUT', fields: { after: [expect.any(String)] } });
      }
      const inventory = await app.request(MyInventoryDocument, { orderBy, after }, dealer);
      expect(app.errorOf(inventory).code).toBe('BAD_USER_INPUT');
    });
  });

  it('lists the newest first, 20 of them, where nothing is asked for', async () => {
    const truth = await sortedIds(app, 'NEWEST', (row) => row.status === 'ACTIVE');
    for (const variables of [
      {},
      { orderBy: null, first: null, after: null, last: null, before: null, filter: null },
    ]) {
      expect((await page(variables)).nodes.map(({ id }) => id)).toEqual(truth.slice(0, 20));
    }
  });

  it('answers a page between two cursors', async () => {
    const { edges } = await page({ first: 10 });
    const between = await page({ after: edges[2]?.cursor, before: edges[6]?.cursor });
    expect(between.nodes.map(({ id }) => id)).toEqual(edges.slice(3, 6).map(({ node }) => node.id));
    const last = await page({ after: edges[2]?.cursor, before: edges[6]?.cursor, last: 2 });
    expect(last.nodes.map(({ id }) => id)).toEqual(edges.slice(4, 6).map(({ node }) => node.id));
  });

  it('refuses a cursor that was changed or made up', async () => {
    const cursor = (await page({ first: 1 })).pageInfo.endCursor ?? '';
    const [body = '', signature = ''] = cursor.split('.');
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    const other = Buffer.from(JSON.stringify([0, "x' or 1=1"])).toString('base64url');
    const made = [
      '',
      '.',
      'x',
      body,
      `${body}.`,
      `${body}.${flipped}`,
      `${other}.${signature}`,
      `x${cursor}`,
      '\u0000',
    ];
    for (const garbled of [...made, 'A'.repeat(5_000)]) {
      for (const argument of ['after', 'before'] as const) {
        const error = app.errorOf(await app.request(VehiclesDocument, { [argument]: garbled }));
        expect(error).toMatchObject({
          code: 'BAD_USER_INPUT',
          statusCode: 400,
          fields: { [argument]: [expect.any(String)] },
        });
      }
    }
  });

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648])('refuses a page of %i', async (size) => {
    for (const argument of ['first', 'last'] as const) {
      const error = app.errorOf(await app.request(VehiclesDocument, { [argument]: size }));
      expect(error).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { [argument]: ['Ensure this value is between 1 and 100.'] },
      });
    }
  });

  it('refuses first and last together, and a size that is no 32-bit integer', async () => {
    const both = app.errorOf(await app.request(VehiclesDocument, { first: 1, last: 1 }));
    expect(both).toMatchObject({ code: 'BAD_USER_INPUT', fields: { last: [expect.any(String)] } });
    for (const first of [2 ** 31, 1.5]) {
      expect(app.errorOf(await app.request(VehiclesDocument, { first })).code).toBe('BAD_USER_INPUT');
    }
  });
});

async function sortedIds(app: TestApp, order: PlainOrder, where: (row: { status: string }) => boolean) {
  const [column, falls] = orders[order];
  const { vehicles } = await stored(app);
  const rows = vehicles.filter(where) as Array<Record<string, number | string> & { id: string }>;
  const compare = (a: (typeof rows)[number], b: (typeof rows)[number]) =>
    Number(a[column]) - Number(b[column]) || (a.id < b.id ? -1 : 1);
  rows.sort((a, b) => (falls ? compare(b, a) : compare(a, b)));
  return rows.map(({ id }) => id);
}

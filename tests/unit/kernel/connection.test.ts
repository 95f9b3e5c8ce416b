import { ref } from '@mikro-orm/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keysOf, type ListOrder, pageSizeOf, readPage } from '../../../src/kernel/connection.js';
import { readNestedPage } from '../../../src/kernel/nested-pages.js';
import { Car, carShape, type Garage, Maker, openGarage, select } from './garage.js';

const BY_RANK: ListOrder = { name: 'RANK', by: ['rank'] };
const BY_RANK_DOWN: ListOrder = { name: 'RANK_DOWN', by: ['rank'], descending: true };
const orders = [BY_RANK, BY_RANK_DOWN, { name: 'TITLE', by: ['title', 'price'] }];
const WHOLE = { nodes: { title: true }, pageInfo: { endCursor: true } };

describe('pages', () => {
  let garage: Garage;
  let makers: Maker[];

  beforeAll(async () => {
    garage = await openGarage();
    const { em } = garage.ctx;
    makers = ['Kia', 'VW', 'None'].map((name) => em.create(Maker, { name, secret: '' }));
    // Many ties: the id has to break them.
    for (let index = 0; index < 11; index++) {
      const maker = ref(makers[index % 2] as Maker);
      const car = { title: `T${index % 2}`, rank: index % 3, price: index % 4, sold: index === 0 };
      em.create(Car, { ...car, maker, importer: null, soldAt: null, tags: [] });
    }
    await em.flush();
    em.clear();
  });
  afterAll(() => garage.close());
  beforeEach(() => void garage.sent());

  const read = (order: ListOrder, args: object, fields: object = WHOLE) =>
    readPage(garage.ctx, carShape, { list: 'cars', order, where: [], args, selection: select(fields) });

  async function walk(order: ListOrder, size: number, backwards: boolean): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | null = null;
    for (let guard = 0; guard < 20; guard++) {
      const page = await read(
        order,
        backwards ? { last: size, before: cursor } : { first: size, after: cursor },
      );
      const ids = page.nodes.map(({ id }) => id);
      found.splice(backwards ? 0 : found.length, 0, ...ids);
      const { startCursor, endCursor, hasNextPage, hasPreviousPage } = page.pageInfo;
      // What lies where we came from: known to be there.
      expect(backwards ? hasNextPage : hasPreviousPage).toBe(cursor !== null);
      if (!(backwards ? hasPreviousPage : hasNextPage)) return found;
      cursor = backwards ? startCursor : endCursor;
    }
    throw new Error('No end');
  }

  it.each(orders)('walk a list by $name from either end, each row once', async (order) => {
    const direction = order.descending ? sql`desc` : sql`asc`;
    const { rows } = await sql<{ id: string }>`select id from cars order by ${sql.join(
      keysOf(order).map((key) => sql`${sql.ref(key)} ${direction}`),
    )}`.execute(garage.ctx.em.getKysely());
    const whole = rows.map(({ id }) => id);
    for (const size of [1, 2, 3, 5]) {
      expect(await walk(order, size, false)).toEqual(whole);
      expect(await walk(order, size, true)).toEqual(whole);
    }
  });

  it('send one statement for rows and one for the count, each only where it is asked for', async () => {
    await read(BY_RANK, {}, { nodes: { id: true } });
    expect(garage.sent()).toHaveLength(1);
    await read(BY_RANK, {}, { totalCount: true });
    expect(garage.sent()).toEqual(['select count(*) as count from "cars" as r']);
    const { totalCount } = await read(
      BY_RANK,
      { first: 1 },
      { totalCount: true, edges: { node: { id: true } } },
    );
    expect([totalCount, garage.sent().length]).toEqual([11, 2]);
    await read(BY_RANK, {}, {});
    expect(garage.sent()).toEqual([]);
  });

  it('are empty where nothing is', async () => {
    const where = [sql`1 = 0`];
    const selection = select(WHOLE);
    const page = await readPage(garage.ctx, carShape, {
      list: 'c',
      order: BY_RANK,
      where,
      args: {},
      selection,
    });
    expect(page).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('take the default size, and refuse what is beyond the greatest', () => {
    const { ctx } = garage;
    expect(pageSizeOf(ctx, {})).toBe(3);
    expect(pageSizeOf(ctx, { first: null, last: null })).toBe(3);
    expect([pageSizeOf(ctx, { first: 1 }), pageSizeOf(ctx, { last: 5 })]).toEqual([1, 5]);
    for (const args of [{ first: 0 }, { first: -1 }, { first: 6 }, { last: 6 }, { first: 1, last: 1 }]) {
      expect(() => pageSizeOf(ctx, args)).toThrow(
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
      );
    }
  });

  it('below many rows come in one statement, and their counts in another', async () => {
    const selection = select({ ...WHOLE, totalCount: true });
    const args = { first: 2 };
    const request = { list: 'maker.cars', order: BY_RANK_DOWN, parent: 'maker', args, selection };
    const pages = await Promise.all(
      makers.map(({ id }) => readNestedPage(garage.ctx, carShape, id, request)),
    );
    expect(garage.sent()).toHaveLength(2);
    expect(pages.map(({ nodes, totalCount }) => [nodes.map(({ rank }) => rank), totalCount])).toEqual([
      [[2, 2], 6],
      [[2, 1], 5],
      [[], 0],
    ]);
    expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
  });

  it('below a row go on where they ended', async () => {
    const id = makers[0]?.id as string;
    const next = (after: string | null) =>
      readNestedPage(garage.ctx, carShape, id, {
        list: 'maker.cars',
        order: BY_RANK,
        parent: 'maker',
        args: { first: 2, after },
        selection: select(WHOLE),
      });
    const found: string[] = [];
    for (let page = await next(null); ; page = await next(page.pageInfo.endCursor)) {
      found.push(...page.nodes.map((node) => node.id));
      if (!page.pageInfo.hasNextPage) break;
    }
    expect([found.length, new Set(found).size]).toEqual([6, 6]);
  });
});

import { ref } from '@mikro-orm/core';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countRows, covers, readById, readByIds, readRows } from '../../../src/kernel/reads.js';
import { Car, carShape, type Garage, Maker, openGarage, Part, partShape, select } from './garage.js';

const ALL = { orderBy: sql`r.rank` };

describe('the read path', () => {
  let garage: Garage;
  let ids: Record<'kia' | 'vw' | 'rio' | 'golf', string>;

  beforeAll(async () => {
    garage = await openGarage();
    const { em } = garage.ctx;
    const [kia, vw] = ['Kia', 'VW'].map((name) => em.create(Maker, { name, secret: `${name}!` })) as [
      Maker,
      Maker,
    ];
    const common = { sold: false, soldAt: null, tags: ['a', 'b'] };
    const rio = em.create(Car, {
      ...common,
      title: 'Rio',
      rank: 1,
      price: 900_000,
      maker: ref(kia),
      importer: null,
    });
    const golf = em.create(Car, {
      ...{ title: 'Golf', rank: 2, price: 2_000_000, sold: true, soldAt: new Date(1_000), tags: [] },
      maker: ref(vw),
      importer: ref(kia),
    });
    for (const label of ['wheel', 'door', 'lamp']) em.create(Part, { label, car: ref(rio) });
    await em.flush();
    em.clear();
    ids = { kia: kia.id, vw: vw.id, rio: rio.id, golf: golf.id };
  });
  afterAll(() => garage.close());
  beforeEach(() => void garage.sent());

  it('reads the columns that are asked for, and the id', async () => {
    const rows = await readRows(garage.ctx, carShape, select({ title: true }), ALL);
    expect(rows).toEqual([
      { id: ids.rio, title: 'Rio' },
      { id: ids.golf, title: 'Golf' },
    ]);
    expect(garage.sent()).toEqual([
      'select "r"."id" as "c0", "r"."title" as "c1" from "cars" as r order by r.rank',
    ]);
  });

  it('turns columns into what their properties hold', async () => {
    const selection = select({ price: true, sold: true, soldAt: true, tags: true, createdAt: true });
    expect(await readRows(garage.ctx, carShape, selection, ALL)).toEqual([
      {
        id: ids.rio,
        price: 900_000,
        sold: false,
        soldAt: null,
        tags: ['a', 'b'],
        createdAt: expect.any(Date),
      },
      {
        id: ids.golf,
        price: 2_000_000,
        sold: true,
        soldAt: new Date(1_000),
        tags: [],
        createdAt: expect.any(Date),
      },
    ]);
  });

  it('joins to-one relations, one of them absent, in one statement', async () => {
    const selection = select({ maker: { name: true }, importer: { id: true, name: true } });
    expect(await readRows(garage.ctx, carShape, selection, ALL)).toEqual([
      { id: ids.rio, maker: { id: ids.kia, name: 'Kia' }, importer: null },
      { id: ids.golf, maker: { id: ids.vw, name: 'VW' }, importer: { id: ids.kia, name: 'Kia' } },
    ]);
    expect(garage.sent()).toHaveLength(1);
  });

  it('joins nothing and reads nothing for fields that are not of the row', async () => {
    await readRows(garage.ctx, carShape, select({ nothing: true, unheardOf: { deep: true } }), ALL);
    expect(garage.sent()).toEqual(['select "r"."id" as "c0" from "cars" as r order by r.rank']);
  });

  it('reads what a computed field needs, through relations too, and no more of them', async () => {
    const [row] = await readRows(garage.ctx, carShape, select({ madeBy: true, summary: true }), ALL);
    expect(row).toEqual({ id: ids.rio, title: 'Rio', price: 900_000, maker: { id: ids.kia, name: 'Kia' } });
    const [statement] = garage.sent();
    expect(statement).toContain('left join');
    expect(statement).not.toContain('secret');
  });

  it('joins a relation once, whether a field or a need asks for it', async () => {
    const orders = [
      { madeBy: true, maker: { secret: true } },
      { maker: { secret: true }, madeBy: true },
    ];
    for (const fields of orders) {
      const [row] = await readRows(garage.ctx, carShape, select(fields), ALL);
      expect(row?.maker).toEqual({ id: ids.kia, name: 'Kia', secret: 'Kia!' });
    }
    for (const statement of garage.sent()) expect(statement.match(/join/g)).toHaveLength(1);
  });

  it('carries what is always needed, and what the caller adds', async () => {
    const shape = { ...carShape, always: ['rank', 'maker.name'] };
    const [row] = await readRows(garage.ctx, shape, select({}), { ...ALL, also: ['sold', 'importer'] });
    expect(row).toEqual({
      id: ids.rio,
      rank: 1,
      maker: { id: ids.kia, name: 'Kia' },
      sold: false,
      importer: null,
    });
  });

  it('reads a to-many relation of all rows in one statement more, in its order', async () => {
    const rows = await readRows(garage.ctx, carShape, select({ title: true, parts: { label: true } }), ALL);
    const labels = rows.map((row) => (row as unknown as { parts: Part[] }).parts.map(({ label }) => label));
    expect(labels).toEqual([['door', 'lamp', 'wheel'], []]);
    expect(garage.sent()).toHaveLength(2);
  });

  it('sends no statement for the children of nobody', async () => {
    const where = [sql`r.title = ${'None'}`];
    expect(await readRows(garage.ctx, carShape, select({ parts: { label: true } }), { where })).toEqual([]);
    expect(garage.sent()).toHaveLength(1);
  });

  it('reads a to-many relation behind a to-one, for every row that shares it', async () => {
    const selection = select({ label: true, car: { title: true, parts: { label: true } } });
    const rows = await readRows(garage.ctx, partShape, selection, { orderBy: sql`r.label` });
    for (const row of rows) {
      const { parts } = row.car as unknown as { parts: Part[] };
      expect(parts.map(({ label }) => label)).toEqual(['door', 'lamp', 'wheel']);
    }
    expect(rows).toHaveLength(3);
    expect(garage.sent()).toHaveLength(2);
  });

  it('sends values as parameters', async () => {
    const where = [sql`r.title = ${"x' or 1=1 --"}`];
    expect(await readRows(garage.ctx, carShape, select({}), { where, limit: 5 })).toEqual([]);
    expect(garage.sent()).toEqual(['select "r"."id" as "c0" from "cars" as r where r.title = ? limit ?']);
  });

  it('finds by id, by ids in their order, and counts without joins', async () => {
    const selection = select({ maker: { name: true } });
    expect(await readById(garage.ctx, carShape, ids.golf, select({}))).toEqual({ id: ids.golf });
    expect(await readById(garage.ctx, carShape, ids.vw, selection)).toBeNull();
    const rows = await readByIds(garage.ctx, carShape, [ids.golf, ids.vw, ids.rio, ids.golf], select({}));
    expect(rows.map((row) => row?.id ?? null)).toEqual([ids.golf, null, ids.rio, ids.golf]);
    garage.sent();
    expect(await countRows(garage.ctx, carShape, [sql`r.rank > ${1}`])).toBe(1);
    expect(garage.sent()).toEqual(['select count(*) as count from "cars" as r where r.rank > ?']);
  });

  it('says of a mistake in a shape what it is', async () => {
    const wrong = { ...carShape, needs: { madeBy: ['maker.nme'], summary: ['title.length'] } };
    await expect(readRows(garage.ctx, wrong, select({ madeBy: true }))).rejects.toThrow(
      'Maker has no property nme',
    );
    await expect(readRows(garage.ctx, wrong, select({ summary: true }))).rejects.toThrow('is not a relation');
  });

  describe('covers', () => {
    const held = { title: true, maker: { name: true }, importer: { name: true } };
    it.each([
      ['less', { title: true }, true],
      ['the same', held, true],
      ['the id alone', { id: true, maker: { id: true } }, true],
      ['a relation that is absent, whatever is asked of it', { importer: { secret: true } }, true],
      ['fields that are not of the row', { nothing: true }, true],
      ['a computed field whose needs are there', { madeBy: true }, true],
      ['one column more', { title: true, rank: true }, false],
      ['one column more of a relation', { maker: { name: true, secret: true } }, false],
      ['a computed field that lacks something', { summary: true }, false],
      ['a to-many relation', { parts: { id: true } }, false],
    ])('%s', async (_what, fields, answer) => {
      const [row] = await readRows(garage.ctx, carShape, select(held), ALL);
      expect(covers(garage.ctx, carShape, row as object, select(fields))).toBe(answer);
    });
  });
});

import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VehicleStatus } from '../../../src/modules/vehicles/vehicle.enums.js';
import { UpdateVehicleDocument } from '../../generated/operations.js';
import { type DatabaseKind, databaseKinds, useApp } from '../../support/app.js';
import { type BulkListing, insertDealers, insertListings } from '../../support/bulk-listings.js';
import { upTo } from '../../support/live.js';

const PAGE = `query ($search: String!, $orderBy: VehicleOrder!, $after: String) {
  vehicles(filter: { search: $search }, orderBy: $orderBy, first: 7, after: $after) {
    totalCount nodes { id } pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  vehicles: {
    totalCount: number;
    nodes: Array<{ id: string }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

describe.each(databaseKinds)('a search that nothing else narrows on %s', (kind: DatabaseKind) => {
  const app = useApp(kind);

  const page = async (search: string, orderBy: string, after: string | null = null) =>
    (await app.ok<Page, object>(PAGE, { search, orderBy, after })).vehicles;

  /** Whether it is found, in the same way by each order. */
  async function isFound(id: string, search: string): Promise<boolean> {
    const found = await Promise.all(
      ['RELEVANCE', 'PRICE_ASC', 'NEWEST'].map(async (orderBy) => {
        const { totalCount, nodes } = await page(search, orderBy);
        expect(nodes).toEqual(totalCount === 1 ? [{ id }] : []);
        return totalCount;
      }),
    );
    expect(new Set(found).size).toBe(1);
    return found[0] === 1;
  }

  describe('knows of a listing what it says, and whether it is on the market,', () => {
    const write = (statement: ReturnType<typeof sql>) => statement.execute(app.orm.em.fork().getKysely());

    it.each<VehicleStatus>(['DRAFT', 'PENDING', 'SOLD', 'ARCHIVED'])(
      'also when it becomes %s and comes back',
      async (status) => {
        const { id } = await app.build.vehicle(undefined, { trim: `Rarity ${status}` });
        const search = `rarity ${status}`;
        expect(await isFound(id, search)).toBe(true);
        await write(sql`update vehicles set status = ${status} where id = ${id}`);
        expect(await isFound(id, search)).toBe(false);
        await write(sql`update vehicles set status = 'ACTIVE' where id = ${id}`);
        expect(await isFound(id, search)).toBe(true);
      },
    );

    it('also when its words change, on the market or off it', async () => {
      const vehicle = await app.build.vehicle(undefined, { trim: 'Quagga' });
      const { id, dealer } = vehicle;
      await app.ok(UpdateVehicleDocument, { input: { id, trim: 'Thylacine' } }, dealer);
      expect([await isFound(id, 'quagga'), await isFound(id, 'thylacine')]).toEqual([false, true]);
      await write(sql`update vehicles set status = 'DRAFT' where id = ${id}`);
      await app.ok(UpdateVehicleDocument, { input: { id, trim: 'Aurochs' } }, dealer);
      await write(sql`update vehicles set status = 'ACTIVE' where id = ${id}`);
      expect([await isFound(id, 'thylacine'), await isFound(id, 'aurochs')]).toEqual([false, true]);
    });

    it('also when it was a draft at first, or is deleted', async () => {
      const { id } = await app.build.vehicle(undefined, { trim: 'Moa', publish: false });
      expect(await isFound(id, 'moa')).toBe(false);
      await write(sql`update vehicles set status = 'ACTIVE' where id = ${id}`);
      expect(await isFound(id, 'moa')).toBe(true);
      await write(sql`delete from price_changes where vehicle_id = ${id}`);
      await write(sql`delete from vehicles where id = ${id}`);
      expect(await isFound(id, 'moa')).toBe(false);
    });

    it('and none of a transaction that was taken back', async () => {
      const { id } = await app.build.vehicle(undefined, { trim: 'Dodo' });
      const undone = app.orm.em.fork().transactional(async (em) => {
        await sql`update vehicles set status = 'SOLD' where id = ${id}`.execute(em.getKysely());
        throw new Error('taken back');
      });
      await expect(undone).rejects.toThrow('taken back');
      expect(await isFound(id, 'dodo')).toBe(true);
    });
  });

  describe('tells the same by every order', () => {
    const orders = ['RELEVANCE', 'PRICE_ASC', 'PRICE_DESC', 'NEWEST', 'MILEAGE_ASC'];
    /** By id. */
    const truth = new Map<string, Omit<BulkListing, 'dealerId'>>();

    beforeAll(async () => {
      const [dealerId] = (await insertDealers(app, [null])) as [string];
      // More than are found first and sorted then; each twentieth has a word that few have.
      const listings = upTo(2_100).map((n) => ({
        make: 'Lotus',
        model: n % 20 === 0 ? 'Elise' : 'Evora',
        askingPrice: 1_000_000 + ((n * 7_919) % 2_100) * 100,
        mileage: (n * 104_729) % 90_000,
      }));
      for (let from = 0; from < listings.length; from += 300) {
        app.clock.advance(1_000);
        const some = listings.slice(from, from + 300);
        const ids = await insertListings(
          app,
          some.map((listing) => ({ ...listing, dealerId })),
        );
        for (const [index, id] of ids.entries()) truth.set(id, some[index] as (typeof some)[number]);
      }
    });

    it.each(orders)('%s, whether many are found or few', async (orderBy) => {
      for (const [search, count] of [
        ['lotus', 2_100],
        ['elise', 105],
        ['lotus elise', 105],
      ] as const) {
        const wanted = [...truth].filter(([, { model }]) => search === 'lotus' || model === 'Elise');
        expect(wanted).toHaveLength(count);
        const first = await page(search, orderBy);
        const second = await page(search, orderBy, first.pageInfo.endCursor);
        expect([first.totalCount, second.totalCount]).toEqual([count, count]);
        const ids = [...first.nodes, ...second.nodes].map(({ id }) => id);
        expect(ids).toEqual(sorted(orderBy, wanted).slice(0, 14));
      }
    });

    function sorted(orderBy: string, listings: ReadonlyArray<[string, Omit<BulkListing, 'dealerId'>]>) {
      const by = {
        PRICE_ASC: ({ askingPrice = 0 }) => askingPrice,
        PRICE_DESC: ({ askingPrice = 0 }) => askingPrice,
        MILEAGE_ASC: ({ mileage = 0 }) => mileage,
      }[orderBy];
      const isAscending = orderBy.endsWith('_ASC');
      const idOf = ([id]: (typeof listings)[number]) => id;
      // Ids grow with the time of listing.
      const ascending = [...listings].sort((one, other) => {
        const order = by ? by(one[1]) - by(other[1]) : 0;
        return order || (idOf(one) < idOf(other) ? -1 : 1);
      });
      return (isAscending ? ascending : ascending.reverse()).map(idOf);
    }
  });
});

import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../support/app.js';
import { type BulkListing, insertDealers, insertListings } from '../../support/bulk-listings.js';
import { MINUTE } from '../../support/clock.js';

const PAGE = `query ($filter: VehicleFilter, $orderBy: VehicleOrder, $first: Int, $after: String, $last: Int, $before: String) {
  vehicles(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id }
  }
}`;

interface Page {
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  nodes: Array<{ id: string }>;
}

const near = { latitude: 0, longitude: 0, radiusMiles: 1_000 };
const orders: ReadonlyArray<[orderBy: string, filter: object]> = [
  ['NEWEST', {}],
  ['OLDEST', {}],
  ['PRICE_ASC', {}],
  ['PRICE_DESC', { makes: ['Honda'] }],
  ['DISTANCE', { near }],
  ['RELEVANCE', { search: 'honda accord' }],
];
const STEADY = 60;

describe.each(databaseKinds)('pages while others write on %s', (kind) => {
  const app = useApp(kind);
  let dealers: string[];
  /** On the market from beginning to end, their prices as they are. */
  let steady: string[];

  beforeAll(async () => {
    dealers = await insertDealers(
      app,
      Array.from({ length: 5 }, (_, index) => ({ latitude: 0, longitude: index * 2 })),
    );
    steady = [];
    for (let batch = 0; batch < 4; batch++) {
      steady.push(...(await insertListings(app, listings(STEADY / 4))));
      app.clock.advance(MINUTE);
    }
  });

  let made = 0;
  /** Few prices and places, so that pages end in the middle of ties. */
  function listings(count: number): BulkListing[] {
    return Array.from({ length: count }, () => {
      const index = ++made;
      return {
        dealerId: dealers[index % dealers.length] as string,
        make: 'Honda',
        model: index % 3 === 0 ? 'Accord' : 'Accord Sport',
        askingPrice: 1_000_000 + (index % 4) * 50_000,
      };
    });
  }

  /** Three join, two of the last that joined are repriced, one of them is archived. Returns those that were repriced. */
  async function others(joined: string[]): Promise<string[]> {
    app.clock.advance(1_000);
    joined.push(...(await insertListings(app, listings(3))));
    const [first, second, third] = joined.slice(-3);
    const db = app.orm.em.fork().getKysely();
    await sql`update vehicles set asking_price = asking_price + 120000 where id = ${first}`.execute(db);
    await sql`update vehicles set asking_price = asking_price - 120000 where id = ${second}`.execute(db);
    await sql`update vehicles set status = 'ARCHIVED' where id = ${third}`.execute(db);
    return [first as string, second as string];
  }

  describe.each(orders)('in order %s', (orderBy, filter) => {
    it.each(['forwards', 'backwards'])('skip none that stays, and show none twice, %s', async (direction) => {
      const joined: string[] = [];
      const repriced = new Set<string>();
      const seen: string[] = [];
      const forwards = direction === 'forwards';
      let cursor: string | null = null;
      let pages = 0;
      do {
        const args: object = forwards ? { first: 7, after: cursor } : { last: 7, before: cursor };
        const [answer] = await Promise.all([
          app.ok<{ vehicles: Page }, object>(PAGE, { filter, orderBy, ...args }),
          // Writing goes on while a page is read, and ends before the newcomers are all that is left to read.
          pages++ < 8 ? others(joined).then((ids) => ids.forEach((id) => void repriced.add(id))) : undefined,
        ]);
        const { nodes, pageInfo }: Page = answer.vehicles;
        seen.push(...nodes.map(({ id }) => id));
        if (forwards) cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        else cursor = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
      } while (cursor !== null);

      expect(pages).toBeGreaterThan(8);
      expect(steady.filter((id) => !seen.includes(id))).toEqual([]);
      // What is repriced moves in an order by price, and may be met again there.
      const fixed = orderBy.startsWith('PRICE') ? seen.filter((id) => !repriced.has(id)) : seen;
      expect(fixed.length).toBe(new Set(fixed).size);
    });
  });
});

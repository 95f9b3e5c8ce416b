import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GeoPoint, greatCircleMiles } from '../../../src/kernel/geo.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { insertDealers, insertListings } from '../../support/bulk-listings.js';

const NEAR = `query ($filter: VehicleFilter, $orderBy: VehicleOrder, $first: Int, $after: String, $last: Int, $before: String) {
  vehicles(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id distanceMiles } edges { node { id distanceMiles } }
  }
}`;

interface Found {
  id: string;
  distanceMiles: number | null;
}
interface Page {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  nodes: Found[];
  edges: Array<{ node: Found }>;
}

const AUSTIN = { latitude: 30.2672, longitude: -97.7431 };

/** By the name that its one vehicle has as its make. */
const places: Record<string, GeoPoint | null> = {
  austin: AUSTIN,
  dallas: { latitude: 32.7767, longitude: -96.797 },
  fiji: { latitude: -17, longitude: 179.9 },
  samoa: { latitude: -17, longitude: -179.9 },
  northPole: { latitude: 90, longitude: 45 },
  arctic: { latitude: 89.9, longitude: -135 },
  southPole: { latitude: -90, longitude: 0 },
  nowhere: null,
};

describe.each(databaseKinds)('vehicles near a place on %s', (kind) => {
  const app = useApp(kind);
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const dealers = await insertDealers(app, Object.values(places));
    const listings = dealers.map((dealerId, index) => ({
      dealerId,
      make: Object.keys(places)[index] as string,
    }));
    (await insertListings(app, listings)).forEach((id, index) => {
      ids[Object.keys(places)[index] as string] = id;
    });
    await insertListings(
      app,
      dealers.map((dealerId) => ({ dealerId, status: 'SOLD' as const })),
    );
  });

  const page = async (variables: object) =>
    (await app.ok<{ vehicles: Page }, object>(NEAR, variables)).vehicles;
  const nameOf = (id: string) => Object.keys(ids).find((name) => ids[name] === id);
  const namesNear = async (near: object) => {
    const { nodes, totalCount } = await page({ filter: { near }, orderBy: 'DISTANCE' });
    expect(totalCount).toBe(nodes.length);
    return nodes.map(({ id }) => nameOf(id));
  };

  it('finds what is within the circle, nearest first', async () => {
    expect(await namesNear({ ...AUSTIN, radiusMiles: 1 })).toEqual(['austin']);
    expect(await namesNear({ ...AUSTIN, radiusMiles: 200 })).toEqual(['austin', 'dallas']);
    expect(await namesNear({ ...AUSTIN, radiusMiles: 25_000 })).toHaveLength(7);
    expect(await namesNear({ latitude: 40, longitude: -40, radiusMiles: 10 })).toEqual([]);
  });

  it('is exact at the rim', async () => {
    const radiusMiles = greatCircleMiles(AUSTIN, places.dallas as GeoPoint);
    expect(await namesNear({ ...AUSTIN, radiusMiles })).toEqual(['austin', 'dallas']);
    expect(await namesNear({ ...AUSTIN, radiusMiles: radiusMiles * (1 - Number.EPSILON) })).toEqual([
      'austin',
    ]);
  });

  it('finds across the antimeridian, from either side and from on it', async () => {
    expect(await namesNear({ ...places.fiji, radiusMiles: 14 })).toEqual(['fiji', 'samoa']);
    expect(await namesNear({ ...places.samoa, radiusMiles: 14 })).toEqual(['samoa', 'fiji']);
    expect((await namesNear({ latitude: -17, longitude: 180, radiusMiles: 7 })).sort()).toEqual([
      'fiji',
      'samoa',
    ]);
    expect((await namesNear({ latitude: -17, longitude: -180, radiusMiles: 7 })).sort()).toEqual([
      'fiji',
      'samoa',
    ]);
  });

  it('finds across and at the poles, whatever the meridian', async () => {
    expect(await namesNear({ latitude: 89.9, longitude: 45, radiusMiles: 14 })).toEqual([
      'northPole',
      'arctic',
    ]);
    expect(await namesNear({ latitude: 90, longitude: -170, radiusMiles: 7 })).toEqual([
      'northPole',
      'arctic',
    ]);
    expect(await namesNear({ latitude: -89.99, longitude: 170, radiusMiles: 1 })).toEqual(['southPole']);
  });

  it('tells the distance to a hundredth of a mile, in every order, in nodes and edges', async () => {
    const near = { ...AUSTIN, radiusMiles: 500 };
    for (const orderBy of ['DISTANCE', 'NEWEST', 'PRICE_ASC']) {
      const { nodes, edges } = await page({ filter: { near }, orderBy });
      // By the spherical law of cosines: acos(sin φ1 sin φ2 + cos φ1 cos φ2 cos Δλ), 182.1186 miles.
      const expected = { [ids.austin as string]: 0, [ids.dallas as string]: 182.12 };
      for (const list of [nodes, edges.map(({ node }) => node)]) {
        expect(Object.fromEntries(list.map(({ id, distanceMiles }) => [id, distanceMiles]))).toEqual(
          expected,
        );
      }
    }
  });

  it('tells no distance where the filter names no place', async () => {
    expect((await page({})).nodes.map(({ distanceMiles }) => distanceMiles)).toEqual(Array(8).fill(null));
    const one = await app.ok<{ vehicle: Found }, object>(
      'query ($id: ID!) { vehicle(id: $id) { distanceMiles } }',
      {
        id: ids.austin,
      },
    );
    expect(one.vehicle.distanceMiles).toBeNull();
  });

  it('narrows together with other filters, and the count with it', async () => {
    const filter = { near: { ...AUSTIN, radiusMiles: 500 }, makes: ['Dallas'] };
    const { nodes, totalCount } = await page({ filter, orderBy: 'DISTANCE' });
    expect([nodes.map(({ id }) => nameOf(id)), totalCount]).toEqual([['dallas'], 1]);
  });

  it('pages by distance both ways, each vehicle once', async () => {
    const filter = { near: { ...AUSTIN, radiusMiles: 25_000 } };
    const all = (await page({ filter, orderBy: 'DISTANCE' })).nodes.map(({ id }) => id);
    const forward: string[] = [];
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: Page = await page({ filter, orderBy: 'DISTANCE', first: 2, after });
      forward.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    const backward: string[] = [];
    let before: string | null = null;
    do {
      const { nodes, pageInfo }: Page = await page({ filter, orderBy: 'DISTANCE', last: 2, before });
      backward.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
    } while (before);
    expect([forward, backward]).toEqual([all, all]);
  });

  it('leaves out a dealer that has closed', async () => {
    const [dealerId = ''] = await insertDealers(app, [{ latitude: 10, longitude: 10 }]);
    await insertListings(app, [{ dealerId }]);
    const near = { latitude: 10, longitude: 10, radiusMiles: 1 };
    expect((await page({ filter: { near } })).totalCount).toBe(1);
    await sql`update dealers set closed_at = 1 where id = ${dealerId}`.execute(app.orm.em.fork().getKysely());
    expect((await page({ filter: { near } })).totalCount).toBe(0);
  });

  it('takes three statements: the dealers, the page, the count', async () => {
    const near = { ...AUSTIN, radiusMiles: 25_000 };
    const statements = await app.statements(() => page({ filter: { near }, orderBy: 'DISTANCE', first: 5 }));
    expect(statements).toHaveLength(3);
  });

  it.each([
    ['a latitude past a pole', { latitude: 90.001, longitude: 0, radiusMiles: 1 }],
    ['a longitude past half round', { latitude: 0, longitude: -180.001, radiusMiles: 1 }],
    ['no radius', { latitude: 0, longitude: 0, radiusMiles: 0 }],
    ['a radius below none', { latitude: 0, longitude: 0, radiusMiles: -1 }],
    ['a radius past all measure', { latitude: 0, longitude: 0, radiusMiles: 25_000.1 }],
  ])('refuses %s', async (_name, near) => {
    const refused = app.errorOf(await app.request(NEAR, { filter: { near } }));
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', fields: { near: [expect.any(String)] } });
  });

  it('refuses to sort by the distance from nowhere', async () => {
    for (const filter of [null, {}, { near: null }]) {
      const refused = app.errorOf(await app.request(NEAR, { filter, orderBy: 'DISTANCE' }));
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', fields: { orderBy: [expect.any(String)] } });
    }
    const dealer = await app.build.dealer();
    const own = '{ myInventory(orderBy: DISTANCE) { totalCount } }';
    expect(app.errorOf(await app.request(own, {}, dealer))).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { orderBy: [expect.any(String)] },
    });
  });
});

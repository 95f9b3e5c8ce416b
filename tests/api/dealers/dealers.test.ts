import { beforeAll, describe, expect, it } from 'vitest';
import { type DealerFilter, DealersDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';

const dealers = [
  { businessName: 'Ábaco Autos', city: 'Austin', state: 'TX' },
  { businessName: 'Best Cars', city: 'Austin', state: 'TX' },
  { businessName: 'Best Cars', city: 'Dallas', state: 'tx' },
  { businessName: 'Best Cars', city: 'Boise', state: 'ID' },
  { businessName: 'Fifty% Off', city: 'Boise', state: 'ID', verified: false },
  { businessName: 'Fifty_One', city: 'Reno', state: 'NV' },
  { businessName: 'Back\\slash', city: 'Reno', state: 'NV' },
];

describe.each(databaseKinds)('dealers on %s', (kind) => {
  const app = useApp(kind);
  const all: Array<{ id: string; name: string }> = [];
  const names = async (filter?: DealerFilter | null) => {
    const page = (await app.ok(DealersDocument, { filter, first: 100 })).dealers;
    expect(page.totalCount).toBe(page.nodes.length);
    return page.nodes.map((node) => node.businessName);
  };

  beforeAll(async () => {
    for (const dealer of dealers) {
      const { dealerId } = await app.build.dealer(dealer);
      all.push({ id: dealerId, name: dealer.businessName });
    }
    const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    all.sort((a, b) => order(a.name, b.name) || order(a.id, b.id));
  });

  it('lists all by name, and tells nobody what is private', async () => {
    const { nodes } = (await app.ok(DealersDocument, { filter: null })).dealers;
    expect(nodes.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    for (const node of nodes) expect(node).toMatchObject({ licenseNumber: null, rejectionReason: null });
  });

  const cases: Array<[DealerFilter, string[]]> = [
    [{}, ['all']],
    [{ search: 'BEST c' }, ['Best Cars', 'Best Cars', 'Best Cars']],
    [{ search: ' Ábaco AUTO' }, ['Ábaco Autos']],
    [{ search: '%' }, ['Fifty% Off']],
    [{ search: 'y_' }, ['Fifty_One']],
    [{ search: '\\' }, ['Back\\slash']],
    [{ search: "'" }, []],
    [{ state: 'tX' }, ['Best Cars', 'Best Cars', 'Ábaco Autos']],
    [{ state: 'T' }, []],
    [{ city: 'AUSTIN', state: 'TX' }, ['Best Cars', 'Ábaco Autos']],
    [{ state: 'ID', verifiedOnly: true }, ['Best Cars']],
    [{ state: 'ID', verifiedOnly: false }, ['Best Cars', 'Fifty% Off']],
    [{ state: ' ', city: null, search: '', verifiedOnly: null }, ['all']],
  ];
  it.each(cases)('filters by %j', async (filter, expected) => {
    const whole = all.map(({ name }) => name);
    expect(await names(filter)).toEqual(expected[0] === 'all' ? whole : expected);
  });

  it('refuses a search with NUL or over 100 characters', async () => {
    for (const search of ['\u0000', 'x'.repeat(101)]) {
      const error = app.errorOf(await app.request(DealersDocument, { filter: { search } }));
      expect(Object.keys(error.fields ?? {})).toEqual(['search']);
    }
  });

  it.each([1, 2, 3, 7, 20])('walks over equal names in pages of %i', async (first) => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(after, first);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.edges.map(({ node }) => node.id)).toEqual(page.nodes.map(({ id }) => id));
      expect(page.totalCount).toBe(all.length);
      seen.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    expect(seen).toEqual(all.map(({ id }) => id));
  });
  const pageAfter = async (after: string | null, first: number) =>
    (await app.ok(DealersDocument, { first, after })).dealers;

  it('refuses cursors that it did not give and sizes out of bounds', async () => {
    for (const after of ['', 'x', 'WyJhIl0.AAAAAAAAAAAAAAAA', '"', 'a.b.c', 'x'.repeat(2_000)]) {
      const error = app.errorOf(await app.request(DealersDocument, { after }));
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', fields: { after: [expect.any(String)] } });
    }
    for (const first of [0, -1, 101, 2_147_483_647]) {
      const error = app.errorOf(await app.request(DealersDocument, { first }));
      expect(error.fields).toEqual({ first: ['Ensure this value is between 1 and 100.'] });
    }
  });
});

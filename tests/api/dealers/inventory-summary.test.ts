import { beforeAll, describe, expect, it } from 'vitest';
import { InventorySummaryDocument, type InventorySummaryQuery } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { setStatus } from '../vehicles/stored.js';
import { type Rows, rowsOf, trade } from './trade.js';

const statuses = ['DRAFT', 'ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED'] as const;
type Status = (typeof statuses)[number];
type Summary = InventorySummaryQuery['inventorySummary'];

const byStatus = (counts: Partial<Record<Status, number>> = {}) =>
  statuses.map((status) => ({ status, count: counts[status] ?? 0 }));

const NOTHING = {
  total: 0,
  byStatus: byStatus(),
  totalAskingValue: '0.00',
  averageAskingPrice: null,
  averageDaysListed: null,
};

describe.each(databaseKinds)('inventorySummary on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 36_500 * DAY } });

  const summaryOf = async (who: { token: string }): Promise<Summary> =>
    (await app.ok(InventorySummaryDocument, {}, who)).inventorySummary;

  /** A new dealer's vehicle of each status, at this price. */
  async function withOneOfEach(prices: Readonly<Record<Status, string>>): Promise<DealerPerson> {
    const dealer = await app.build.dealer();
    for (const status of statuses) {
      const { id } = await app.build.vehicle(dealer, {
        askingPrice: prices[status],
        publish: status !== 'DRAFT',
      });
      await setStatus(app, id, status);
    }
    return dealer;
  }

  it('is zeros and nulls before the dealership is registered, and before it has a vehicle', async () => {
    await app.build.vehicle();
    expect(await summaryOf(await app.build.register({ userType: 'DEALER' }))).toEqual(NOTHING);
    expect(await summaryOf(await app.build.dealer())).toEqual(NOTHING);
  });

  it('counts every status in its order, and prices what is for sale and not sold yet', async () => {
    const prices = { DRAFT: '1', ACTIVE: '20000.01', PENDING: '10000', SOLD: '3', ARCHIVED: '4' };
    const dealer = await withOneOfEach(prices);
    expect(await summaryOf(dealer)).toEqual({
      total: 5,
      byStatus: statuses.map((status) => ({ status, count: 1 })),
      totalAskingValue: '30000.01',
      // Half a cent goes up.
      averageAskingPrice: '15000.01',
      averageDaysListed: 0,
    });
  });

  it('has no means where nothing is for sale', async () => {
    const dealer = await app.build.dealer();
    await app.build.vehicle(dealer, { publish: false });
    expect(await summaryOf(dealer)).toEqual({ ...NOTHING, total: 1, byStatus: byStatus({ DRAFT: 1 }) });
    const { id } = await app.build.vehicle(dealer, { askingPrice: '12000' });
    await setStatus(app, id, 'PENDING');
    expect(await summaryOf(dealer)).toMatchObject({
      averageAskingPrice: '12000.00',
      // It is not on the market while it is kept for somebody.
      averageDaysListed: null,
    });
  });

  it('counts whole days on the market, as each of the vehicles does', async () => {
    const dealer = await app.build.dealer();
    const list = '{ myInventory { nodes { daysListed } } }';
    await app.build.vehicle(dealer);
    app.clock.advance(DAY - 1);
    await app.build.vehicle(dealer);
    await app.build.vehicle(dealer);
    expect((await summaryOf(dealer)).averageDaysListed).toBe(0);
    app.clock.advance(1);
    expect((await summaryOf(dealer)).averageDaysListed).toBe(0.3);
    app.clock.advance(DAY - 2);
    expect((await summaryOf(dealer)).averageDaysListed).toBe(0.3);
    app.clock.advance(1);
    expect((await summaryOf(dealer)).averageDaysListed).toBe(1);
    app.clock.advance(1);
    expect((await summaryOf(dealer)).averageDaysListed).toBe(1.3);
    type Listed = { myInventory: { nodes: Array<{ daysListed: number }> } };
    const { myInventory } = await app.ok<Listed, object>(list, {}, dealer);
    expect(myInventory.nodes.map(({ daysListed }) => daysListed).sort()).toEqual([1, 1, 2]);
  });

  it.each([
    ['buyers', () => app.build.buyer(), 'FORBIDDEN'],
    ['admins', () => app.build.admin(), 'FORBIDDEN'],
    ['guests', async () => ({ token: undefined }), 'UNAUTHENTICATED'],
  ])('is not for %s', async (_who, make, code) => {
    expect(app.errorOf(await app.request(InventorySummaryDocument, {}, await make())).code).toBe(code);
  });

  describe('of two hundred days at random', () => {
    let dealers: DealerPerson[];
    beforeAll(async () => {
      dealers = [await app.build.dealer(), await app.build.dealer()];
      for (const [index, dealer] of dealers.entries())
        await trade(app, dealer, { seed: 40 + index, vehicles: 40 });
    });

    it("is what the rows say, and what myInventory counts, of each dealer's own", async () => {
      const count = '{ myInventory { totalCount } }';
      for (const wait of [0, 7 * DAY + 12_345, 300 * DAY]) {
        app.clock.advance(wait);
        for (const dealer of dealers) {
          const summary = await summaryOf(dealer);
          expect(summary).toEqual(expectedOf(await rowsOf(app, dealer), app.clock.now()));
          expect(await app.ok(count, {}, dealer)).toEqual({ myInventory: { totalCount: summary.total } });
          expect(summary.byStatus.filter((entry) => entry.count === 0)).toEqual([]);
        }
      }
    });

    it('takes one statement', async () => {
      expect(await app.statements(() => summaryOf(dealers[0] as DealerPerson))).toHaveLength(1);
    });
  });
});

/** The definitions, read off the rows; in whole numbers, so that halves are halves. */
function expectedOf({ vehicles }: Rows, now: Date): Omit<Summary, '__typename'> {
  const of = (...some: Status[]) => vehicles.filter(({ status }) => some.includes(status as Status));
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
  const forSale = of('ACTIVE', 'PENDING').map(({ asking_price }) => Number(asking_price));
  const days = of('ACTIVE').map(({ published_at }) =>
    Math.floor((now.getTime() - Number(published_at)) / DAY),
  );
  const rounded = (total: number, count: number) => Math.floor((2 * total + count) / (2 * count));
  const money = (cents: number) => (cents / 100).toFixed(2);
  return {
    total: vehicles.length,
    byStatus: statuses.map((status) => ({ status, count: of(status).length })),
    totalAskingValue: money(sum(forSale)),
    averageAskingPrice: forSale.length === 0 ? null : money(rounded(sum(forSale), forSale.length)),
    averageDaysListed: days.length === 0 ? null : rounded(10 * sum(days), days.length) / 10,
  };
}

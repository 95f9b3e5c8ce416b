import { beforeEach, describe, expect, it } from 'vitest';
import { countOf } from '../../../src/kernel/jobs.js';
import { rateMarket } from '../../../src/modules/vehicles/market/market.jobs.js';
import { rateCohort } from '../../../src/modules/vehicles/market/market.service.js';
import { type DatabaseKind, databaseKinds, type TestApp, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson } from '../../support/builders.js';
import { insertListings } from '../../support/bulk-listings.js';
import { DAY } from '../../support/clock.js';

const MARKET = `query ($id: ID!) {
  vehicle(id: $id) { market { rating estimatedValue differencePercent comparableCount } }
}`;
const LIST = `query ($filter: VehicleFilter, $orderBy: VehicleOrder, $after: String, $first: Int) {
  vehicles(filter: $filter, orderBy: $orderBy, after: $after, first: $first) {
    totalCount nodes { id market { rating } } pageInfo { hasNextPage endCursor }
  }
}`;

interface Listed {
  vehicles: {
    totalCount: number;
    nodes: Array<{ id: string; market: { rating: string } | null }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

interface Market {
  rating: string;
  estimatedValue: string;
  differencePercent: number;
  comparableCount: number;
}

async function rate(app: TestApp): Promise<number> {
  return countOf(await rateMarket.run(app.system.makeCtx()));
}

async function marketOf(app: TestApp, { id }: { id: string }, as?: DealerPerson): Promise<Market | null> {
  const { vehicle } = await app.ok<{ vehicle: { market: Market | null } | null }, object>(MARKET, { id }, as);
  return vehicle?.market ?? null;
}

/** From now on nobody can change this vehicle. What comes back undoes it. */
async function failOn(app: TestApp, kind: DatabaseKind, id: string): Promise<() => Promise<void>> {
  const run = async (...statements: string[]) => {
    for (const statement of statements) await app.orm.em.fork().getConnection().execute(statement);
  };
  if (kind === 'sqlite') {
    await run(`create trigger cursed before update on vehicles when new.id = '${id}'
      begin select raise(abort, 'cursed'); end`);
    return () => run('drop trigger cursed');
  }
  await run(
    `create function curse() returns trigger language plpgsql as $$ begin raise 'cursed'; end $$`,
    `create trigger cursed before update on vehicles for each row when (new.id = '${id}') execute function curse()`,
  );
  return () => run('drop trigger cursed on vehicles', 'drop function curse()');
}

let models = 0;

/** A model of its own, so that no test's listings are another's comparables. */
function model(): string {
  models += 1;
  return `Model ${models}`;
}

describe.each(databaseKinds)('the market on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let name: string;
  beforeEach(async () => {
    // The clock moves by days: tokens of an earlier test are no longer good.
    dealer = await app.build.dealer();
    name = model();
  });

  const list = (askingPrice: string, over: Record<string, unknown> = {}): Promise<BuiltVehicle> =>
    app.build.vehicle(dealer, { make: 'Saab', model: name, askingPrice, ...over });

  async function listSeveral(count: number, askingPrice = '20000.00', over: Record<string, unknown> = {}) {
    const listed: BuiltVehicle[] = [];
    for (let i = 0; i < count; i++) listed.push(await list(askingPrice, over));
    return listed;
  }

  const update = (vehicle: BuiltVehicle, change: Record<string, unknown>) =>
    app.ok(
      'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id } } }',
      { input: { id: vehicle.id, ...change } },
      dealer,
    );

  it('says nothing before the job has looked, nor under five comparables', async () => {
    const own = await list('18000.00');
    await listSeveral(4);
    expect(await marketOf(app, own)).toBeNull();
    await rate(app);
    expect(await marketOf(app, own)).toBeNull();
    await list('20000.00');
    await rate(app);
    expect(await marketOf(app, own)).toEqual({
      rating: 'GREAT',
      estimatedValue: '20000.00',
      differencePercent: -10,
      comparableCount: 5,
    });
  });

  it('compares with the same make and model alone, in whatever case, and not with drafts', async () => {
    const own = await list('20000.00');
    await listSeveral(3);
    await app.build.vehicle(dealer, { make: 'SAAB', model: name.toUpperCase(), askingPrice: '20000.00' });
    await app.build.vehicle(dealer, { make: 'Volvo', model: name, askingPrice: '20000.00' });
    await list('20000.00', { publish: false });
    await list('20000.00', { year: 2018 });
    await rate(app);
    expect(await marketOf(app, own)).toBeNull();
    await list('20000.00', { year: 2019 });
    await rate(app);
    expect((await marketOf(app, own))?.comparableCount).toBe(5);
  });

  it('rates a new price at once, against the estimate as it stands', async () => {
    const [own] = await listSeveral(6);
    await rate(app);
    expect(await marketOf(app, own as BuiltVehicle)).toMatchObject({ rating: 'FAIR', differencePercent: 0 });
    await update(own as BuiltVehicle, { askingPrice: '23000.00' });
    expect(await marketOf(app, own as BuiltVehicle)).toEqual({
      rating: 'OVERPRICED',
      estimatedValue: '20000.00',
      differencePercent: 15,
      comparableCount: 5,
    });
  });

  it('forgets the estimate of a vehicle that turns out to be another one', async () => {
    const [own] = await listSeveral(6);
    await rate(app);
    await update(own as BuiltVehicle, { year: 2015 });
    expect(await marketOf(app, own as BuiltVehicle)).toBeNull();
  });

  it('counts what was sold in the last 90 days at its asking price, and no longer', async () => {
    const vehicles = await listSeveral(6, '30000.00');
    const [own, ...others] = vehicles as [BuiltVehicle, ...BuiltVehicle[]];
    const sold = others[0] as BuiltVehicle;
    const deal = await app.build.negotiation({ vehicle: sold, amount: '21000.00' });
    const accept =
      'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }';
    await app.ok(accept, { input: { negotiationId: deal.id, offerId: deal.offerId } }, dealer);
    await rate(app);
    // What is held for a buyer is not on the market.
    expect(await marketOf(app, own)).toBeNull();
    const complete =
      'mutation ($input: CompleteSaleInput!) { completeSale(input: $input) { negotiation { id } } }';
    await app.ok(complete, { input: { negotiationId: deal.id } }, dealer);
    await rate(app);
    expect(await marketOf(app, own)).toMatchObject({ estimatedValue: '30000.00', comparableCount: 5 });
    expect(await marketOf(app, sold)).toBeNull();
    app.clock.advance(91 * DAY);
    await rate(app);
    expect(await marketOf(app, own)).toBeNull();
  });

  it('takes an archived vehicle out of the comparison', async () => {
    const [own, other] = await listSeveral(6);
    await rate(app);
    expect(await marketOf(app, own as BuiltVehicle)).not.toBeNull();
    const archive = 'mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }';
    await app.ok(archive, { input: { id: other?.id } }, dealer);
    await rate(app);
    expect(await marketOf(app, own as BuiltVehicle)).toBeNull();
    expect(await marketOf(app, other as BuiltVehicle, dealer)).toBeNull();
  });

  it('is kept while a buyer holds the vehicle', async () => {
    const [own] = (await listSeveral(6)) as [BuiltVehicle];
    await rate(app);
    const deal = await app.build.negotiation({ vehicle: own, amount: '15000.00' });
    const accept =
      'mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }';
    await app.ok(accept, { input: { negotiationId: deal.id, offerId: deal.offerId } }, dealer);
    expect(await marketOf(app, own)).toMatchObject({ rating: 'FAIR' });
  });

  it('has nothing to do where nothing changed, and looks again after a day', async () => {
    await listSeveral(6);
    expect(await rate(app)).toBeGreaterThanOrEqual(6);
    expect(await rate(app)).toBe(0);
    app.clock.advance(DAY + 1);
    let afresh = 0;
    for (let count = await rate(app); count > 0; count = await rate(app)) afresh += count;
    expect(afresh).toBeGreaterThanOrEqual(6);
    expect(await rate(app)).toBe(0);
  });

  it('filters by rating, and sorts the best deals first and the unrated last', async () => {
    const prices = ['15000.00', '19000.00', '20000.00', '20500.00', '21000.00', '26000.00'];
    const byPrice: BuiltVehicle[] = [];
    for (const price of prices) byPrice.push(await list(price));
    const alone = await list('100.00', { year: 2010 });
    await rate(app);
    const ratings = await Promise.all(byPrice.map(async (vehicle) => (await marketOf(app, vehicle))?.rating));
    expect(ratings[0]).toBe('GREAT');
    expect(ratings.at(-1)).toBe('OVERPRICED');

    const filter = { models: [name] };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { vehicles }: Listed = await app.ok<Listed, object>(LIST, {
        filter,
        orderBy: 'BEST_DEAL',
        first: 2,
        after,
      });
      expect(vehicles.totalCount).toBe(7);
      seen.push(...vehicles.nodes.map(({ id }) => id));
      after = vehicles.pageInfo.hasNextPage ? vehicles.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([...byPrice, alone].map(({ id }) => id));

    for (const rating of ['GREAT', 'GOOD', 'FAIR', 'HIGH', 'OVERPRICED']) {
      const { vehicles } = await app.ok<Listed, object>(LIST, {
        filter: { ...filter, ratings: [rating] },
        orderBy: 'PRICE_ASC',
      });
      const expected = byPrice.filter((_, place) => ratings[place] === rating).map(({ id }) => id);
      expect(vehicles.nodes.map(({ id }) => id)).toEqual(expected);
    }
  });

  it('rates a make and model of more listings than are read at once, and lets others have their turn', async () => {
    // All but one ask the same: pages then begin in the middle of those.
    const own = await list('18000.00');
    const like = { dealerId: dealer.dealerId as string, make: 'Saab', model: name, mileage: 30_000 };
    await insertListings(
      app,
      Array.from({ length: 1_049 }, () => like),
    );
    let turns = 0;
    let turn = setImmediate(function next() {
      turns++;
      turn = setImmediate(next);
    });
    expect(await rate(app)).toBeGreaterThanOrEqual(1_050);
    clearImmediate(turn);
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(await marketOf(app, own)).toEqual({
      rating: 'GREAT',
      estimatedValue: '20000.00',
      differencePercent: -10,
      comparableCount: 1_049,
    });
    expect(await rate(app)).toBe(0);
  });

  it('leaves what is not written yet to the next run where it is stopped', async () => {
    const [own] = (await listSeveral(6)) as [BuiltVehicle];
    const draft = await list('20000.00', { publish: false });
    const marked = async () => {
      const rows = await app.orm.em
        .fork()
        .getConnection()
        .execute('select id from vehicles where model_key = ? and market_stale', [name.toLowerCase()]);
      return rows.length;
    };
    expect(await rateMarket.run(app.system.makeCtx(), AbortSignal.abort())).toBe(0);
    expect(await marked()).toBe(7);
    expect(await marketOf(app, own)).toBeNull();
    await rate(app);
    expect(await marked()).toBe(0);
    expect(await marketOf(app, own)).toMatchObject({ rating: 'FAIR' });
    expect(await marketOf(app, draft, dealer)).toBeNull();
  });

  it('writes no rating over a price that changed while it was computed', async () => {
    const [own] = (await listSeveral(6)) as [BuiltVehicle];
    const ctx = app.system.makeCtx();
    const rating = rateCohort(ctx, { makeKey: 'saab', modelKey: name.toLowerCase() });
    app.clock.advance(1);
    await Promise.all([rating, update(own, { askingPrice: '10000.00' })]);
    await rate(app);
    expect(await marketOf(app, own)).toMatchObject({ rating: 'GREAT', differencePercent: -50 });
  });

  it('ends the same whether one looks or several at once', async () => {
    const vehicles = await listSeveral(8);
    await Promise.all([rate(app), rate(app), rate(app)]);
    for (const vehicle of vehicles) {
      expect(await marketOf(app, vehicle)).toMatchObject({ rating: 'FAIR', comparableCount: 7 });
    }
    expect(await rate(app)).toBe(0);
  });

  it('rates the others where one make and model cannot be written', async () => {
    const cursed = await listSeveral(6);
    name = model();
    const others = await listSeveral(6);
    const unbreak = await failOn(app, kind, cursed[0]?.id as string);
    await rate(app);
    expect(await marketOf(app, others[0] as BuiltVehicle)).toMatchObject({ rating: 'FAIR' });
    expect(await marketOf(app, cursed[0] as BuiltVehicle)).toBeNull();
    await unbreak();
    await rate(app);
    expect(await marketOf(app, cursed[0] as BuiltVehicle)).toMatchObject({ rating: 'FAIR' });
  });

  it('marks a vehicle whose rating changed for the saved searches', async () => {
    const [own] = (await listSeveral(6)) as [BuiltVehicle];
    const due = async () => {
      const [row] = await app.orm.em
        .fork()
        .getConnection()
        .execute(`select match_due as due from vehicles where id = '${own.id}'`);
      return (row as { due: unknown }).due !== null;
    };
    const forget = () => app.orm.em.fork().getConnection().execute('update vehicles set match_due = null');
    await forget();
    await rate(app);
    // Nobody would look.
    expect(await due()).toBe(false);
    await app.ok(
      'mutation ($input: CreateSavedSearchInput!) { createSavedSearch(input: $input) { savedSearch { id } } }',
      { input: { name: 'Bargains', filter: { ratings: ['GREAT'] } } },
      dealer,
    );
    await update(own, { askingPrice: '10000.00' });
    await update(own, { askingPrice: '20000.00' });
    await listSeveral(6, '40000.00');
    await forget();
    await rate(app);
    expect(await due()).toBe(true);
  });
});

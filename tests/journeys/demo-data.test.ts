import { beforeAll, describe, expect, it } from 'vitest';
import { seedDatabase, seedShowroom } from '../../src/app/prepare.js';
import { thumbnailKeyOf } from '../../src/kernel/files.js';
import { demoSignIns, seedDemo } from '../../src/seeders/demo.js';
import { addVehicles } from '../../src/seeders/more-vehicles.js';
import { planDemo } from '../../src/seeders/plan.js';
import {
  DealerDashboardDocument,
  LoginDocument,
  MakesDocument,
  NegotiationsDocument,
} from '../generated/operations.js';
import { databaseKinds, type TestApp, useApp } from '../support/app.js';
import { withDrawnPhotos } from '../support/demo-photos.js';

const plan = planDemo();

/** A replay of some 650 transactions, on a machine that runs other tests beside it. */
const SEEDING_MS = 120_000;

async function rowsOf(app: TestApp, sql: string): Promise<Array<Record<string, unknown>>> {
  return app.orm.em.fork().getConnection().execute(sql);
}

/** `select … as key, … as value`, as an object; PostgreSQL hands 64-bit numbers out as text. */
async function numbersOf(app: TestApp, sql: string): Promise<Record<string, number>> {
  const rows = await rowsOf(app, sql);
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), Number(value)]));
}

function countBy<T>(list: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const groups = Object.groupBy(list, keyOf) as Record<string, T[]>;
  return Object.fromEntries(Object.entries(groups).map(([key, items]) => [key, items.length]));
}

describe.each(databaseKinds)('the demo data on %s', (kind) => {
  const app = useApp(kind);
  beforeAll(async () => {
    const seed = () => seedDatabase(app.system);
    // On one of them they are drawn.
    expect(await (kind === 'sqlite' ? seed() : withDrawnPhotos(app.uploads, seed))).toBe(true);
  }, SEEDING_MS);

  it('has the people, the vehicles and the negotiations of the plan', async () => {
    expect(
      await numbersOf(app, 'select user_type as key, count(*) as value from users group by user_type'),
    ).toEqual({ ADMIN: 1, DEALER: 8, BUYER: 20 });
    expect(
      await numbersOf(
        app,
        'select verification_status as key, count(*) as value from dealers group by verification_status',
      ),
    ).toEqual({ VERIFIED: 8 });
    const totals = await numbersOf(
      app,
      `select 'vehicles' as key, count(*) as value from vehicles
       union all select 'negotiations', count(*) from negotiations`,
    );
    expect(totals).toEqual({ vehicles: 300, negotiations: 60 });
  });

  it('has nothing to send to its people', async () => {
    expect(await rowsOf(app, 'select kind from mails')).toEqual([]);
  });

  it('leaves each negotiation as its script ends, so that every status is there', async () => {
    const rows = await rowsOf(
      app,
      `select u.email, v.vin, n.status from negotiations as n
       join users as u on u.id = n.buyer_id join vehicles as v on v.id = n.vehicle_id
       order by n.created_at, n.id`,
    );
    const planned = plan.negotiations
      .toSorted((one, other) => other.startedMinutesAgo - one.startedMinutesAgo)
      .map(({ buyerIndex, vehicleIndex, ends }) => ({
        email: plan.buyers[buyerIndex]?.email,
        vin: plan.vehicles[vehicleIndex]?.vin,
        status: ends,
      }));
    expect(rows).toEqual(planned);
    expect(new Set(rows.map(({ status }) => status)).size).toBe(8);
  });

  it('has vehicles of every status, each as its negotiations left it', async () => {
    const held = countBy(plan.negotiations, ({ ends }) => ends);
    const archived = plan.vehicles.filter(({ archivedMinutesAgo }) => archivedMinutesAgo !== null).length;
    const drafts = plan.vehicles.filter(({ status }) => status === 'DRAFT').length;
    const [PENDING = 0, SOLD = 0] = [held.ACCEPTED, held.COMPLETED];
    expect(
      await numbersOf(app, 'select status as key, count(*) as value from vehicles group by status'),
    ).toEqual({
      DRAFT: drafts,
      ARCHIVED: archived,
      PENDING,
      SOLD,
      ACTIVE: 300 - drafts - archived - PENDING - SOLD,
    });
  });

  it('agrees on no vehicle twice', async () => {
    const twice = await rowsOf(
      app,
      `select vehicle_id from negotiations where status in ('ACCEPTED', 'COMPLETED')
       group by vehicle_id having count(*) > 1`,
    );
    expect(twice).toEqual([]);
  });

  it('numbers each log and each inbox from 1 on without holes, in the order of time', async () => {
    const broken = await rowsOf(
      app,
      `select n.id from negotiations as n left join negotiation_events as e on e.negotiation_id = n.id
       group by n.id, n.last_sequence
       having count(e.id) <> n.last_sequence or min(e.sequence) <> 1 or max(e.sequence) <> n.last_sequence`,
    );
    const brokenInboxes = await rowsOf(
      app,
      `select i.user_id from inboxes as i left join notifications as e on e.user_id = i.user_id
       group by i.user_id, i.last_sequence
       having count(e.id) <> i.last_sequence or min(e.sequence) <> 1 or max(e.sequence) <> i.last_sequence`,
    );
    const backwards = await rowsOf(
      app,
      `select e.id from negotiation_events as e join negotiation_events as f
       on f.negotiation_id = e.negotiation_id and f.sequence = e.sequence + 1 where f.created_at < e.created_at
       union all select e.id from notifications as e join notifications as f
       on f.user_id = e.user_id and f.sequence = e.sequence + 1 where f.created_at < e.created_at`,
    );
    expect([broken, brokenInboxes, backwards]).toEqual([[], [], []]);
  });

  it('lies in the past, with open offers and holds that still run', async () => {
    const now = app.clock.now().getTime();
    const latest = await numbersOf(
      app,
      `select 'users' as key, max(created_at) as value from users
       union all select 'vehicles', max(updated_at) from vehicles
       union all select 'negotiations', max(updated_at) from negotiations
       union all select 'events', max(created_at) from negotiation_events
       union all select 'notifications', max(created_at) from notifications`,
    );
    for (const [table, moment] of Object.entries(latest)) expect(moment, table).toBeLessThan(now);
    const over = await rowsOf(
      app,
      `select id from negotiations where status = 'ACTIVE' and expires_at <= ${now}
       or status = 'ACCEPTED' and hold_expires_at <= ${now}`,
    );
    expect(over).toEqual([]);
  });

  it('tells the prices that came down', async () => {
    const rows = await rowsOf(
      app,
      `select v.vin, v.asking_price, p.price from vehicles as v join price_changes as p on p.vehicle_id = v.id
       order by v.vin, p.changed_at`,
    );
    const histories = Map.groupBy(rows, ({ vin }) => String(vin));
    const expected = new Map(
      plan.vehicles
        .toSorted((one, other) => (one.vin < other.vin ? -1 : 1))
        .map(({ vin, askingPriceCents, priceDrop }) => [
          vin,
          priceDrop ? [priceDrop.fromCents, askingPriceCents] : [askingPriceCents],
        ]),
    );
    const prices = (vin: string) => histories.get(vin)?.map(({ price }) => Number(price));
    expect([...expected.keys()].map((vin) => [vin, prices(vin)])).toEqual([...expected]);
    expect(
      rows.filter(({ price, asking_price }) => Number(price) > Number(asking_price)).length,
    ).toBeGreaterThan(50);
  });

  it('leaves no session open that nobody holds', async () => {
    expect(await rowsOf(app, 'select id from sessions where revoked_at is null')).toEqual([]);
  });

  it('lets the three sign in, and shows the demo buyer and the demo dealer each their turn', async () => {
    const types = { buyer: 'BUYER', dealer: 'DEALER', admin: 'ADMIN' } as const;
    for (const { label, email, password } of demoSignIns) {
      const { login } = await app.ok(LoginDocument, { input: { email, password } });
      expect(login.user).toMatchObject({ email, userType: types[label] });
      if (label === 'admin') continue;
      const token = login.tokens.accessToken;
      for (const turn of ['BUYER', 'DEALER'] as const) {
        const { negotiations } = await app.ok(NegotiationsDocument, { filter: { turn } }, { token });
        expect(negotiations.totalCount, `${label} sees ${turn}'s turn`).toBeGreaterThan(0);
      }
    }
    const { makes } = await app.ok(MakesDocument, {});
    expect(makes.length).toBeGreaterThanOrEqual(15);
  });

  it('is made once', async () => {
    const before = await rowsOf(app, 'select id, updated_at from users order by id');
    expect(await seedDemo(app.system.makeCtx)).toBe(false);
    expect(await rowsOf(app, 'select id, updated_at from users order by id')).toEqual(before);
  });

  it('shows photos of every vehicle, whose files are there', async () => {
    const bare = `select id from vehicles where id not in (select vehicle_id from vehicle_images where position = 0)`;
    expect(await rowsOf(app, bare)).toEqual([]);
    const keys = await rowsOf(app, 'select distinct key from vehicle_images');
    expect(keys.length).toBeGreaterThan(50);
    for (const { key } of keys) {
      for (const file of [String(key), thumbnailKeyOf(String(key))]) {
        const { status, headers } = await fetch(`${app.url}/media/${file}`, { method: 'HEAD' });
        expect([file, status, headers.get('content-type')]).toEqual([file, 200, 'image/webp']);
      }
    }
  });

  it('is rated against itself, and found in spite of typos', async () => {
    const rated = await numbersOf(
      app,
      `select deal_rating as key, count(*) as value from vehicles where deal_rating is not null group by deal_rating`,
    );
    expect(Object.keys(rated).length).toBeGreaterThanOrEqual(3);
    const { vehicles } = await app.ok<
      { vehicles: { nodes: Array<{ make: string; model: string }> } },
      object
    >('{ vehicles(filter: { search: "hunda acord" }) { nodes { make model } } }', {});
    expect(vehicles.nodes.length).toBeGreaterThan(0);
    for (const node of vehicles.nodes)
      expect(node).toEqual({ make: 'Honda', model: expect.stringMatching(/^Accord/) });
  });

  it('grows by vehicles of its dealers, again and again', async () => {
    await addVehicles(app.system.makeCtx, 50);
    app.clock.advance(1);
    await addVehicles(app.system.makeCtx, 5);
    const perDealer = await numbersOf(
      app,
      'select dealer_id as key, count(*) as value from vehicles group by dealer_id',
    );
    expect(Object.values(perDealer).reduce((sum, count) => sum + count)).toBe(355);
    const plannedCounts = Object.values(countBy(plan.vehicles, ({ dealerIndex }) => String(dealerIndex)));
    expect(Math.min(...Object.values(perDealer))).toBeGreaterThan(Math.min(...plannedCounts));
  });

  it('has been looked at and saved, so that its first dealer has something on every list of the dashboard', async () => {
    const [, { email, password }] = demoSignIns;
    const { login } = await app.ok(LoginDocument, { input: { email, password } });
    const token = login.tokens.accessToken;
    const { dealerDashboard } = await app.ok(DealerDashboardDocument, {}, { token });
    const { views, saves, offers, agreements } = dealerDashboard;
    const total = (list: typeof views) => list.reduce((sum, { count }) => sum + count, 0);
    expect(total(views)).toBeGreaterThan(500);
    expect([saves, offers, agreements].map(total).filter((sum) => sum === 0)).toEqual([]);
    expect(dealerDashboard.topVehicles).toHaveLength(10);
    expect(
      await rowsOf(
        app,
        'select id from saved_vehicles where created_at < (select created_at from vehicles as v where v.id = vehicle_id)',
      ),
    ).toEqual([]);
  });
});

describe.each(databaseKinds)('a showroom of many dealers on %s', (kind) => {
  const app = useApp(kind);
  beforeAll(async () => {
    const plan = planDemo({ vehicles: 50, negotiations: 2 });
    await withDrawnPhotos(app.uploads, () => seedDemo(app.system.makeCtx, plan));
    await seedShowroom(app.system, 300, 30);
  }, SEEDING_MS);

  it('has invented dealerships all over the country, verified, with vehicles of their own', async () => {
    const [row] = await rowsOf(
      app,
      `select count(distinct d.id) as dealers, count(distinct d.state) as states, count(v.id) as vehicles
      from dealers as d join users as u on u.id = d.user_id join vehicles as v on v.dealer_id = d.id
      where u.email like 'dealer-%@example.com' and d.verification_status = 'VERIFIED'`,
    );
    expect(Number(row?.dealers)).toBe(10);
    expect(Number(row?.states)).toBeGreaterThan(3);
    expect(Number(row?.vehicles)).toBeGreaterThan(100);
  });

  it('is as if the services had listed it: priced, pictured, searchable, and rated', async () => {
    const [row] = await rowsOf(
      app,
      `select count(*) as vehicles, sum(case when search_terms = '' then 1 else 0 end) as wordless,
        sum(case when market_stale then 1 else 0 end) as stale,
        (select count(distinct vehicle_id) from price_changes) as priced,
        (select count(distinct vehicle_id) from vehicle_images) as pictured
      from vehicles where status = 'ACTIVE' or status = 'DRAFT'`,
    );
    const { vehicles, ...figures } = Object.fromEntries(
      Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]),
    );
    expect(vehicles).toBeGreaterThan(340);
    expect(figures).toMatchObject({ wordless: 0, stale: 0 });
    expect(figures.priced).toBeGreaterThanOrEqual(vehicles as number);
    expect(figures.pictured).toBeGreaterThanOrEqual(vehicles as number);
  });
});

describe('a database without the demo', () => {
  const app = useApp('sqlite');

  it('is left alone once somebody has an account, and has no dealers to list vehicles for', async () => {
    await app.build.buyer();
    expect(await seedDemo(app.system.makeCtx)).toBe(false);
    await expect(addVehicles(app.system.makeCtx, 1)).rejects.toThrow(
      'None of the demo dealers is in this database.',
    );
    expect(await rowsOf(app, 'select id from vehicles')).toEqual([]);
  });
});

import { write } from '../../../src/kernel/unit-of-work.js';
import { SavedVehicle } from '../../../src/modules/vehicles/saved/saved-vehicle.entity.js';
import { storeViews } from '../../../src/modules/vehicles/views/view.service.js';
import { between, chance, pick, type Rng, seededRng } from '../../../src/seeders/rng.js';
import type { TestApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { type Raw, trade } from '../dealers/trade.js';

export const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);
export const midnightOf = (moment: number) => Math.floor(moment / DAY) * DAY;

/** The clock at so many hours past a midnight to come: what is so many days ago does not depend on when the test runs. */
export function toMorning(app: TestApp, hours = 10): void {
  const now = app.clock.now().getTime();
  app.clock.advance(midnightOf(now) + DAY + hours * HOUR - now);
}

export function execute(app: TestApp, sql: string, parameters: Array<string | number> = []): Promise<Raw[]> {
  return app.orm.em.fork().getConnection().execute(sql, parameters);
}

/** Stores views as a node does that has counted them. */
export function look(app: TestApp, vehicleId: string, day: string, count: number): Promise<void> {
  return write(app.system.makeCtx(), (tx) => storeViews(tx, [{ vehicleId, day, count }]));
}

export async function save(app: TestApp, userId: string, vehicleId: string, at: number): Promise<void> {
  const em = app.orm.em.fork();
  em.persist(SavedVehicle.of(userId, vehicleId, new Date(at)));
  await em.flush();
}

/**
 * Two hundred days of these dealers: offers and agreements at random, views and saves of the last hundred, and of each kind
 * some in the first and the last millisecond of a day.
 */
export async function live(app: TestApp, dealers: readonly DealerPerson[], seed: number): Promise<void> {
  const rng = seededRng(seed);
  for (const [index, dealer] of dealers.entries()) {
    await trade(app, dealer, { seed: seed + index, vehicles: 20 });
  }
  const vehicles = (await execute(app, 'select id from vehicles order by vin')).map(({ id }) => id as string);
  const buyers = await Promise.all(Array.from({ length: 8 }, () => app.build.buyer()));
  const now = app.clock.now().getTime();
  const moments = () => momentOf(rng, now);
  const views = vehicles.flatMap((vehicleId) =>
    [...new Set(Array.from({ length: 25 }, () => dayOf(moments())))].map((day) => ({
      vehicleId,
      day,
      count: between(rng, 1, 9),
    })),
  );
  await write(app.system.makeCtx(), (tx) => storeViews(tx, views));
  const em = app.orm.em.fork();
  for (const { id } of buyers) {
    for (const vehicleId of vehicles) {
      if (chance(rng, 0.6)) em.persist(SavedVehicle.of(id, vehicleId, new Date(moments())));
    }
  }
  await em.flush();
  await putAtBorders(app, rng, 'offers', 'created_at', now);
  await putAtBorders(app, rng, 'negotiations', 'agreed_at', now);
}

function momentOf(rng: Rng, now: number): number {
  const moment = now - between(rng, 0, 100 * DAY);
  return chance(rng, 0.3) ? pick(rng, [midnightOf(moment), midnightOf(moment) - 1]) : moment;
}

async function putAtBorders(app: TestApp, rng: Rng, table: string, column: string, now: number) {
  const rows = await execute(
    app,
    `select id, ${column} as at from ${table} where ${column} is not null order by ${column}`,
  );
  for (const { id, at } of rows) {
    if (!chance(rng, 0.3)) continue;
    const moment = Math.min(now, midnightOf(Number(at)) + pick(rng, [0, -1]));
    await execute(app, `update ${table} set ${column} = ? where id = ?`, [moment, id as string]);
  }
}

/** What there is of the market, as the tables have it. */
export async function rawOf(app: TestApp) {
  const read = (table: string) => execute(app, `select * from ${table}`);
  return {
    users: await read('users'),
    dealers: await read('dealers'),
    vehicles: await read('vehicles'),
    views: await read('vehicle_views'),
    saves: await read('saved_vehicles'),
    offers: await read('offers'),
    negotiations: await read('negotiations'),
  };
}
export type World = Awaited<ReturnType<typeof rawOf>>;

const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);

/** The definitions of the dealer's dashboard, read off the rows. */
export function expectedOf(world: World, dealerId: string, from: string, to: string) {
  const own = new Set(world.vehicles.filter((v) => v.dealer_id === dealerId).map(({ id }) => id));
  const negotiations = world.negotiations.filter((n) => own.has(n.vehicle_id as string));
  const open = new Set(negotiations.map(({ id }) => id));
  const daysOf = (rows: readonly Raw[], column: string) => rows.map((row) => dayOf(Number(row[column])));
  const views = world.views.filter((v) => own.has(v.vehicle_id as string));
  const saves = world.saves.filter((s) => own.has(s.vehicle_id as string));
  const offers = world.offers.filter((o) => open.has(o.negotiation_id as string) && o.party === 'BUYER');
  const agreements = negotiations.filter((n) => n.agreed_at !== null);
  const dates: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY) dates.push(dayOf(at));
  const series = (days: readonly string[]) =>
    dates.map((date) => ({ date, count: days.filter((day) => day === date).length }));
  const counted = {
    views: dates.map((date) => ({
      date,
      count: sum(views.filter(({ day }) => day === date).map(({ count }) => Number(count))),
    })),
    saves: series(daysOf(saves, 'created_at')),
    offers: series(daysOf(offers, 'created_at')),
    agreements: series(daysOf(agreements, 'agreed_at')),
  };
  const total = (figure: 'views' | 'agreements') => sum(counted[figure].map(({ count }) => count));
  const seen = (id: unknown) =>
    sum(
      views
        .filter((v) => v.vehicle_id === id && String(v.day) >= from && String(v.day) <= to)
        .map(({ count }) => Number(count)),
    );
  const kept = (id: unknown) => saves.filter((s) => s.vehicle_id === id).length;
  const topVehicles = world.vehicles
    .filter(({ id }) => own.has(id) && seen(id) > 0)
    .map((v) => ({ id: v.id as string, by: [seen(v.id), kept(v.id), Number(v.created_at)] as const }))
    .sort((one, other) => compare(other.by, one.by) || (one.id < other.id ? 1 : -1))
    .slice(0, 10)
    .map(({ id }) => ({ id }));
  return {
    from,
    to,
    ...counted,
    conversionRate: total('views') === 0 ? null : total('agreements') / total('views'),
    topVehicles,
  };
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}

const STATUSES = ['DRAFT', 'ACTIVE', 'PENDING', 'SOLD', 'ARCHIVED'];

/** The definitions of the admin's dashboard, read off the rows. */
export function expectedOfMarket(world: World, now: number) {
  const living = world.users.filter(({ deleted_at }) => deleted_at === null);
  const since = midnightOf(now) - 29 * DAY;
  const agreed = world.negotiations.filter(
    ({ agreed_at: at }) => at !== null && Number(at) >= since && Number(at) < midnightOf(now) + DAY,
  );
  return {
    users: living.length,
    buyers: living.filter(({ user_type }) => user_type === 'BUYER').length,
    dealers: living.filter(({ user_type }) => user_type === 'DEALER').length,
    dealersAwaitingReview: world.dealers.filter(
      (d) => d.verification_status === 'PENDING' && d.closed_at === null,
    ).length,
    vehiclesByStatus: STATUSES.map((status) => ({
      status,
      count: world.vehicles.filter((v) => v.status === status).length,
    })),
    negotiationsActive: world.negotiations.filter((n) => n.status === 'ACTIVE' && Number(n.expires_at) > now)
      .length,
    agreementsLast30Days: agreed.length,
    agreedValueLast30Days: (sum(agreed.map(({ agreed_price }) => Number(agreed_price))) / 100).toFixed(2),
  };
}

import { type Ref, ref } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Ctx } from '../kernel/context.js';
import { Dealer } from '../modules/dealers/index.js';
import { PriceChange, Vehicle, VehicleImage } from '../modules/vehicles/index.js';
import { DEALERS } from './catalogue.js';
import { demoPhotosOf, storeDemoPhotos } from './demo-photos.js';
import { addDealers } from './many-dealers.js';
import { type PlannedVehicle, planVehicles } from './plan-vehicles.js';
import { seededRng } from './rng.js';

const MINUTE_MS = 60_000;

/** Listings that are written by one transaction. */
const BATCH = 500;

/** How many listings an invented dealership has, about. */
const BY_DEALER = 200;

/**
 * Lists more vehicles of the demo's dealers; where there are many, of invented dealerships all over the country too. They
 * are written as rows, as the services would write them: nobody is told of them, and jobs rate them afterwards.
 * @throws Error where there are no such dealers.
 */
export async function addVehicles(makeCtx: () => Ctx, count: number, byDealer = BY_DEALER): Promise<void> {
  const ctx = makeCtx();
  const now = ctx.clock.now();
  if ((await demoDealers(ctx.em)).length === 0)
    throw new Error('None of the demo dealers is in this database.');
  // Other VINs than in any earlier batch, whatever was deleted since.
  const rng = seededRng(now.getTime());
  if (count > byDealer * DEALERS.length) {
    await ctx.em.transactional((em) =>
      addDealers(em as SqlEntityManager, Math.ceil(count / byDealer), rng, now),
    );
  }
  const dealers = await demoDealers(ctx.em);
  const first = await countVehicles(ctx.em);
  await storeDemoPhotos(ctx);
  const plan = planVehicles(count, rng, { dealers: dealers.length, first });
  // Two at work: while the database writes for one, the other makes its next batch.
  const write = async () => {
    for (let batch = take(plan, BATCH); batch.length > 0; batch = take(plan, BATCH)) {
      await writeListings(makeCtx().em, batch, dealers, now);
    }
  };
  await Promise.all([write(), write()]);
}

function take<T>(from: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = from.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

async function writeListings(
  em: SqlEntityManager,
  batch: readonly PlannedVehicle[],
  dealers: readonly string[],
  now: Date,
): Promise<void> {
  const listings = batch.map((planned) => listingOf(em, planned, dealers, now));
  const images = listings.flatMap(({ vehicle }) => demoPhotosOf(vehicle, vehicle.createdAt));
  await em.transactional(async (tx) => {
    await tx.insertMany(
      Vehicle,
      listings.map(({ vehicle }) => vehicle),
    );
    await tx.insertMany(
      PriceChange,
      listings.map(({ firstPrice }) => firstPrice),
    );
    await tx.insertMany(VehicleImage, images);
  });
}

function listingOf(em: SqlEntityManager, planned: PlannedVehicle, dealers: readonly string[], now: Date) {
  const { vin, askingPriceCents, msrpCents, status, listedMinutesAgo, dealerIndex, ...details } = planned;
  const { archivedMinutesAgo: _archived, priceDrop: _drop, ...rest } = details;
  const at = new Date(now.getTime() - listedMinutesAgo * MINUTE_MS);
  const dealer = ref(em.getReference(Dealer, dealers[dealerIndex] as string)) as Ref<Dealer>;
  const draft = Vehicle.draft(
    dealer,
    vin,
    askingPriceCents,
    { ...rest, msrp: msrpCents, isNegotiable: true },
    at,
  );
  if (status === 'ACTIVE') draft.vehicle.publish(at);
  // It was on the market before anybody could have asked to be told of it.
  draft.vehicle.matchDue = null;
  return draft;
}

/** The demo's own dealers and the invented ones, the oldest first. */
async function demoDealers(em: SqlEntityManager): Promise<string[]> {
  const emails = DEALERS.map(({ email }) => email);
  const { rows } = await sql<{ id: string }>`
    select d.id from users as u join dealers as d on d.user_id = u.id
    where u.email in (${sql.join(emails)}) or u.email like 'dealer-%@example.com'
    order by u.created_at, u.id`.execute(em.getKysely());
  return rows.map(({ id }) => id);
}

async function countVehicles(em: SqlEntityManager): Promise<number> {
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from vehicles`.execute(em.getKysely());
  return Number(rows[0]?.count);
}

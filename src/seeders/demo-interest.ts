import type { Ctx, Viewer } from '../kernel/context.js';
import { DAY_MS, dayOf } from '../kernel/days.js';
import { write } from '../kernel/unit-of-work.js';
import { SavedVehicle, storeViews, Vehicle, type ViewCount } from '../modules/vehicles/index.js';
import { between, chance, pick, type Rng, seededRng } from './rng.js';

const SEED = 20_261_125;

/** How far back anybody is known to have looked. */
const DAYS = 45;

/** A view of a day, and a buyer that keeps a vehicle in mind, each by this chance. */
const SEEN_ON_A_DAY = 0.4;
const SAVED_BY_A_BUYER = 0.06;

/** Buyers of the demo have all signed up by then. */
const SAVED_WITHIN_DAYS = 21;

const WRITTEN_AT_ONCE = 500;

interface Listing {
  readonly id: string;
  readonly publishedAt: Date | null;
}

/** Lets people look at what was published, on every day since, and buyers save some of it: dashboards have something to show. */
export async function showInterest(ctx: Ctx, buyers: readonly Viewer[]): Promise<void> {
  const rng = seededRng(SEED);
  const now = ctx.clock.now().getTime();
  const order = { orderBy: { vin: 'asc' }, fields: ['id', 'publishedAt'] } as const;
  const vehicles = await ctx.em.find(Vehicle, { publishedAt: { $ne: null } }, order);
  const views = vehicles.flatMap((vehicle) => viewsOf(rng, vehicle, now));
  await write(ctx, async (tx) => {
    for (let at = 0; at < views.length; at += WRITTEN_AT_ONCE) {
      await storeViews(tx, views.slice(at, at + WRITTEN_AT_ONCE));
    }
    await tx.em.insertMany(
      SavedVehicle,
      vehicles.flatMap((vehicle) => savesOf(rng, vehicle, buyers, now)),
    );
  });
}

function viewsOf(rng: Rng, { id, publishedAt }: Listing, now: number): ViewCount[] {
  const views: ViewCount[] = [];
  for (let at = Math.max(now - DAYS * DAY_MS, Number(publishedAt)); at < now; at += DAY_MS) {
    if (!chance(rng, SEEN_ON_A_DAY)) continue;
    views.push({ vehicleId: id, day: dayOf(new Date(at)), count: pick(rng, [1, 1, 2, 2, 3, 5, 8]) });
  }
  return views;
}

function savesOf(
  rng: Rng,
  { id, publishedAt }: Listing,
  buyers: readonly Viewer[],
  now: number,
): SavedVehicle[] {
  const since = Math.max(now - SAVED_WITHIN_DAYS * DAY_MS, Number(publishedAt));
  return buyers
    .filter(() => chance(rng, SAVED_BY_A_BUYER))
    .map((buyer) => SavedVehicle.of(buyer.id, id, new Date(between(rng, since, now - 1))));
}

import { sql } from 'kysely';
import type { Ctx } from '../kernel/context.js';
import { write } from '../kernel/unit-of-work.js';
import { forgetMailsOf } from '../modules/mail/index.js';
import { Vehicle, VehicleImage } from '../modules/vehicles/index.js';
import { archiveVehicle, updateVehicle } from '../modules/vehicles/module.js';
import { ADMIN, BUYERS, DEALERS } from './catalogue.js';
import { showInterest } from './demo-interest.js';
import { listVehicle } from './demo-listings.js';
import { type Cast, DEMO_PASSWORD, signUpAll } from './demo-people.js';
import { demoPhotosOf, storeDemoPhotos } from './demo-photos.js';
import { type Played, playStep } from './demo-steps.js';
import { type DemoPlan, demoTimeline, planDemo, type TimelineEntry } from './plan.js';
import { Replay } from './replay.js';

/** The accounts that are shown to whoever starts the demo. */
export const demoSignIns = [
  { label: 'buyer', email: BUYERS[0]!.email, password: DEMO_PASSWORD },
  { label: 'dealer', email: DEALERS[0]!.email, password: DEMO_PASSWORD },
  { label: 'admin', email: ADMIN.email, password: DEMO_PASSWORD },
] as const;

/** Whether nobody has an account yet. */
export async function isEmpty(ctx: Ctx): Promise<boolean> {
  const { rows } = await sql`select id from users limit 1`.execute(ctx.em.getKysely());
  return rows.length === 0;
}

/**
 * Replays the plan through the services, each step at its moment in the past, so that event logs, notifications and
 * price histories are true. A database that has users is left alone.
 * @returns whether anything was made.
 */
export async function seedDemo(makeCtx: () => Ctx, plan: DemoPlan = planDemo()): Promise<boolean> {
  if (!(await isEmpty(makeCtx()))) return false;
  const replay = new Replay(makeCtx);
  const cast = await signUpAll(replay, plan);
  const stage = new Stage(replay, plan, cast);
  for (const entry of demoTimeline(plan)) await stage.play(entry);
  await showPhotos(makeCtx());
  await showInterest(makeCtx(), cast.buyers);
  await sendNothing(makeCtx(), cast);
  return true;
}

/** What the story has brought about is not mailed: its people have no letter boxes, or somebody else's. */
function sendNothing(ctx: Ctx, { dealers, buyers }: Cast): Promise<void> {
  return write(ctx, async (tx) => {
    for (const { id } of [...dealers, ...buyers]) await forgetMailsOf(tx, id);
  });
}

/** Gives every vehicle its photos. */
async function showPhotos(ctx: Ctx): Promise<void> {
  await storeDemoPhotos(ctx);
  const vehicles = await ctx.em.find(
    Vehicle,
    {},
    { fields: ['id', 'bodyType', 'exteriorColor', 'createdAt'] },
  );
  await ctx.em.insertMany(
    VehicleImage,
    vehicles.flatMap((vehicle) => demoPhotosOf(vehicle, vehicle.createdAt)),
  );
}

/** The plan on stage: which vehicles and negotiations have come to be so far. */
class Stage {
  private readonly vehicleIds = new Map<number, string>();
  private readonly played = new Map<number, Played>();

  constructor(
    private readonly replay: Replay,
    private readonly plan: DemoPlan,
    private readonly cast: Cast,
  ) {}

  async play(entry: TimelineEntry): Promise<void> {
    if (entry.kind === 'STEP') return this.step(entry.minutesAgo, entry.negotiationIndex, entry.stepIndex);
    const { kind, minutesAgo, vehicleIndex } = entry;
    const vehicle = at(this.plan.vehicles, vehicleIndex);
    const ctx = this.replay.at(minutesAgo, at(this.cast.dealers, vehicle.dealerIndex));
    if (kind === 'LIST') this.vehicleIds.set(vehicleIndex, await listVehicle(ctx, vehicle));
    else if (kind === 'ARCHIVE') await archiveVehicle(ctx, this.vehicleId(vehicleIndex));
    else
      await updateVehicle(ctx, { id: this.vehicleId(vehicleIndex), askingPrice: vehicle.askingPriceCents });
  }

  private async step(minutesAgo: number, negotiationIndex: number, stepIndex: number): Promise<void> {
    const { vehicleIndex, buyerIndex, steps } = at(this.plan.negotiations, negotiationIndex);
    const step = at(steps, stepIndex);
    const { dealerIndex } = at(this.plan.vehicles, vehicleIndex);
    const actor =
      step.actor === 'BUYER' ? at(this.cast.buyers, buyerIndex) : at(this.cast.dealers, dealerIndex);
    const scene = { vehicleId: this.vehicleId(vehicleIndex), played: this.played.get(negotiationIndex) };
    this.played.set(negotiationIndex, await playStep(this.replay.at(minutesAgo, actor), step, scene));
  }

  private vehicleId(index: number): string {
    const id = this.vehicleIds.get(index);
    if (id === undefined) throw new Error(`Vehicle ${index} of the plan is not listed yet.`);
    return id;
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`The plan has no number ${index}.`);
  return found;
}

/** Who haggles about what, when, and how it ends. Times are minutes before the moment of seeding. */
import { DAY, HOUR } from './plan-rules.js';
import { type PlannedStep, planSteps } from './plan-steps.js';
import type { PlannedVehicle } from './plan-vehicles.js';
import { between, type Rng, shuffled } from './rng.js';

export type PlannedEnd =
  | 'ACTIVE'
  | 'ACCEPTED'
  | 'COMPLETED'
  | 'FELL_THROUGH'
  | 'REJECTED'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'CLOSED';

export interface PlannedNegotiation {
  vehicleIndex: number;
  buyerIndex: number;
  startedMinutesAgo: number;
  steps: PlannedStep[];
  /** CLOSED has no step of its own: a rival's ACCEPT or the vehicle's archiving does it. */
  ends: PlannedEnd;
}

/**
 * What happens on one vehicle. Each script is one buyer's negotiation, a letter a step: S start, O offer (by whoever's
 * turn it is), A accept, R reject, C cancel, L the offer lapses; after an acceptance D the sale is done, X the buyer or Y
 * the dealer cancels it, H the hold lapses. Whose turn it is and how it ends follow from the letters.
 */
interface Scene {
  lead: string;
  /** Other buyers, whom the lead does not disturb. */
  alongside?: readonly string[];
  /** Other buyers, open until the lead's acceptance (or the vehicle's archiving) closes them. */
  rivals?: readonly string[];
  /** Afterwards the lead, or the first rival whom it displaced, starts again. */
  again?: { who: 'LEAD' | 'RIVAL'; script: string };
  archived?: true;
  /** Buyer 0 leads, on a vehicle of dealer 0. */
  demo?: true;
}

const SCENES: readonly Scene[] = [
  { demo: true, lead: 'SOO', alongside: ['SO'] },
  { demo: true, lead: 'SOOO' },
  { demo: true, lead: 'SOOAD', rivals: ['SO', 'S'] },
  { demo: true, lead: 'SOL' },
  { demo: true, lead: 'SR', again: { who: 'LEAD', script: 'SO' } },
  { lead: 'SOOOA', rivals: ['SO', 'SOO', 'S'] },
  { lead: 'SOAX', rivals: ['SOO'], again: { who: 'RIVAL', script: 'SOAD' } },
  { lead: 'SO', rivals: ['S'], archived: true },
  { lead: 'SOAH' },
  { lead: 'S', alongside: ['SO', 'SOO'] },
  { lead: 'SA' },
  { lead: 'SOC' },
  { lead: 'SL' },
  { lead: 'SOOR' },
  { lead: 'SOOOOOOOOA' },
  { lead: 'SAD' },
  { lead: 'S' },
  { lead: 'SOOOOOAD', rivals: ['SO'] },
  { lead: 'SOOAY', rivals: ['S'] },
  { lead: 'SOOOO' },
  { lead: 'SOOL' },
  { lead: 'SOOA' },
  { lead: 'SC' },
  { lead: 'SO' },
  { lead: 'SOOO', archived: true },
  { lead: 'SOOOAD' },
  { lead: 'SR' },
  { lead: 'SAX', again: { who: 'LEAD', script: 'SO' } },
  { lead: 'SOAD', rivals: ['SO', 'SOO'] },
  { lead: 'SOOOOO' },
  { lead: 'SOOC', again: { who: 'LEAD', script: 'S' } },
  { lead: 'SOA' },
  { lead: 'SOOOL' },
  { lead: 'S', alongside: ['SR'] },
];

const ENDS: Readonly<Record<string, PlannedEnd>> = {
  A: 'ACCEPTED',
  R: 'REJECTED',
  C: 'CANCELLED',
  L: 'EXPIRED',
  D: 'COMPLETED',
  X: 'FELL_THROUGH',
  Y: 'FELL_THROUGH',
  H: 'FELL_THROUGH',
};

const endOf = (script: string): PlannedEnd => ENDS[script.charAt(script.length - 1)] ?? 'ACTIVE';
const sizeOf = ({ alongside = [], rivals = [], again }: Scene) =>
  1 + alongside.length + rivals.length + (again ? 1 : 0);

export function planNegotiations(
  count: number,
  vehicles: PlannedVehicle[],
  buyers: number,
  rng: Rng,
): PlannedNegotiation[] {
  // Five offers and four counter-offers need room below the asking price, and few people haggle over a 90,000-dollar car.
  const pool = shuffled(rng, [...vehicles.keys()]).filter((index) => {
    const { status, askingPriceCents } = vehicles[index]!;
    return status === 'ACTIVE' && askingPriceCents >= 900_000 && askingPriceCents <= 8_000_000;
  });
  const takeVehicle = (demo: boolean): number => {
    const position = demo ? pool.findIndex((index) => vehicles[index]!.dealerIndex === 0) : 0;
    const [index] = position < 0 ? [] : pool.splice(position, 1);
    if (index === undefined) throw new RangeError(`Too few vehicles for ${count} negotiations.`);
    return index;
  };
  // Buyer 0 takes part where a scene says so, and nowhere else; the others by turns.
  const others = shuffled(
    rng,
    Array.from({ length: buyers - 1 }, (_, index) => index + 1),
  );
  let turn = 0;
  const nextBuyer = () => others[turn++ % others.length]!;

  const planned: PlannedNegotiation[] = [];
  const singles = SCENES.filter((scene) => sizeOf(scene) === 1 && !scene.demo);
  for (let index = 0; planned.length < count; index += 1) {
    const scene = SCENES[index] ?? singles[index % singles.length]!;
    if (planned.length + sizeOf(scene) > count) continue;
    const vehicleIndex = takeVehicle(scene.demo === true);
    const cast = [
      scene.demo ? 0 : nextBuyer(),
      ...[...(scene.alongside ?? []), ...(scene.rivals ?? [])].map(nextBuyer),
    ];
    planned.push(...planScene(scene, vehicleIndex, vehicles[vehicleIndex]!, cast, rng));
  }
  archiveSome(pool, vehicles, rng);
  return planned;
}

/** A few of the vehicles that nobody haggles about leave the market too. */
function archiveSome(untouched: readonly number[], vehicles: PlannedVehicle[], rng: Rng): void {
  for (const index of untouched.slice(0, Math.floor(untouched.length * 0.03))) {
    const vehicle = vehicles[index]!;
    vehicle.archivedMinutesAgo = between(rng, 1, vehicle.listedMinutesAgo - 1);
  }
}

/** `cast` is the lead's buyer, then those alongside, then the rivals: all different. */
function planScene(
  scene: Scene,
  vehicleIndex: number,
  vehicle: PlannedVehicle,
  cast: readonly number[],
  rng: Rng,
): PlannedNegotiation[] {
  const { lead, alongside = [], rivals = [], again } = scene;
  const asking = vehicle.askingPriceCents;
  // Listed before anybody can have started: no script begins more than 20 days ago.
  vehicle.listedMinutesAgo = between(rng, 21 * DAY, 90 * DAY);
  if (scene.archived) vehicle.archivedMinutesAgo = between(rng, 3 * HOUR, 8 * DAY);

  const play = (script: string, buyerIndex: number, ending: (steps: PlannedStep[]) => number, above = 0) => {
    const steps = planSteps(script, asking, above, rng);
    const startedMinutesAgo = ending(steps) + durationOf(steps);
    return { vehicleIndex, buyerIndex, startedMinutesAgo, steps, ends: endOf(script) } as PlannedNegotiation;
  };
  const beforeClosing = (closing: number) => () => closing + between(rng, 10, 1_500);

  const first = play(
    lead,
    cast[0]!,
    vehicle.archivedMinutesAgo === null
      ? (steps) => lastStepMinutesAgo(endOf(lead), durationOf(steps), again !== undefined, rng)
      : beforeClosing(vehicle.archivedMinutesAgo),
  );
  const closing = vehicle.archivedMinutesAgo ?? acceptedMinutesAgo(first);
  const beside = alongside.map((script, index) =>
    play(script, cast[1 + index]!, (steps) =>
      lastStepMinutesAgo(endOf(script), durationOf(steps), false, rng),
    ),
  );
  const displaced = rivals.map((script, index) => ({
    ...play(script, cast[1 + alongside.length + index]!, beforeClosing(closing)),
    ends: 'CLOSED' as const,
  }));
  if (scene.archived) first.ends = 'CLOSED';
  if (!again) return [first, ...beside, ...displaced];
  const former = again.who === 'LEAD' ? first : displaced[0]!;
  const fresh = () => lastStepMinutesAgo('ACTIVE', 0, false, rng);
  return [
    first,
    ...beside,
    ...displaced,
    play(again.script, former.buyerIndex, fresh, highestOwnOffer(former)),
  ];
}

/**
 * When a script's last step was. Open ones are fresh enough to stay open for a day, agreements are well within their
 * hold, a script that another follows leaves it room, and the rest lies anywhere in the last fortnight.
 */
function lastStepMinutesAgo(ends: PlannedEnd, duration: number, followed: boolean, rng: Rng): number {
  if (ends === 'ACTIVE') return between(rng, 12, 16 * HOUR);
  if (ends === 'ACCEPTED') return between(rng, 90, 3 * DAY);
  if (followed) return between(rng, 7 * DAY, 8 * DAY);
  return between(rng, 5 * HOUR, Math.max(6 * HOUR, 14 * DAY - duration));
}

const durationOf = (steps: readonly PlannedStep[]) => steps.reduce((sum, step) => sum + step.minutesLater, 0);

function acceptedMinutesAgo({ startedMinutesAgo, steps }: PlannedNegotiation): number {
  const accepted = steps.findIndex(({ action }) => action === 'ACCEPT');
  return startedMinutesAgo - durationOf(steps.slice(0, accepted + 1));
}

function highestOwnOffer({ steps }: PlannedNegotiation): number {
  return Math.max(0, ...steps.map((step) => (step.actor === 'BUYER' ? (step.amountCents ?? 0) : 0)));
}

/**
 * The demo as plain data: who is there, what is for sale, and who haggles about it. The same arguments give the same plan
 * on every machine, and no clock is read: times are minutes before the moment of seeding, money is integer cents.
 * Whoever replays it steps a clock through `demoTimeline(plan)`.
 */
import { ADMIN, BUYERS, type CatalogueDealer, type CataloguePerson, DEALERS } from './catalogue.js';
import { type PlannedNegotiation, planNegotiations } from './plan-negotiations.js';
import { HOUR } from './plan-rules.js';
import { type PlannedVehicle, planVehicles } from './plan-vehicles.js';
import { between, type Rng, seededRng, uniform } from './rng.js';

export const DEMO_SEED = 20_261_122;

export interface DemoPlan {
  admin: typeof ADMIN;
  dealers: CatalogueDealer[];
  vehicles: PlannedVehicle[];
  buyers: CataloguePerson[];
  negotiations: PlannedNegotiation[];
}

export type TimelineEntry =
  | { minutesAgo: number; kind: 'LIST' | 'REPRICE' | 'ARCHIVE'; vehicleIndex: number }
  | { minutesAgo: number; kind: 'STEP'; negotiationIndex: number; stepIndex: number };

/**
 * The whole demo. Fixed are the addresses of dealer 0, buyer 0 and the admin, dealer 0's 40 vehicles or more, and the
 * negotiations of buyer 0 with dealer 0 that open SCENES.
 * @throws RangeError when there are too few people or vehicles for the negotiations asked for.
 */
export function planDemo({ dealers = 8, vehicles = 300, buyers = 20, negotiations = 60 } = {}): DemoPlan {
  if (dealers < 1 || dealers > DEALERS.length) throw new RangeError(`dealers: 1 to ${DEALERS.length}`);
  if (buyers < 5 || buyers > BUYERS.length) throw new RangeError(`buyers: 5 to ${BUYERS.length}`);
  const plannedVehicles = [...planVehicles(vehicles, seededRng(DEMO_SEED), { dealers })];
  // Streams of their own: another number of vehicles does not change how people haggle.
  const plannedNegotiations = planNegotiations(
    negotiations,
    plannedVehicles,
    buyers,
    seededRng(DEMO_SEED + 1),
  );
  planPriceDrops(plannedVehicles, plannedNegotiations, seededRng(DEMO_SEED + 2));
  return {
    admin: ADMIN,
    dealers: DEALERS.slice(0, dealers),
    vehicles: plannedVehicles,
    buyers: BUYERS.slice(0, buyers),
    negotiations: plannedNegotiations,
  };
}

/** Every fourth vehicle was listed 2 to 4 % dearer, and came down while nobody haggled about it yet. */
function planPriceDrops(vehicles: PlannedVehicle[], negotiations: PlannedNegotiation[], rng: Rng): void {
  const firstOffers = new Map<number, number>();
  for (const { vehicleIndex, startedMinutesAgo } of negotiations) {
    firstOffers.set(vehicleIndex, Math.max(startedMinutesAgo, firstOffers.get(vehicleIndex) ?? 0));
  }
  const listed = [...vehicles.entries()].filter(([, { status }]) => status === 'ACTIVE');
  for (const [position, [index, vehicle]] of listed.entries()) {
    const { askingPriceCents, archivedMinutesAgo, listedMinutesAgo } = vehicle;
    const latest = Math.max(firstOffers.get(index) ?? 0, archivedMinutesAgo ?? 0) + 1;
    const earliest = listedMinutesAgo - HOUR;
    if (position % 4 !== 0 || earliest < latest) continue;
    // Whole five dollars, as asking prices are.
    const fromCents = Math.round((askingPriceCents * uniform(rng, 1.022, 1.04)) / 500) * 500;
    vehicle.priceDrop = { fromCents, minutesAgo: between(rng, latest, earliest) };
  }
}

/** All that happens once people have signed up, oldest first; what happens to one vehicle or negotiation keeps its order. */
export function demoTimeline({
  vehicles,
  negotiations,
}: Pick<DemoPlan, 'vehicles' | 'negotiations'>): TimelineEntry[] {
  const listings = vehicles.map(
    ({ listedMinutesAgo }, vehicleIndex): TimelineEntry => ({
      minutesAgo: listedMinutesAgo,
      kind: 'LIST',
      vehicleIndex,
    }),
  );
  const drops = vehicles.flatMap(({ priceDrop }, vehicleIndex): TimelineEntry[] =>
    priceDrop ? [{ minutesAgo: priceDrop.minutesAgo, kind: 'REPRICE', vehicleIndex }] : [],
  );
  const steps = negotiations.flatMap((negotiation, negotiationIndex) => {
    let minutesAgo = negotiation.startedMinutesAgo;
    return negotiation.steps.map((step, stepIndex): TimelineEntry => {
      minutesAgo -= step.minutesLater;
      return { minutesAgo, kind: 'STEP', negotiationIndex, stepIndex };
    });
  });
  const archivings = vehicles.flatMap(({ archivedMinutesAgo }, vehicleIndex): TimelineEntry[] =>
    archivedMinutesAgo === null ? [] : [{ minutesAgo: archivedMinutesAgo, kind: 'ARCHIVE', vehicleIndex }],
  );
  // The sort is stable: what falls into one minute stays as it stands here.
  return [...listings, ...drops, ...steps, ...archivings].sort(
    (one, other) => other.minutesAgo - one.minutesAgo,
  );
}

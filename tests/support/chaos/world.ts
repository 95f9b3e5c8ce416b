import type { TestApp } from '../app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../builders.js';
import { listVehicles } from '../listings.js';
import { openRivalsOn } from '../rivals.js';

/** A negotiation that stands open, with the buyer's first offer in it. */
export interface Talk {
  readonly id: string;
  readonly vehicleId: string;
  readonly buyer: Person;
  readonly dealer: DealerPerson;
}

/** A vehicle that nobody negotiates about yet, and who is going to. */
export interface Opening {
  readonly vehicleId: string;
  readonly buyer: Person;
}

/** What is going to happen where. */
export interface World {
  readonly people: readonly Person[];
  readonly chats: readonly Talk[];
  /** Two buyers each about one vehicle. */
  readonly contests: ReadonlyArray<readonly [Talk, Talk]>;
  readonly haggles: readonly Talk[];
  readonly refusals: readonly Talk[];
  readonly openings: readonly Opening[];
}

const DEALERS = 6;
const BUYERS = 16;
/** Buyers who want each message mailed: of mails there are to be many, too. */
const MAILED = 8;
const CHATS = 20;

const WANT_MAILS = `mutation ($input: SetNotificationPreferenceInput!) {
  setNotificationPreference(input: $input) { __typename }
}`;

/** People, vehicles and open negotiations; `plays` of each kind but the chats. */
export async function arrange(app: TestApp, plays: number): Promise<World> {
  const dealers = await Promise.all(times(DEALERS, () => app.build.dealer()));
  const buyers = await Promise.all(times(BUYERS, () => app.build.buyer()));
  for (const { token } of buyers.slice(0, MAILED))
    await app.ok(WANT_MAILS, { input: { kind: 'MESSAGE_RECEIVED', email: true } }, { token });

  const vehicles = await vehiclesOf(app, dealers, CHATS + 4 * plays);
  const buyer = (n: number) => buyers[n % BUYERS] as Person;
  const talks = async (count: number) => {
    const opened: Talk[] = [];
    for (let n = 0; n < count; n++) opened.push(...(await open(app, vehicles.pop(), [buyer(n)])));
    return opened;
  };
  const contests: Array<[Talk, Talk]> = [];
  for (let n = 0; n < plays; n++)
    contests.push((await open(app, vehicles.pop(), [buyer(n), buyer(n + 5)])) as [Talk, Talk]);
  return {
    people: [...dealers, ...buyers],
    chats: await talks(CHATS),
    contests,
    haggles: await talks(plays),
    refusals: await talks(plays),
    openings: times(plays, (n) => ({ vehicleId: (vehicles.pop() as BuiltVehicle).id, buyer: buyer(n) })),
  };
}

/** Of one dealer after the other. */
async function vehiclesOf(app: TestApp, dealers: readonly DealerPerson[], count: number) {
  const each = Math.ceil(count / dealers.length);
  const lists = await Promise.all(dealers.map((dealer) => listVehicles(app, dealer, each)));
  return times(each, (n) => lists.map((list) => list[n] as BuiltVehicle)).flat();
}

async function open(
  app: TestApp,
  vehicle: BuiltVehicle | undefined,
  buyers: readonly Person[],
): Promise<Talk[]> {
  const { id: vehicleId, dealer } = vehicle as BuiltVehicle;
  const [opened = []] = await openRivalsOn(app, [vehicleId], buyers);
  return opened.map(({ negotiationId: id }, n) => ({ id, vehicleId, buyer: buyers[n] as Person, dealer }));
}

export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

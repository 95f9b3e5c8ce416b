import type { Person } from '../builders.js';
import { until } from '../live.js';
import { type Followed, inbox, negotiationEvents, ResumingFollower } from '../resuming.js';
import type { Talk, World } from './world.js';
import type { Sent } from './writers.js';

/** What each stream has come to, by the id of its negotiation or of its reader. */
export type Heads = ReadonlyMap<string, number>;

interface Member {
  readonly stream: string;
  readonly name: string;
  readonly follower: ResumingFollower<unknown>;
}

/** Of what is not resumed, for nobody promises all of it: what was heard, in order. */
export interface Ear {
  /** Whose offers, or which vehicle. */
  readonly of: string;
  readonly heard: string[];
  readonly follower: ResumingFollower<unknown>;
}

interface Seat {
  readonly by: Person;
  readonly stream: string;
  readonly followed: Followed<unknown>;
}

const CONNECT_WITHIN_MS = 60_000;
const LEVEL_WITHIN_MS = 60_000;

/** Everybody who follows something, each on a socket of its own. */
export class Audience {
  readonly members: Member[] = [];
  readonly offers: Ear[] = [];
  readonly vehicles: Ear[] = [];

  /** One in 15 listens to what has no numbers; the others share the streams evenly. */
  constructor(url: string, world: World, count: number) {
    const ears = Math.floor(count / 30);
    for (let n = 0; n < ears; n++) {
      const { buyer } = world.haggles[n % world.haggles.length] as Talk;
      this.offers.push(earOf(url, buyer, buyer.id, offerReceived));
      const { vehicleId } = world.chats[n % world.chats.length] as Talk;
      this.vehicles.push(earOf(url, buyer, vehicleId, vehicleUpdated(vehicleId)));
    }
    const seats = seatsOf(world);
    for (let n = 0; n < count - 2 * ears; n++) {
      const { by, stream, followed } = seats[n % seats.length] as Seat;
      const follower = new ResumingFollower(url, by.token, followed);
      this.members.push({ stream, name: `follower ${n} of ${stream} as ${by.email}`, follower });
    }
  }

  get all(): ResumingFollower<unknown>[] {
    return [...this.members, ...this.offers, ...this.vehicles].map(({ follower }) => follower);
  }

  /** Lines that were broken or closed, so far. */
  get closes(): number {
    return this.all.reduce((sum, { closes }) => sum + closes.length, 0);
  }

  get postponed(): number {
    return this.all.reduce((sum, { postponed }) => sum + postponed, 0);
  }

  /** How long after its answer a mutation had come to each who follows its log; who has not got it yet is left out. */
  delaysMs({ outcome, answeredAt }: Sent): number[] {
    if (typeof outcome === 'string') return [];
    const followers = this.members.filter(({ stream }) => stream === outcome.negotiationId);
    return followers.flatMap(({ follower: { arrivedAt } }) => {
      const at = arrivedAt[outcome.sequence - 1];
      return at === undefined ? [] : Math.max(0, at - answeredAt);
    });
  }

  /** Waits until each has a line, and has come as far as its stream had. */
  async level(heads: Heads): Promise<void> {
    const { all } = this;
    await until('all to be connected', () => all.every(({ isConnected }) => isConnected), CONNECT_WITHIN_MS);
    const isLevel = () =>
      this.members.every(({ stream, follower }) => follower.seen.length >= (heads.get(stream) ?? 0));
    await until('all to be level', isLevel, LEVEL_WITHIN_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.faults(heads).join('\n')}`);
    });
  }

  /** Who has not exactly 1..n of its stream, and where it goes wrong. */
  faults(heads: Heads): string[] {
    return this.members.flatMap((member) => faultOf(member, heads.get(member.stream) ?? 0) ?? []);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((follower) => follower.close()));
  }
}

function faultOf({ name, follower: { seen, refusal } }: Member, n: number): string | null {
  if (refusal) return `${name} was refused: ${JSON.stringify(refusal)}`;
  const wrong = seen.findIndex((sequence, index) => sequence !== index + 1);
  if (wrong >= 0) return `${name}: expected ${wrong + 1}, got ${seen.slice(wrong, wrong + 3).join()}`;
  return seen.length === n ? null : `${name}: has 1..${seen.length}, expected 1..${n}`;
}

function seatsOf({ people, chats, contests, haggles, refusals }: World): Seat[] {
  const logs = [...chats, ...contests.flat(), ...haggles, ...refusals].flatMap(({ id, buyer, dealer }) =>
    [buyer, dealer].map((by): Seat => ({ by, stream: id, followed: negotiationEvents(id) })),
  );
  const inboxes = people.map((by): Seat => ({ by, stream: by.id, followed: inbox }));
  // However few there are, some of them follow inboxes.
  return [...inboxes, ...logs];
}

function earOf(
  url: string,
  { token }: Person,
  of: string,
  listened: { query: string; variables: Record<string, unknown>; told: (result: never) => string },
): Ear {
  const heard: string[] = [];
  const { query, variables, told } = listened;
  const sequenceOf = (result: unknown) => heard.push(told(result as never));
  return { of, heard, follower: new ResumingFollower(url, token, { query, variables, sequenceOf }) };
}

const offerReceived = {
  query: 'subscription { offerReceived { id } }',
  variables: {},
  told: ({ offerReceived: { id } }: { offerReceived: { id: string } }) => id,
};

const vehicleUpdated = (vehicleId: string) => ({
  query: 'subscription ($vehicleId: ID!) { vehicleUpdated(vehicleId: $vehicleId) { mileage } }',
  variables: { vehicleId },
  told: ({ vehicleUpdated: { mileage } }: { vehicleUpdated: { mileage: number } }) => `${mileage}`,
});

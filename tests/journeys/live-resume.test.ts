import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/app/config.js';
import type { Bus } from '../../src/kernel/ports.js';
import {
  NegotiationByIdDocument,
  NegotiationEventsDocument,
  type NegotiationEventsSubscription,
  NotificationReceivedDocument,
  type NotificationReceivedSubscription,
  NotificationsDocument,
} from '../generated/operations.js';
import { databaseKinds, type TestApp, type TypedDocument, testSecret, useApp } from '../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../support/builders.js';
import { followedStreams, LiveClient, LossyBus, pause, until, upTo } from '../support/live.js';
import { often } from '../support/thorough.js';

/** The writers' mutations answer with as little as they can: the answers are not what this is about. */
const mutationOf = (field: string, Input: string, answer = '__typename') =>
  `mutation ($input: ${Input}!) { ${field}(input: $input) { ${answer} } }`;
const SUBMIT = mutationOf('submitOffer', 'SubmitOfferInput');
const START = mutationOf('startNegotiation', 'StartNegotiationInput', 'negotiation { id }');
const CANCEL = mutationOf('cancelNegotiation', 'CancelNegotiationInput');
const REJECT = mutationOf('rejectNegotiation', 'RejectNegotiationInput');

interface Streams {
  readonly inbox: TypedDocument<NotificationReceivedSubscription, { after?: number | null }> | string;
  readonly log: TypedDocument<NegotiationEventsSubscription, { negotiationId: string }> | string;
}

/** All that a client would show of an event, read while the next ones are written. */
const whole: Streams = { inbox: NotificationReceivedDocument, log: NegotiationEventsDocument };

/** Which one came, and no more: what it says costs ten times its delivery, and there are thousands. */
const numbersAlone: Streams = {
  inbox: 'subscription ($after: Int) { notificationReceived(after: $after) { sequence } }',
  log: `subscription ($negotiationId: ID!, $after: Int) {
    negotiationEvents(negotiationId: $negotiationId, after: $after) { sequence }
  }`,
};

const EVENTS = often(500, 80);
const CUTS = often(50, 10);

/** About 5 s on a machine of its own; the rest is for one that is shared. */
const TIMEOUT_MS = 120_000;

/** Long logs need many offers: their limit is not what this is about. */
const { policy } = readConfig({ NODE_ENV: 'test', JWT_SECRETS: `test:${testSecret}` });
const config = { headPollMs: 100, policy: { ...policy, offersPerVehicle: 10_000 } };

/** Somebody's streams, followed over a line that breaks again and again; each is resumed with what came last. */
class Reader {
  readonly inbox: number[] = [];
  readonly logs = new Map<string, number[]>();
  readonly refusals: unknown[] = [];
  connections = 0;
  private client: LiveClient | null = null;

  constructor(
    private readonly app: TestApp,
    private readonly person: Person,
    negotiations: readonly BuiltNegotiation[],
    private readonly streams: Streams,
  ) {
    for (const { id } of negotiations) this.logs.set(id, []);
  }

  connect(): void {
    this.connections++;
    this.client = new LiveClient(this.app, this.person.token);
    const after = this.inbox.at(-1) ?? 0;
    this.follow(this.streams.inbox, { after }, (result) =>
      this.inbox.push(result.notificationReceived.sequence),
    );
    for (const [negotiationId, seen] of this.logs) {
      const variables = { negotiationId, after: seen.at(-1) ?? 0 };
      this.follow(this.streams.log, variables, (result) => seen.push(result.negotiationEvents.sequence));
    }
  }

  private follow<R, V extends object>(
    document: TypedDocument<R, V> | string,
    variables: V,
    onResult: (r: R) => void,
  ) {
    this.client?.follow(document, variables, onResult, (errors) => this.refusals.push(errors));
  }

  cut(): void {
    this.client?.cut();
  }

  async close(): Promise<void> {
    await this.client?.close();
  }
}

const cents = (amount: number) => (amount / 100).toFixed(2);

/** Four writers at once, two of them on one negotiation and racing for the turn in it. */
class Writers {
  written = 0;
  isOver = false;

  constructor(
    private readonly app: TestApp,
    private readonly dealer: DealerPerson,
  ) {}

  get isDone(): boolean {
    return this.written >= EVENTS;
  }

  async run(raced: BuiltNegotiation, steady: BuiltNegotiation, other: BuiltNegotiation): Promise<void> {
    const all = Promise.all([
      this.race(raced, raced.buyer, 10_000_00, 1),
      this.race(raced, this.dealer, 20_000_00, -1),
      this.alternate(steady),
      this.startAndEnd(other),
    ]);
    await all.finally(() => {
      this.isOver = true;
    });
  }

  /** Offers whenever it can; where it is the other side's turn it is refused, and tries again. */
  private async race({ id }: BuiltNegotiation, person: Person, from: number, step: number): Promise<void> {
    for (let amount = from + step; !this.isDone; ) {
      const input = { negotiationId: id, amount: cents(amount) };
      const response = await this.app.request(SUBMIT, { input }, person);
      if (!response.errors) {
        this.written++;
        amount += step;
      } else if (this.app.errorOf(response).code !== 'NOT_YOUR_TURN') {
        throw new Error(JSON.stringify(response.errors));
      }
      await pause(12);
    }
  }

  private async alternate({ id, buyer }: BuiltNegotiation): Promise<void> {
    for (let n = 1; !this.isDone; n++) {
      await this.write(SUBMIT, { negotiationId: id, amount: cents(20_000_00 - n) }, this.dealer);
      await this.write(SUBMIT, { negotiationId: id, amount: cents(10_000_00 + n) }, buyer);
    }
  }

  private async startAndEnd({ id, vehicle, buyer }: BuiltNegotiation): Promise<void> {
    let negotiationId = id;
    for (let n = 0; !this.isDone; n++) {
      if (n % 2) await this.write(REJECT, { negotiationId }, this.dealer);
      else await this.write(CANCEL, { negotiationId }, buyer);
      const input = { vehicleId: vehicle.id, amount: '15000.00' };
      const { startNegotiation } = await this.write<{ startNegotiation: { negotiation: { id: string } } }>(
        START,
        input,
        buyer,
      );
      negotiationId = startNegotiation.negotiation.id;
    }
  }

  private async write<Result>(mutation: string, input: object, person: Person): Promise<Result> {
    const result = await this.app.ok<Result, object>(mutation, { input }, person);
    this.written++;
    return result;
  }
}

async function setTheScene(app: TestApp) {
  const dealer = await app.build.dealer();
  const negotiations: BuiltNegotiation[] = [];
  for (let n = 0; n < 3; n++) {
    const vehicle = await app.build.vehicle(dealer);
    negotiations.push(await app.build.negotiation({ vehicle, amount: '10000.00' }));
  }
  return { dealer, negotiations: negotiations as [BuiltNegotiation, BuiltNegotiation, BuiltNegotiation] };
}

/** Cuts the line at random moments of the writing, now and then before the handshake is through. */
async function cutAgainAndAgain(reader: Reader, writers: Writers): Promise<void> {
  const moments = Array.from({ length: CUTS }, () => Math.random() * EVENTS).sort((a, b) => a - b);
  for (const moment of moments) {
    reader.connect();
    while (writers.written < moment && !writers.isOver) await pause(3);
    reader.cut();
    await pause(Math.random() * 20);
  }
  reader.connect();
}

async function lastSequences(app: TestApp, person: Person, ids: readonly string[]) {
  const { notifications } = await app.ok(NotificationsDocument, { first: 1 }, person);
  const logs = new Map<string, number>();
  for (const id of ids) {
    const { negotiation } = await app.ok(NegotiationByIdDocument, { id }, person);
    logs.set(id, negotiation?.lastSequence ?? 0);
  }
  return { inbox: notifications.nodes[0]?.sequence ?? 0, logs };
}

/** Exactly 1..n of each stream, once everything has come. */
async function expectAllOf(app: TestApp, person: Person, reader: Reader): Promise<void> {
  const last = await lastSequences(app, person, [...reader.logs.keys()]);
  await until('the end of every stream', () =>
    [
      reader.inbox.at(-1) === last.inbox,
      ...[...reader.logs].map(([id, seen]) => seen.at(-1) === last.logs.get(id)),
    ].every(Boolean),
  );
  // What came twice would come now.
  await pause(50);
  expect(reader.refusals).toEqual([]);
  expect(reader.inbox).toEqual(upTo(last.inbox));
  for (const [id, seen] of reader.logs) expect(seen).toEqual(upTo(last.logs.get(id) as number));
}

const buses: Array<[string, () => Bus | undefined]> = [
  ['a bus that works', () => undefined],
  ['a bus that loses half and doubles others', () => new LossyBus()],
];

describe.each(databaseKinds)('live delivery on %s', (kind) => {
  describe.each(buses)('with %s', (_which, makeBus) => {
    const bus = makeBus();
    const app = useApp(kind, { config, ...(bus ? { adapters: { bus } } : {}) });

    it(
      `gives a reader who is cut off ${CUTS} times each of ${EVENTS} events once and in order`,
      async () => {
        const { dealer, negotiations } = await setTheScene(app);
        const [raced] = negotiations;
        const steady = new Reader(app, raced.buyer, [raced], whole);
        const broken = new Reader(app, dealer, negotiations, numbersAlone);
        const writers = new Writers(app, dealer);
        steady.connect();
        await Promise.all([cutAgainAndAgain(broken, writers), writers.run(...negotiations)]);
        expect(writers.written).toBeGreaterThanOrEqual(EVENTS);
        expect(broken.connections).toBe(CUTS + 1);
        await expectAllOf(app, dealer, broken);
        await expectAllOf(app, raced.buyer, steady);
        await broken.close();
        await steady.close();
        await until('nobody follows', () => followedStreams(app) === 0);
        if (bus instanceof LossyBus) expect(bus.lost).toBeGreaterThan(bus.published / 4);
      },
      TIMEOUT_MS,
    );
  });
});

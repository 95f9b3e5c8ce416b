import { beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/kernel/ports.js';
import { MarkNegotiationReadDocument, NegotiationEventsDocument } from '../generated/operations.js';
import { databaseKinds, testLog, useApp } from '../support/app.js';
import type { DealerPerson, Person } from '../support/builders.js';
import { DAY, HOUR } from '../support/clock.js';
import { type Ledger, ledgerOf } from '../support/ledger.js';
import { listVehicles } from '../support/listings.js';
import { until, upTo, useLive } from '../support/live.js';
import { type Moved, move, sweep, tally } from '../support/moves.js';
import { expectSound } from '../support/replay.js';
import { type Opened, openRivalsOn } from '../support/rivals.js';
import { often } from '../support/thorough.js';

const ROUNDS = often(20, 3);

/** What was tried again: a message that makes others wait in a circle would be, and nobody else would notice. */
const retries: string[] = [];
const log: Logger = {
  ...testLog,
  warn: (details, message) => {
    if (message === 'transaction tried again') retries.push(JSON.stringify(details));
    testLog.warn(details, message);
  },
};

describe.each(databaseKinds)('messages against everything else on %s', (kind) => {
  const app = useApp(kind, { config: { accessTokenTtlMs: 20 * DAY }, adapters: { log } });
  const live = useLive(app);
  let dealer: DealerPerson;
  let buyer: Person;
  let rival: Person;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    [buyer, rival] = await Promise.all([app.build.buyer(), app.build.buyer()]);
  });

  const say = (who: Person, { negotiationId }: Opened, body = 'Hello') =>
    move(app, who, 'sendMessage', { negotiationId, body });
  const read = (who: Person, { negotiationId }: Opened, sequence: number) =>
    app.request(MarkNegotiationReadDocument, { input: { negotiationId, sequence } }, who);

  async function rounds(
    rivals: readonly Person[],
    race: (opened: readonly Opened[], number: number) => Promise<void>,
    count = ROUNDS,
  ): Promise<Ledger> {
    const ids = (await listVehicles(app, dealer, count)).map(({ id }) => id);
    const opened = await openRivalsOn(app, ids, rivals);
    retries.length = 0;
    for (const [index, those] of opened.entries()) await race(those, index);
    expect(retries).toEqual([]);
    const ledger = await ledgerOf(app, ids);
    expectSound(ledger);
    return ledger;
  }

  /** Starts all at once; which of them is first to start changes from round to round. */
  async function atOnce<T>(number: number, racers: ReadonlyArray<() => Promise<T>>): Promise<T[]> {
    const order = racers.map((_, i) => (i + number) % racers.length);
    const results: T[] = [];
    await Promise.all(
      order.map(async (i) => {
        results[i] = await (racers[i] as () => Promise<T>)();
      }),
    );
    return results;
  }

  /** Each message is in the log before its end, or was refused as coming after it. */
  function expectBefore(ending: string, messages: readonly Moved[], ledger: Ledger, refusal: string): void {
    const negotiationIds = new Set(ledger.negotiations.map(({ id }) => id));
    for (const { code, negotiationId, sequence } of messages) {
      if (code !== 'OK') {
        expect(code).toBe(refusal);
        continue;
      }
      expect(negotiationIds).toContain(negotiationId);
      const end = ledger.events.find((e) => e.negotiationId === negotiationId && e.kind === ending);
      expect(end?.sequence).toBeGreaterThan(sequence as number);
    }
    const stored = ledger.events.filter((event) => event.kind === 'MESSAGE_SENT');
    expect(stored).toHaveLength(messages.filter(({ code }) => code === 'OK').length);
  }

  it('come before a cancellation, or not at all', async () => {
    const messages: Moved[] = [];
    const ledger = await rounds([buyer], async ([opened], number) => {
      const [cancelled, ...said] = await atOnce(number, [
        () => move(app, buyer, 'cancelNegotiation', { negotiationId: (opened as Opened).negotiationId }),
        () => say(dealer, opened as Opened),
        () => say(buyer, opened as Opened),
        () => say(dealer, opened as Opened),
      ]);
      expect(cancelled?.code).toBe('OK');
      messages.push(...said);
    });
    expectBefore('NEGOTIATION_CANCELLED', messages, ledger, 'NEGOTIATION_ENDED');
  }, 60_000);

  it("come before a rival's agreement, or not at all; the winner's always come", async () => {
    const losers: Moved[] = [];
    const winners: string[] = [];
    const ledger = await rounds([buyer, rival], async ([won, lost], number) => {
      const { negotiationId, offerId } = won as Opened;
      const [accepted, chat, ...said] = await atOnce(number, [
        () => move(app, dealer, 'acceptOffer', { negotiationId, offerId }),
        () => say(buyer, won as Opened),
        () => say(rival, lost as Opened),
        () => say(dealer, lost as Opened),
      ]);
      expect([accepted?.code, chat?.code]).toEqual(['OK', 'OK']);
      winners.push(negotiationId);
      losers.push(...said);
    });
    const won = new Set(winners);
    const events = ledger.events.filter((event) => !won.has(event.negotiationId));
    expectBefore('NEGOTIATION_CLOSED', losers, { ...ledger, events }, 'NEGOTIATION_ENDED');
  }, 60_000);

  it('come before the offer lapses, or not at all', async () => {
    const ids = (await listVehicles(app, dealer, ROUNDS)).map(({ id }) => id);
    const opened = (await openRivalsOn(app, ids, [buyer])).flat();
    const inTime: Moved[] = [];
    let swept: Promise<unknown> = Promise.resolve();
    const many = [...opened, ...opened, ...opened, ...opened].map(async (one, index) => {
      const moved = await say(index % 2 ? buyer : dealer, one);
      if (moved.code === 'OK') inTime.push(moved);
      // The time is up while the others are under way: some have locked already, some have not.
      if (inTime.length === ROUNDS && moved.code === 'OK') {
        app.clock.advance(48 * HOUR);
        swept = sweep(app);
      }
      return moved;
    });
    const early = await Promise.all(many);
    const late = await Promise.all(opened.map((one) => say(buyer, one)));
    const moves = [...early, ...late];
    await swept;
    await sweep(app);
    const ledger = await ledgerOf(app, ids);
    expectSound(ledger);
    expect(tally(late)).toEqual({ OFFER_EXPIRED: ROUNDS });
    expect(ledger.negotiations.map(({ status }) => status)).toEqual(ids.map(() => 'EXPIRED'));
    expectBefore('NEGOTIATION_EXPIRED', moves, ledger, 'OFFER_EXPIRED');
  }, 60_000);

  it('make nobody wait in a circle: two negotiations of one vehicle, and its price', async () => {
    await rounds([buyer, rival], async ([one, two], number) => {
      const { negotiationId } = one as Opened;
      const [countered, ...said] = await atOnce(number, [
        () => move(app, dealer, 'submitOffer', { negotiationId, amount: '18000' }),
        () => say(buyer, one as Opened),
        () => say(dealer, one as Opened),
        () => say(rival, two as Opened),
        () => say(dealer, two as Opened),
        async () => {
          await read(dealer, one as Opened, 1);
          return { code: 'OK' };
        },
      ]);
      expect(countered?.code).toBe('OK');
      expect(tally(said)).toEqual({ OK: 5 });
    });
  }, 60_000);

  it('come 20 at once from both sides, to everybody in one order, cut lines included', async () => {
    const { id: negotiationId } = await app.build.negotiation({
      buyer,
      vehicle: await app.build.vehicle(dealer),
    });
    const opened = { negotiationId } as Opened;
    const whole = [
      await live.follow(buyer, NegotiationEventsDocument, { negotiationId, after: 0 }),
      await live.follow(dealer, NegotiationEventsDocument, { negotiationId, after: 0 }),
    ];
    const cut = live.client(buyer);
    const before = cut.follow(NegotiationEventsDocument, { negotiationId, after: 0 }, () => {
      if (before.results.length === 5) cut.cut();
    });
    const bodies = upTo(20).map((n) => `Message ${n}`);
    const moves = await Promise.all([
      ...bodies.map((body, i) => say(i % 2 ? buyer : dealer, opened, body)),
      ...[1, 1, 2].map((sequence) => read(dealer, opened, sequence)),
    ]).then((all) => all.slice(0, 20) as Moved[]);
    expect(moves.map(({ sequence }) => sequence as number).sort((a, b) => a - b)).toEqual(
      upTo(20).map((n) => n + 1),
    );
    await until('the line to be cut', () => before.results.length === 5);
    const after = before.results.at(-1)?.negotiationEvents.sequence as number;
    const resumed = live.client(buyer).follow(NegotiationEventsDocument, { negotiationId, after });

    const [ofBuyer, ofDealer] = await Promise.all(whole.map((following) => following.take(21)));
    expect(ofBuyer?.map((result) => result.negotiationEvents.sequence)).toEqual(upTo(21));
    expect(ofDealer).toEqual(ofBuyer);
    expect([...before.results, ...(await resumed.take(16))]).toEqual(ofBuyer);
    expect(new Set(ofBuyer?.slice(1).map((result) => result.negotiationEvents.message))).toEqual(
      new Set(bodies),
    );
    expectSound(await ledgerOf(app));
  }, 60_000);

  it('leave the count of what is unread right, however both sides read meanwhile', async () => {
    const ledger = await rounds(
      [buyer],
      async ([one], number) => {
        const opened = one as Opened;
        const racers = upTo(4).flatMap((n) => [
          () => say(buyer, opened),
          () => say(dealer, opened),
          () => read(dealer, opened, n),
          () => read(buyer, opened, n),
          () => read(dealer, opened, 1),
        ]);
        await atOnce<unknown>(number, racers);
        await Promise.all([read(dealer, opened, 6), read(dealer, opened, 7), read(dealer, opened, 7)]);
      },
      Math.ceil(ROUNDS / 2),
    );
    for (const negotiation of ledger.negotiations)
      expect(negotiation).toMatchObject({ lastSequence: 9, dealerReadSequence: 7 });
  }, 60_000);
});

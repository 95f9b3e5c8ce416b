import { beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/kernel/ports.js';
import { databaseKinds, testLog, useApp } from '../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../support/builders.js';
import { type Ledger, ledgerOf } from '../support/ledger.js';
import { listVehicles } from '../support/listings.js';
import { move, moveVehicle, tally } from '../support/moves.js';
import { expectSound } from '../support/replay.js';
import { type Opened, openRivalsOn } from '../support/rivals.js';
import { often } from '../support/thorough.js';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? often(30, 4));
const BUYERS = 8;

interface Round {
  readonly vehicle: BuiltVehicle;
  readonly opened: readonly Opened[];
  readonly number: number;
}

describe.each(databaseKinds)("races of the dealer's rules on %s", (kind) => {
  /** A deadlock is tried again and then looks like any other answer: here it must not happen at all. */
  const triedAgain: object[] = [];
  const log: Logger = {
    ...testLog,
    warn: (details, message) => {
      if (message === 'transaction tried again') triedAgain.push(details);
      testLog.warn(details, message);
    },
  };
  const app = useApp(kind, { adapters: { log } });
  let dealer: DealerPerson;
  let buyers: Person[];

  beforeAll(async () => {
    dealer = await app.build.dealer();
    buyers = await Promise.all(Array.from({ length: BUYERS }, () => app.build.buyer()));
  });

  /**
   * Each round on a vehicle for 20,000 of its own, whose offers of 18,000 and more are accepted, with what `rivals` have
   * opened about it at 15,000. Whatever happened, it is sound, and no transaction had to be tried again.
   */
  async function rounds(rivals: readonly Person[], race: (round: Round) => Promise<void>): Promise<Ledger> {
    const vehicles = await listVehicles(app, dealer, ROUNDS);
    const ids = vehicles.map(({ id }) => id);
    const marks = ids.map(() => '?').join(', ');
    await app.orm.em
      .fork()
      .getConnection()
      .execute(`update vehicles set auto_accept_at = 1800000 where id in (${marks})`, ids);
    const opened = await openRivalsOn(app, ids, rivals);
    for (const [index, vehicle] of vehicles.entries())
      await race({ vehicle, opened: opened[index] as Opened[], number: index + 1 });
    const ledger = await ledgerOf(app, ids);
    expectSound(ledger);
    expect(triedAgain).toEqual([]);
    return ledger;
  }

  const start = (who: Person, vehicle: BuiltVehicle, amount = '18000', more: object = {}) =>
    move(app, who, 'startNegotiation', { vehicleId: vehicle.id, amount, ...more });

  /** Runs both at once, every second time the other way round, and tells their codes in the order given. */
  async function against(
    number: number,
    ...racers: Array<() => Promise<string>>
  ): Promise<[first: string, second: string]> {
    if (number % 2) racers.reverse();
    const codes = await Promise.all(racers.map((race) => race()));
    if (number % 2) codes.reverse();
    return codes as [string, string];
  }

  const sold = (ledger: Ledger) => ledger.negotiations.filter(({ status }) => status === 'ACCEPTED').length;

  it('accept one of eight first offers that come at once', async () => {
    const ledger = await rounds([], async ({ vehicle }) => {
      const moves = await Promise.all(buyers.map((buyer) => start(buyer, vehicle)));
      expect(tally(moves)).toEqual({ OK: 1, VEHICLE_UNAVAILABLE: BUYERS - 1 });
    });
    expect(sold(ledger)).toBe(ROUNDS);
    expect(ledger.offers.every(({ resolvedBy }) => resolvedBy === 'RULE')).toBe(true);
  }, 60_000);

  it('accept one of several later offers that come at once, and close the others', async () => {
    const ledger = await rounds(buyers.slice(0, 4), async ({ opened }) => {
      for (const { negotiationId } of opened)
        await move(app, dealer, 'submitOffer', { negotiationId, amount: '19500' });
      const moves = await Promise.all(
        opened.map(({ negotiationId }, index) =>
          move(app, buyers[index] as Person, 'submitOffer', { negotiationId, amount: '19000' }),
        ),
      );
      expect(tally(moves)).toEqual({ OK: 1, NEGOTIATION_ENDED: 3 });
    });
    expect(sold(ledger)).toBe(ROUNDS);
  }, 60_000);

  it("either accept a newcomer's offer or leave the vehicle to the rival whom the dealer accepts", async () => {
    const [rival, newcomer] = buyers as [Person, Person];
    const ledger = await rounds([rival], async ({ vehicle, opened: [opened], number }) => {
      const { negotiationId, offerId } = opened as Opened;
      const codes = await against(
        number,
        async () => (await move(app, dealer, 'acceptOffer', { negotiationId, offerId })).code,
        async () => (await start(newcomer, vehicle)).code,
      );
      expect([
        ['OK', 'VEHICLE_UNAVAILABLE'],
        ['NEGOTIATION_ENDED', 'OK'],
      ]).toContainEqual(codes);
    });
    expect(sold(ledger)).toBe(ROUNDS);
  }, 60_000);

  it('either accept or find the vehicle archived', async () => {
    await rounds(buyers.slice(1, 3), async ({ vehicle, number }) => {
      const codes = await against(
        number,
        () => moveVehicle(app, dealer, 'archiveVehicle', { id: vehicle.id }),
        async () => (await start(buyers[0] as Person, vehicle)).code,
      );
      expect([
        ['OK', 'VEHICLE_UNAVAILABLE'],
        ['CONFLICT', 'OK'],
      ]).toContainEqual(codes);
    });
  }, 60_000);

  it('are those of before a change or those of after it', async () => {
    const ledger = await rounds([], async ({ vehicle, number }) => {
      const codes = await against(
        number,
        () => moveVehicle(app, dealer, 'updateVehicle', { id: vehicle.id, autoAcceptAt: null }),
        async () => (await start(buyers[0] as Person, vehicle)).code,
      );
      expect(codes).toEqual(['OK', 'OK']);
    });
    for (const { status, autoAcceptAt } of ledger.vehicles) {
      expect(['ACTIVE', 'PENDING']).toContain(status);
      expect(autoAcceptAt).toBeNull();
    }
  }, 60_000);

  it('accept at the price of before a change, or the price is changed first', async () => {
    const changes = { askingPrice: '17000', autoAcceptAt: '16500' };
    await rounds([], async ({ vehicle, number }) => {
      const codes = await against(
        number,
        () => moveVehicle(app, dealer, 'updateVehicle', { id: vehicle.id, ...changes }),
        async () => (await start(buyers[0] as Person, vehicle, '18500')).code,
      );
      expect([
        ['OK', 'OFFER_OUT_OF_BOUNDS'],
        ['VEHICLE_UNAVAILABLE', 'OK'],
      ]).toContainEqual(codes);
    });
  }, 60_000);

  it('answer eight calls with one clientMutationId alike, and once', async () => {
    const ledger = await rounds([], async ({ vehicle, number }) => {
      const more = { clientMutationId: `rules-${number}` };
      const calls = Array.from({ length: BUYERS }, () => start(buyers[0] as Person, vehicle, '18000', more));
      const moves = await Promise.all(calls);
      expect(moves[0]).toMatchObject({ code: 'OK', sequence: 1 });
      expect(new Set(moves.map((moved) => JSON.stringify(moved))).size).toBe(1);
    });
    expect(ledger.offers).toHaveLength(ROUNDS);
  }, 60_000);
});

import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../support/builders.js';
import { ledgerOf } from '../support/ledger.js';
import { move, moveVehicle, tally } from '../support/moves.js';
import { expectSound } from '../support/replay.js';
import { type Opened, openRivals } from '../support/rivals.js';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 50);
/** For the races of two, which the first two of them vary. */
const FEW_ROUNDS = Math.ceil(ROUNDS / 4);
const RIVALS = 16;

describe.each(databaseKinds)('races on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let buyers: Person[];
  let buyer: Person;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    buyers = await Promise.all(Array.from({ length: RIVALS }, () => app.build.buyer()));
    buyer = buyers[0] as Person;
  });

  /** Each round on a vehicle of its own, which ends in a sound state. */
  async function rounds(
    race: (vehicle: BuiltVehicle, round: number) => Promise<void>,
    count = ROUNDS,
  ): Promise<void> {
    for (let round = 1; round <= count; round++) {
      const vehicle = await app.build.vehicle(dealer);
      await race(vehicle, round);
      // Its outcome is asserted in each round; that its log replays to its state, in some.
      if (round % 5 === 0) expectSound(await ledgerOf(app, [vehicle.id]));
    }
  }

  const times = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));

  const open = async (vehicle: BuiltVehicle) => (await openRivals(app, vehicle.id, [buyer]))[0] as Opened;

  const accept = (who: Person, { negotiationId, offerId }: Opened) =>
    move(app, who, 'acceptOffer', { negotiationId, offerId });

  const statuses = async (vehicle: BuiltVehicle) => {
    const { vehicles, negotiations } = await ledgerOf(app, [vehicle.id]);
    return { vehicle: vehicles[0]?.status, negotiations: negotiations.map((n) => n.status).sort() };
  };

  it('accepts one of 16 rivals at once and refuses 15', async () => {
    await rounds(async (vehicle) => {
      const rivals = await openRivals(app, vehicle.id, buyers);
      const moves = await Promise.all(rivals.map((rival) => accept(dealer, rival)));
      expect(tally(moves)).toEqual({ OK: 1, NEGOTIATION_ENDED: RIVALS - 1 });
      expect(await statuses(vehicle)).toEqual({
        vehicle: 'PENDING',
        negotiations: ['ACCEPTED', ...times(RIVALS - 1, () => 'CLOSED')],
      });
    });
  }, 120_000);

  it('either accepts or cancels, never both', async () => {
    await rounds(async (vehicle, round) => {
      const opened = await open(vehicle);
      const racers = [
        () => accept(dealer, opened),
        () => move(app, buyer, 'cancelNegotiation', { negotiationId: opened.negotiationId }),
      ];
      if (round % 2) racers.reverse();
      const moves = await Promise.all(racers.map((race) => race()));
      expect(tally(moves)).toEqual({ OK: 1, NEGOTIATION_ENDED: 1 });
    });
  }, 120_000);

  it('opens one negotiation of 16 first offers by one buyer', async () => {
    await rounds(async (vehicle) => {
      const input = { vehicleId: vehicle.id, amount: '15000' };
      const moves = await Promise.all(times(RIVALS, () => move(app, buyer, 'startNegotiation', input)));
      expect(tally(moves)).toEqual({ OK: 1, ALREADY_NEGOTIATING: RIVALS - 1 });
      expect((await ledgerOf(app, [vehicle.id])).offers).toHaveLength(1);
    });
  }, 120_000);

  it('answers 16 calls with one clientMutationId alike and makes one offer', async () => {
    await rounds(async (vehicle, round) => {
      const input = { vehicleId: vehicle.id, amount: '15000', clientMutationId: `round-${round}` };
      const moves = await Promise.all(times(RIVALS, () => move(app, buyer, 'startNegotiation', input)));
      expect(moves[0]).toMatchObject({ code: 'OK', sequence: 1 });
      expect(new Set(moves.map((moved) => JSON.stringify(moved))).size).toBe(1);
      expect((await ledgerOf(app, [vehicle.id])).offers).toHaveLength(1);
    });
  }, 120_000);

  it('either accepts or archives the vehicle, never both', async () => {
    await rounds(async (vehicle, round) => {
      const opened = await open(vehicle);
      const racers = [
        async () => (await accept(dealer, opened)).code,
        () => moveVehicle(app, dealer, 'archiveVehicle', { id: vehicle.id }),
      ];
      if (round % 2) racers.reverse();
      const codes = await Promise.all(racers.map((race) => race()));
      if (round % 2) codes.reverse();
      expect([
        ['OK', 'CONFLICT'],
        ['NEGOTIATION_ENDED', 'OK'],
      ]).toContainEqual(codes);
    }, FEW_ROUNDS);
  }, 120_000);

  it('takes one of two counter-offers that have seen the same log', async () => {
    await rounds(async (vehicle) => {
      const { negotiationId, sequence: expectedSequence } = await open(vehicle);
      const moves = await Promise.all(
        ['19000', '18000'].map((amount) =>
          move(app, dealer, 'submitOffer', { negotiationId, amount, expectedSequence }),
        ),
      );
      expect(tally(moves)).toEqual({ OK: 1, CONFLICT: 1 });
    }, FEW_ROUNDS);
  }, 120_000);
});

import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../support/builders.js';
import { type Ledger, ledgerOf } from '../support/ledger.js';
import { listVehicles } from '../support/listings.js';
import { move, moveVehicle, tally } from '../support/moves.js';
import { expectSound } from '../support/replay.js';
import { type Opened, openRivalsOn } from '../support/rivals.js';
import { often } from '../support/thorough.js';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? often(50, 5));
/** For the races of two, which the first two of them vary. */
const FEW_ROUNDS = Math.ceil(ROUNDS / 4);
const RIVALS = 16;

interface Round {
  readonly vehicle: BuiltVehicle;
  readonly opened: readonly Opened[];
  readonly number: number;
}

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

  /** Each round on a vehicle of its own, with what `rivals` have opened about it. Returns what each has left behind. */
  async function rounds(
    { count = ROUNDS, rivals = [] }: { count?: number; rivals?: readonly Person[] },
    race: (round: Round) => Promise<void>,
  ): Promise<Ledger[]> {
    const vehicles = await listVehicles(app, dealer, count);
    const ids = vehicles.map(({ id }) => id);
    const opened = await openRivalsOn(app, ids, rivals);
    for (const [index, vehicle] of vehicles.entries())
      await race({ vehicle, opened: opened[index] as Opened[], number: index + 1 });
    const ledger = await ledgerOf(app, ids);
    expectSound(ledger);
    return ids.map((id) => ledgerAbout(ledger, id));
  }

  const times = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));

  const accept = (who: Person, { negotiationId, offerId }: Opened) =>
    move(app, who, 'acceptOffer', { negotiationId, offerId });

  it('accepts one of 16 rivals at once and refuses 15', async () => {
    const stored = await rounds({ rivals: buyers }, async ({ opened }) => {
      const moves = await Promise.all(opened.map((rival) => accept(dealer, rival)));
      expect(tally(moves)).toEqual({ OK: 1, NEGOTIATION_ENDED: RIVALS - 1 });
    });
    for (const { vehicles, negotiations } of stored) {
      expect(vehicles).toMatchObject([{ status: 'PENDING' }]);
      expect(negotiations.map(({ status }) => status).sort()).toEqual([
        'ACCEPTED',
        ...times(RIVALS - 1, () => 'CLOSED'),
      ]);
    }
  }, 120_000);

  it('either accepts or cancels, never both', async () => {
    await rounds({ rivals: [buyer] }, async ({ opened: [opened], number }) => {
      const { negotiationId } = opened as Opened;
      const racers = [
        () => accept(dealer, opened as Opened),
        () => move(app, buyer, 'cancelNegotiation', { negotiationId }),
      ];
      if (number % 2) racers.reverse();
      const moves = await Promise.all(racers.map((race) => race()));
      expect(tally(moves)).toEqual({ OK: 1, NEGOTIATION_ENDED: 1 });
    });
  }, 120_000);

  it('opens one negotiation of 16 first offers by one buyer', async () => {
    const stored = await rounds({}, async ({ vehicle }) => {
      const input = { vehicleId: vehicle.id, amount: '15000' };
      const moves = await Promise.all(times(RIVALS, () => move(app, buyer, 'startNegotiation', input)));
      expect(tally(moves)).toEqual({ OK: 1, ALREADY_NEGOTIATING: RIVALS - 1 });
    });
    for (const { offers } of stored) expect(offers).toHaveLength(1);
  }, 120_000);

  it('answers 16 calls with one clientMutationId alike and makes one offer', async () => {
    const stored = await rounds({}, async ({ vehicle, number }) => {
      const input = { vehicleId: vehicle.id, amount: '15000', clientMutationId: `round-${number}` };
      const moves = await Promise.all(times(RIVALS, () => move(app, buyer, 'startNegotiation', input)));
      expect(moves[0]).toMatchObject({ code: 'OK', sequence: 1 });
      expect(new Set(moves.map((moved) => JSON.stringify(moved))).size).toBe(1);
    });
    for (const { offers } of stored) expect(offers).toHaveLength(1);
  }, 120_000);

  it('either accepts or archives the vehicle, never both', async () => {
    await rounds({ count: FEW_ROUNDS, rivals: [buyer] }, async ({ vehicle, opened: [opened], number }) => {
      const racers = [
        async () => (await accept(dealer, opened as Opened)).code,
        () => moveVehicle(app, dealer, 'archiveVehicle', { id: vehicle.id }),
      ];
      if (number % 2) racers.reverse();
      const codes = await Promise.all(racers.map((race) => race()));
      if (number % 2) codes.reverse();
      expect([
        ['OK', 'CONFLICT'],
        ['NEGOTIATION_ENDED', 'OK'],
      ]).toContainEqual(codes);
    });
  }, 120_000);

  it('takes one of two counter-offers that have seen the same log', async () => {
    await rounds({ count: FEW_ROUNDS, rivals: [buyer] }, async ({ opened: [opened] }) => {
      const { negotiationId, sequence: expectedSequence } = opened as Opened;
      const moves = await Promise.all(
        ['19000', '18000'].map((amount) =>
          move(app, dealer, 'submitOffer', { negotiationId, amount, expectedSequence }),
        ),
      );
      expect(tally(moves)).toEqual({ OK: 1, CONFLICT: 1 });
    });
  }, 120_000);
});

function ledgerAbout(ledger: Ledger, vehicleId: string): Ledger {
  const negotiations = ledger.negotiations.filter((negotiation) => negotiation.vehicleId === vehicleId);
  const ids = new Set(negotiations.map(({ id }) => id));
  return {
    ...ledger,
    vehicles: ledger.vehicles.filter(({ id }) => id === vehicleId),
    negotiations,
    offers: ledger.offers.filter(({ negotiationId }) => ids.has(negotiationId)),
    events: ledger.events.filter(({ negotiationId }) => ids.has(negotiationId)),
  };
}

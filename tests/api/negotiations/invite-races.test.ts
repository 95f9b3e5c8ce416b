import { beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, testLog, useApp } from '../../support/app.js';
import type { BuiltVehicle, DealerPerson, Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { ledgerOf, type StoredNegotiation } from '../../support/ledger.js';
import { listVehicles } from '../../support/listings.js';
import { type Moved, move, moveVehicle, sweep } from '../../support/moves.js';
import { expectSound } from '../../support/replay.js';
import { openRivals } from '../../support/rivals.js';
import { often } from '../../support/thorough.js';
import { leave } from '../accounts/leaving.js';
import { keep, tryInvite } from './inviting.js';

const ROUNDS = often(20, 3);

describe.each(databaseKinds)('invitations that race on %s', (kind) => {
  const retried: string[] = [];
  const app = useApp(kind, {
    // Days pass here.
    config: { accessTokenTtlMs: 100_000 * HOUR },
    adapters: { log: { ...testLog, warn: (_details, message) => void retried.push(message) } },
  });
  let dealer: DealerPerson;
  let buyers: Person[];
  let buyer: Person;
  let other: Person;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    buyers = await Promise.all(Array.from({ length: 4 }, () => app.build.buyer()));
    [buyer, other] = buyers as [Person, Person];
  });

  interface Round {
    readonly vehicle: BuiltVehicle;
    readonly number: number;
    /** Both at once; the second one first in every other round. */
    readonly race: <A, B>(one: () => Promise<A>, two: () => Promise<B>) => Promise<[A, B]>;
    /** What is stored of the vehicle's negotiations, in which nothing contradicts anything. */
    readonly stored: () => Promise<StoredNegotiation[]>;
  }

  async function rounds(work: (round: Round) => Promise<void>, count = ROUNDS): Promise<void> {
    for (const [number, vehicle] of (await listVehicles(app, dealer, count)).entries()) {
      const race: Round['race'] = async (one, two) => {
        if (number % 2) return Promise.all([one(), two()]);
        const second = two();
        const first = one();
        return Promise.all([first, second]);
      };
      const stored = async () => {
        const ledger = await ledgerOf(app, [vehicle.id]);
        expectSound(ledger);
        return ledger.negotiations;
      };
      await work({ vehicle, number, race, stored });
    }
  }

  /** Who was invited, or the code of the refusal. */
  async function invited({ id: vehicleId }: BuiltVehicle, more: object = {}): Promise<string[] | string> {
    const response = await tryInvite(app, dealer, { vehicleId, amount: '18000', ...more });
    if (response.errors) return app.errorOf(response).code;
    return (response.data?.inviteInterestedBuyers.negotiations ?? []).map((own) => own.buyer.id);
  }

  const ids = (people: readonly Person[]) => people.map(({ id }) => id);
  const active = (negotiations: readonly StoredNegotiation[]) =>
    negotiations.filter(({ status }) => status === 'ACTIVE').map(({ buyerId }) => buyerId);

  it('with a purchase: it is sold once, and nobody is left with an offer that stands', async () => {
    await rounds(async ({ vehicle, race, stored }) => {
      await keep(app, vehicle.id, ...buyers);
      const [rival] = await openRivals(app, vehicle.id, [buyer]);
      const { negotiationId } = rival as { negotiationId: string };
      const { offerId } = await move(app, dealer, 'submitOffer', { negotiationId, amount: '19000' });
      const [who, bought] = await race(
        () => invited(vehicle),
        () => move(app, buyer, 'acceptOffer', { negotiationId, offerId }),
      );
      expect(bought.code).toBe('OK');
      const rows = await stored();
      expect(rows.filter(({ status }) => status === 'ACCEPTED').map(({ id }) => id)).toEqual([negotiationId]);
      expect(active(rows)).toEqual([]);
      expect([['VEHICLE_UNAVAILABLE'], ids(buyers.slice(1))]).toContainEqual([who].flat());
      expect(rows).toHaveLength(who === 'VEHICLE_UNAVAILABLE' ? 1 : 4);
    });
  }, 60_000);

  it("with the same buyer's first offer: one of the two is open", async () => {
    await rounds(async ({ vehicle, race, stored }) => {
      await keep(app, vehicle.id, buyer, other);
      const [who, started] = await race(
        () => invited(vehicle),
        () => move(app, buyer, 'startNegotiation', { vehicleId: vehicle.id, amount: '15000' }),
      );
      expect([
        [ids([buyer, other]), 'ALREADY_NEGOTIATING'],
        [ids([other]), 'OK'],
      ]).toContainEqual([who, (started as Moved).code]);
      expect(active(await stored()).sort()).toEqual(ids([buyer, other]).sort());
    });
  }, 60_000);

  it('with another invitation, and with itself sent twice: each buyer is invited once', async () => {
    await rounds(async ({ vehicle, number, race, stored }) => {
      await keep(app, vehicle.id, ...buyers);
      const once = number % 3 === 0 ? { clientMutationId: `both-${number}` } : {};
      const [one, two] = await race(
        () => invited(vehicle, once),
        () => invited(vehicle, once),
      );
      if (number % 3 === 0) expect(one).toEqual(two);
      else expect([one, two].flat()).toEqual(ids(buyers));
      const rows = await stored();
      expect(active(rows).sort()).toEqual(ids(buyers).sort());
      expect(rows).toHaveLength(buyers.length);
    });
  }, 60_000);

  it('with a buyer who lets go of the vehicle: who is invited has an offer, and nobody else has', async () => {
    const unsave = 'mutation ($input: VehicleIdInput!) { unsaveVehicle(input: $input) { vehicle { id } } }';
    await rounds(async ({ vehicle, race, stored }) => {
      await keep(app, vehicle.id, buyer, other);
      const [who] = await race(
        () => invited(vehicle),
        () => app.ok(unsave, { input: { id: vehicle.id } }, buyer),
      );
      expect([ids([buyer, other]), ids([other])]).toContainEqual(who);
      expect(active(await stored()).sort()).toEqual([...who].sort());
      expect(await invited(vehicle)).toEqual([]);
    });
  }, 60_000);

  it('with the archiving of the vehicle: nothing stays open', async () => {
    await rounds(async ({ vehicle, race, stored }) => {
      await keep(app, vehicle.id, ...buyers);
      const [who, archived] = await race(
        () => invited(vehicle),
        () => moveVehicle(app, dealer, 'archiveVehicle', { id: vehicle.id }),
      );
      expect(archived).toBe('OK');
      expect([['VEHICLE_UNAVAILABLE'], ids(buyers)]).toContainEqual([who].flat());
      expect(active(await stored())).toEqual([]);
    });
  }, 60_000);

  it('with a buyer who deletes the account: nothing of it stays open', async () => {
    await rounds(async ({ vehicle, race, stored }) => {
      const leaver = await app.build.buyer();
      await keep(app, vehicle.id, leaver, other);
      const [who] = await race(
        () => invited(vehicle),
        () => leave(app, leaver),
      );
      expect([ids([leaver, other]), ids([other])]).toContainEqual(who);
      expect(active(await stored())).toEqual([other.id]);
    }, 3);
  }, 60_000);

  it('with the sweep of what has lapsed: it is written down once', async () => {
    await rounds(async ({ vehicle, race, stored }) => {
      await keep(app, vehicle.id, buyer);
      await openRivals(app, vehicle.id, [buyer]);
      app.clock.advance(48 * HOUR);
      const [who] = await race(
        () => invited(vehicle),
        () => sweep(app),
      );
      expect(who).toEqual([buyer.id]);
      expect((await stored()).map(({ status }) => status).sort()).toEqual(['ACTIVE', 'EXPIRED']);
    });
  }, 60_000);

  it('and none of them has stood in the way of another: nothing had to be tried again', () => {
    expect(retried).toEqual([]);
  });
});

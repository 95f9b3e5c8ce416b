import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteAccount } from '../api/accounts/leaving.js';
import { LoginDocument, MeDocument, RefreshTokenDocument } from '../generated/operations.js';
import { databaseKinds, testLog, useApp } from '../support/app.js';
import type { DealerPerson, Person } from '../support/builders.js';
import { ledgerOf } from '../support/ledger.js';
import { pause } from '../support/live.js';
import { move, moveVehicle } from '../support/moves.js';
import { blackPng } from '../support/pictures.js';
import { expectSound } from '../support/replay.js';
import { openRivals } from '../support/rivals.js';
import { often } from '../support/thorough.js';

/** Each deletion costs the proof of a password: fewer than the races of those who stay. */
const ROUNDS = Math.ceil(Number(process.env.RACE_ROUNDS ?? often(40, 16)) / 8);

/** What nobody who has gone may leave behind, as queries that find nothing. */
const leftovers = {
  'a negotiation that is open without one of its parties': `
    select n.id from negotiations as n join users as u on u.id = n.buyer_id join dealers as d on d.id = n.dealer_id
    where n.status in ('ACTIVE', 'ACCEPTED') and (u.deleted_at is not null or d.closed_at is not null)`,
  'a dealership that is open without its owner': `
    select d.id from dealers as d join users as u on u.id = d.user_id
    where u.deleted_at is not null and (d.closed_at is null or d.verification_status = 'VERIFIED')`,
  'a vehicle on the market without its dealer': `
    select v.id from vehicles as v join dealers as d on d.id = v.dealer_id
    where d.closed_at is not null and v.status not in ('ARCHIVED', 'SOLD')`,
  'a live session': `
    select s.id from sessions as s join users as u on u.id = s.user_id
    where u.deleted_at is not null and s.revoked_at is null`,
  'an inbox':
    'select i.user_id from inboxes as i join users as u on u.id = i.user_id where u.deleted_at is not null',
  'a notification': `
    select n.id from notifications as n join users as u on u.id = n.user_id where u.deleted_at is not null`,
  'a stored mutation': `
    select c.id from client_mutations as c join users as u on u.id = c.user_id where u.deleted_at is not null`,
  'what a person told of itself': `
    select id from users where deleted_at is not null and (city is not null or avatar_key is not null)`,
  'an address': `select id from users where (deleted_at is null) = (email like '%@deleted.invalid')`,
};

describe.each(databaseKinds)('deleting an account in the midst of things, on %s', (kind) => {
  let claimed: () => void = () => undefined;
  const retried: string[] = [];
  const app = useApp(kind, {
    adapters: {
      // The first statement of the transaction: whatever is told of it now runs into it.
      observe: (statement) => {
        if (statement.includes('update users set deleted_at')) claimed();
      },
      log: { ...testLog, warn: (_details, message) => void retried.push(message) },
    },
  });
  let dealer: DealerPerson;
  let buyer: Person;

  beforeAll(async () => {
    [dealer, buyer] = [await app.build.dealer(), await app.build.buyer()];
  });

  afterAll(() => {
    // Whoever leaves waits in the order of locks, and never the wrong way round: nothing had to be tried again.
    expect(retried).toEqual([]);
  });

  const codeOf = async (leaver: Person) => {
    const answer = await deleteAccount(app, leaver);
    return answer.errors ? app.errorOf(answer).code : 'OK';
  };

  /** Deletes an account and, when that has just begun or some time before, does something else. */
  async function against<T>(leaver: Person, round: number, rival: () => Promise<T>): Promise<[string, T]> {
    const begun = new Promise<void>((resolve) => {
      claimed = resolve;
    });
    const deleted = codeOf(leaver);
    await (round % 2 ? Promise.race([begun, deleted]) : pause(round * 4));
    return Promise.all([deleted, rival()]);
  }

  /** Deletes an account, while others do something again and again, each until it is refused for that. */
  async function amid(
    leaver: Person,
    refusals: readonly string[],
    acts: ReadonlyArray<() => Promise<string>>,
  ): Promise<string[]> {
    const codes: string[] = [];
    // On a busy machine it would be over before the first of them is done.
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const repeat = async (act: () => Promise<string>) => {
      for (;;) {
        const code = await act();
        codes.push(code);
        begin();
        if (refusals.includes(code)) return;
      }
    };
    const [deleted] = await Promise.all([begun.then(() => codeOf(leaver)), ...acts.map(repeat)]);
    expect(deleted).toBe('OK');
    return [...new Set(codes)].sort();
  }

  const times = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));

  const code = async (moved: Promise<{ code: string }>) => (await moved).code;

  const ask = async (who: Person, mutation: string, type: string, input: object): Promise<string> => {
    const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
    const response = await app.request(document, { input }, who);
    return response.errors ? app.errorOf(response).code : 'OK';
  };

  async function expectNothingLeft(): Promise<void> {
    const connection = app.orm.em.fork().getConnection();
    for (const [what, sql] of Object.entries(leftovers)) {
      expect([what, await connection.execute(sql)]).toEqual([what, []]);
    }
  }

  /** Each round ends with nothing left of whoever left, and all of them with logs that tell how things stand. */
  async function rounds(race: (round: number) => Promise<void>): Promise<void> {
    for (let round = 1; round <= ROUNDS; round++) {
      await race(round);
      await expectNothingLeft();
    }
    expectSound(await ledgerOf(app));
  }

  it('opens nothing for a buyer who leaves', async () => {
    const vehicles = await Promise.all(times(24, () => app.build.vehicle(dealer)));
    await rounds(async () => {
      const leaver = await app.build.buyer();
      let next = 0;
      const start = (clientMutationId: boolean) => () => {
        const vehicleId = vehicles[next++ % vehicles.length]?.id;
        const id = clientMutationId ? { clientMutationId: `start-${next}` } : {};
        return code(move(app, leaver, 'startNegotiation', { vehicleId, amount: '15000', ...id }));
      };
      const codes = await amid(leaver, ['TOKEN_REVOKED'], [start(true), start(false), start(true)]);
      expect(codes.filter((c) => c !== 'ALREADY_NEGOTIATING')).toEqual(['OK', 'TOKEN_REVOKED']);
    });
  }, 120_000);

  it('either agrees with a buyer or lets it leave, never both', async () => {
    await rounds(async (round) => {
      const [leaver, vehicle] = [await app.build.buyer(), await app.build.vehicle(dealer)];
      const [opened] = await openRivals(app, vehicle.id, [leaver]);
      const { negotiationId, offerId } = opened as { negotiationId: string; offerId: string };
      const accept = () => code(move(app, dealer, 'acceptOffer', { negotiationId, offerId }));
      const codes = await against(leaver, round, accept);
      expect([
        ['OK', 'NEGOTIATION_ENDED'],
        ['CONFLICT', 'OK'],
      ]).toContainEqual(codes);
      const { me } = await app.ok(MeDocument, {}, leaver);
      expect(me?.id).toBe(codes[0] === 'OK' ? undefined : leaver.id);
    });
  }, 120_000);

  it('takes no offer, from either side, of a buyer who has left', async () => {
    await rounds(async (round) => {
      const leaver = await app.build.buyer();
      const [mine, theirs] = await Promise.all(
        times(2, async () => (await openRivals(app, (await app.build.vehicle(dealer)).id, [leaver]))[0]),
      );
      const offer = (who: Person, opened: typeof mine, amount: string, more: object = {}) =>
        code(move(app, who, 'submitOffer', { negotiationId: opened?.negotiationId, amount, ...more }));
      await offer(dealer, theirs, '19000');
      const [deleted, codes] = await against(leaver, round, () =>
        Promise.all([
          offer(dealer, mine, '19000'),
          offer(leaver, theirs, '16000', { clientMutationId: 'late' }),
        ]),
      );
      expect(deleted).toBe('OK');
      expect(['OK', 'NEGOTIATION_ENDED']).toContain(codes[0]);
      expect(['OK', 'NEGOTIATION_ENDED', 'TOKEN_REVOKED']).toContain(codes[1]);
    });
  }, 120_000);

  it('lists nothing for a dealer who leaves', async () => {
    await rounds(async () => {
      const leaver = await app.build.dealer();
      const vehicle = await app.build.vehicle(leaver);
      const car = { make: 'Kia', model: 'Rio', year: 2020, mileage: 1, askingPrice: '9000' };
      const create = (publish: boolean) => () =>
        ask(leaver, 'createVehicle', 'CreateVehicleInput', { ...car, vin: app.build.vin(), publish });
      let turn = 0;
      const toggle = () =>
        moveVehicle(app, leaver, turn++ % 2 ? 'publishVehicle' : 'archiveVehicle', { id: vehicle.id });
      const gone = ['TOKEN_REVOKED', 'FORBIDDEN', 'NOT_FOUND'];
      const codes = await amid(leaver, gone, [create(true), create(false), toggle]);
      expect(codes).toContain('OK');
      expect(codes.filter((c) => c !== 'OK' && !gone.includes(c))).toEqual([]);
    });
  }, 120_000);

  it('either sells by a dealer or lets it leave, and opens nothing with it', async () => {
    const buyers = [buyer, ...(await Promise.all(times(3, () => app.build.buyer())))];
    await rounds(async (round) => {
      const leaver = await app.build.dealer();
      const [vehicle, other] = [await app.build.vehicle(leaver), await app.build.vehicle(leaver)];
      const [opened] = await openRivals(app, vehicle.id, [buyer]);
      const negotiationId = opened?.negotiationId;
      const { offerId } = await move(app, leaver, 'submitOffer', { negotiationId, amount: '19000' });
      const [deleted, [accepted, ...started]] = await against(leaver, round, () =>
        Promise.all([
          code(move(app, buyer, 'acceptOffer', { negotiationId, offerId })),
          ...buyers.map((who) =>
            code(move(app, who, 'startNegotiation', { vehicleId: other.id, amount: '15000' })),
          ),
        ]),
      );
      expect([
        ['OK', 'NEGOTIATION_ENDED'],
        ['CONFLICT', 'OK'],
      ]).toContainEqual([deleted, accepted]);
      expect(started.filter((c) => c !== 'OK' && c !== 'VEHICLE_UNAVAILABLE')).toEqual([]);
    });
  }, 120_000);

  it('lets both parties of several negotiations leave at once', async () => {
    await rounds(async (round) => {
      const [leaver, owner] = [await app.build.buyer(), await app.build.dealer()];
      for (const vehicle of await Promise.all(times(4, () => app.build.vehicle(owner)))) {
        await openRivals(app, vehicle.id, [buyer, leaver]);
      }
      await openRivals(app, (await app.build.vehicle(dealer)).id, [leaver, buyer]);
      expect(await against(leaver, round, () => codeOf(owner))).toEqual(['OK', 'OK']);
    });
  }, 120_000);

  it('tells nothing to a buyer who has left, of the vehicle that it waited for', async () => {
    await rounds(async (round) => {
      const [leaver, vehicle] = [await app.build.buyer(), await app.build.vehicle(dealer)];
      const [winner] = await openRivals(app, vehicle.id, [buyer, leaver]);
      const { negotiationId, offerId } = winner as { negotiationId: string; offerId: string };
      await move(app, dealer, 'acceptOffer', { negotiationId, offerId });
      const cancel = () => code(move(app, dealer, 'cancelSale', { negotiationId }));
      expect(await against(leaver, round, cancel)).toEqual(['OK', 'OK']);
    });
  }, 120_000);

  it('leaves nobody signed in who refreshes or signs in meanwhile', async () => {
    await rounds(async () => {
      const leaver = await app.build.buyer();
      const tokens: string[] = [leaver.token];
      let { refreshToken } = leaver;
      const refresh = async () => {
        const response = await app.request(RefreshTokenDocument, { input: { refreshToken } });
        if (!response.data) return app.errorOf(response).code;
        ({ refreshToken } = response.data.refreshToken.tokens);
        tokens.push(response.data.refreshToken.tokens.accessToken);
        return 'OK';
      };
      const { email, password } = leaver;
      const login = async () => {
        const response = await app.request(LoginDocument, { input: { email, password } });
        if (!response.data) return app.errorOf(response).code;
        tokens.push(response.data.login.tokens.accessToken);
        return 'OK';
      };
      await amid(leaver, ['TOKEN_REVOKED', 'INVALID_CREDENTIALS'], [refresh, login]);
      for (const token of tokens) expect((await app.ok(MeDocument, {}, { token })).me).toBeNull();
    });
  }, 120_000);

  it('keeps neither profile nor picture of who changes them meanwhile', async () => {
    const picture = () => new Blob([new Uint8Array(blackPng(8, 8))]);
    await rounds(async () => {
      const leaver = await app.build.buyer();
      const acts = [
        () => ask(leaver, 'updateProfile', 'UpdateProfileInput', { city: 'Waxahachie' }),
        () => ask(leaver, 'uploadAvatar', 'UploadAvatarInput', { file: picture() }),
      ];
      // A request with files is refused before it is read where nobody is signed in any more.
      expect(await amid(leaver, ['TOKEN_REVOKED', 'UNAUTHENTICATED'], acts)).toContain('OK');
      const files: string[] = [];
      for await (const { key } of app.system.services.storage.list('avatars')) files.push(key);
      expect(files).toEqual([]);
    });
  }, 120_000);

  it('registers, reviews and changes no dealership of a dealer who leaves', async () => {
    const admin = await app.build.admin();
    await rounds(async (round) => {
      const [newcomer, leaver] = [await app.build.register({ userType: 'DEALER' }), await app.build.dealer()];
      const business = { businessName: 'New', licenseNumber: '1', city: 'Austin', state: 'TX' };
      const [deleted, registered] = await against(newcomer, round, () =>
        ask(newcomer, 'registerDealer', 'RegisterDealerInput', business),
      );
      expect([deleted, ['OK', 'TOKEN_REVOKED'].includes(registered)]).toEqual(['OK', true]);
      let turn = 0;
      const review = () => {
        const decision = turn++ % 2 ? 'VERIFIED' : 'REJECTED';
        const input = { dealerId: leaver.dealerId, decision, reason: 'Blurred.' };
        return ask(admin, 'reviewDealer', 'ReviewDealerInput', input);
      };
      const change = () => ask(leaver, 'updateDealer', 'UpdateDealerInput', { phone: '555-0100' });
      const codes = await amid(leaver, ['TOKEN_REVOKED', 'NOT_FOUND'], [review, change]);
      expect(codes).toContain('OK');
    });
  }, 120_000);
});

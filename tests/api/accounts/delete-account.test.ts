import { describe, expect, it } from 'vitest';
import { issueToken } from '../../../src/modules/accounts/account-tokens.js';
import {
  LoginDocument,
  MeDocument,
  RefreshTokenDocument,
  RegisterDocument,
} from '../../generated/operations.js';
import { databaseKinds, type TestApp, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { RawSocket } from '../../support/raw-socket.js';
import { storedIn } from '../access/stored.js';
import { prefer } from '../notifications/inboxes.js';
import { deleteAccount, leave, refusalOf, staleToken } from './leaving.js';

const REVOKED = { code: 'TOKEN_REVOKED', statusCode: 401, message: 'The token has been revoked.' };

/** What is kept for an account's own use. */
const ofTheAccount = [
  ['account_tokens', 'user_id'],
  ['mails', 'recipient_id'],
  ['inboxes', 'user_id'],
  ['notifications', 'user_id'],
  ['notification_preferences', 'user_id'],
  ['client_mutations', 'user_id'],
] as const;

async function rowsOf(app: TestApp, table: string, column: string, id: string) {
  const sql = `select * from ${table} where ${column} = ?`;
  const rows: Array<Record<string, unknown>> = await app.orm.em.fork().getConnection().execute(sql, [id]);
  return rows;
}

describe.each(databaseKinds)('deleteAccount on %s', (kind) => {
  const app = useApp(kind);

  /** A buyer about whom something stands wherever something can stand. */
  async function wellKnown(): Promise<Person> {
    const buyer = await app.build.buyer({ firstName: 'Clementine', lastName: 'Vonderhaar' });
    const profile = "phone = '555-0142', city = 'Waxahachie', state = 'TX', postal_code = '75165'";
    await app.ok('mutation { requestEmailVerification { success } }', {}, buyer);
    const run = (sql: string, values: string[]) => app.orm.em.fork().getConnection().execute(sql, values);
    await run(`update users set ${profile}, email_verified = true, avatar_key = ? where id = ?`, [
      `avatars/${buyer.id}.webp`,
      buyer.id,
    ]);
    await issueToken(app.system.makeCtx(), buyer.id, 'PASSWORD_RESET');
    const { id: vehicleId, dealer } = await app.build.vehicle();
    const input = { vehicleId, amount: '15000', clientMutationId: 'once' };
    const START = `mutation ($input: StartNegotiationInput!) {
      startNegotiation(input: $input) { negotiation { id } }
    }`;
    const { startNegotiation } = await app.ok<{ startNegotiation: { negotiation: { id: string } } }, object>(
      START,
      { input },
      buyer,
    );
    const COUNTER = `mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }`;
    const counter = { negotiationId: startNegotiation.negotiation.id, amount: '18000' };
    await app.ok(COUNTER, { input: counter }, dealer);
    await prefer(app, buyer, 'PRICE_DROP', true);
    return buyer;
  }

  it('leaves of the account what negotiations point at, and nothing that is personal', async () => {
    const buyer = await wellKnown();
    const [before] = await rowsOf(app, 'users', 'id', buyer.id);
    for (const [table, column] of ofTheAccount) {
      expect([table, (await rowsOf(app, table, column, buyer.id)).length > 0]).toEqual([table, true]);
    }
    app.clock.advance(1_000);
    await leave(app, buyer);
    const [after] = await rowsOf(app, 'users', 'id', buyer.id);
    const now = app.clock.now().getTime();
    expect(after).toEqual({
      id: buyer.id,
      created_at: before?.created_at,
      updated_at: expect.toSatisfy((at) => Number(at) === now),
      deleted_at: expect.toSatisfy((at) => Number(at) === now),
      user_type: 'BUYER',
      email: expect.stringMatching(/^[0-9a-f-]{36}@deleted\.invalid$/),
      password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/),
      email_verified: expect.toSatisfy((is) => !is),
      first_name: null,
      last_name: null,
      phone: null,
      city: null,
      state: null,
      postal_code: null,
      avatar_key: null,
    });
    expect(after?.password_hash).not.toBe(before?.password_hash);
    expect(String(after?.email)).not.toContain(buyer.id);
    for (const [table, column] of ofTheAccount) {
      expect([table, await rowsOf(app, table, column, buyer.id)]).toEqual([table, []]);
    }
    const everything = JSON.stringify(await storedIn(app));
    for (const trace of [buyer.email, 'Clementine', 'Vonderhaar', '555-0142', 'Waxahachie', '75165']) {
      expect([trace, everything.includes(trace)]).toEqual([trace, false]);
    }
  });

  it('ends all sessions: tokens, refresh tokens and live sockets', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const other = (await app.ok(LoginDocument, { input })).login.tokens;
    const sockets = [await RawSocket.ready(app, buyer.token), await RawSocket.ready(app, other.accessToken)];
    await leave(app, buyer);
    for (const socket of sockets) expect(await socket.closing()).toMatchObject({ code: 4403 });
    for (const token of [buyer.token, other.accessToken]) {
      expect((await app.ok(MeDocument, {}, { token })).me).toBeNull();
      expect(app.errorOf(await deleteAccount(app, { token, password: buyer.password }))).toEqual(REVOKED);
    }
    for (const refreshToken of [buyer.refreshToken, other.refreshToken]) {
      const refreshed = await app.request(RefreshTokenDocument, { input: { refreshToken } });
      expect(app.errorOf(refreshed)).toEqual(REVOKED);
    }
    const sessions = await rowsOf(app, 'sessions', 'user_id', buyer.id);
    expect(sessions.map((session) => [session.revoked_at === null, session.client_key])).toEqual([
      [false, ''],
      [false, ''],
    ]);
    expect(app.errorOf(await app.request(LoginDocument, { input }))).toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });

  it('frees the address at once, for an account that has nothing of the old one', async () => {
    const buyer = await wellKnown();
    await leave(app, buyer);
    const input = { email: buyer.email.toUpperCase(), password: buyer.password, userType: 'DEALER' as const };
    const { register } = await app.ok(RegisterDocument, { input });
    expect(register.user).toMatchObject({ email: buyer.email, userType: 'DEALER', emailVerified: false });
    expect(register.user.id).not.toBe(buyer.id);
    const token = register.tokens.accessToken;
    const { unreadNotificationCount } = await app.ok<{ unreadNotificationCount: number }, object>(
      '{ unreadNotificationCount }',
      {},
      { token },
    );
    expect(unreadNotificationCount).toBe(0);
    // And the other way round: what once was deleted stays apart when the second goes too.
    await leave(app, { token, password: buyer.password });
    expect(await rowsOf(app, 'users', 'email', buyer.email)).toEqual([]);
  });

  it('refuses a wrong password, and changes nothing', async () => {
    const buyer = await app.build.buyer();
    for (const password of [`${buyer.password} `, '', 'x'.repeat(5_000)]) {
      const refusal = await refusalOf(app, () => deleteAccount(app, { ...buyer, password }));
      expect(refusal).toMatchObject({
        code: 'BAD_USER_INPUT',
        statusCode: 400,
        fields: { password: ['This is not the current password.'] },
      });
    }
    expect((await app.ok(MeDocument, {}, buyer)).me?.id).toBe(buyer.id);
  });

  it('refuses a guest, and changes nothing', async () => {
    const { password } = await app.build.buyer();
    const refusal = await refusalOf(app, () => deleteAccount(app, { token: '', password }));
    expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', statusCode: 401 });
  });

  it('deletes once for 8 calls at once', async () => {
    const buyer = await app.build.buyer();
    const answers = await Promise.all(Array.from({ length: 8 }, () => deleteAccount(app, buyer)));
    const codes = answers.map((answer) => (answer.errors ? app.errorOf(answer).code : 'done'));
    expect(codes.toSorted()).toEqual([...Array(7).fill('TOKEN_REVOKED'), 'done']);
  });

  it('deletes the picture and its thumbnail, and the account where that fails', async () => {
    const { storage } = app.system.services;
    const deleted: string[] = [];
    const original = storage.delete;
    storage.delete = async (key) => {
      deleted.push(key);
      throw new Error('The disk is gone');
    };
    const buyer = await wellKnown();
    try {
      await leave(app, buyer);
    } finally {
      storage.delete = original;
    }
    expect(deleted).toEqual([`avatars/${buyer.id}.webp`, `avatars/${buyer.id}-thumb.webp`]);
    expect(await rowsOf(app, 'users', 'email', buyer.email)).toEqual([]);
  });

  describe('with an access token that has outlived its account', () => {
    const asks: ReadonlyArray<[field: string, document: string, input: object, code: string]> = [
      ['deleteAccount', 'DeleteAccountInput', { password: 'correct horse battery staple' }, 'TOKEN_REVOKED'],
      ['updateProfile', 'UpdateProfileInput', { firstName: 'Back' }, 'TOKEN_REVOKED'],
      [
        'changePassword',
        'ChangePasswordInput',
        { currentPassword: 'correct horse battery staple', newPassword: 'another horse battery' },
        'TOKEN_REVOKED',
      ],
    ];

    it('nobody comes back', async () => {
      const buyer = await app.build.buyer();
      await leave(app, buyer);
      const stale = await staleToken(app, buyer.id, 'BUYER');
      expect((await app.ok(MeDocument, {}, stale)).me).toBeNull();
      for (const [field, type, input, code] of asks) {
        const document = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`;
        const refusal = await refusalOf(app, () => app.request(document, { input }, stale));
        expect([field, refusal.code]).toEqual([field, code]);
      }
      const headers = { authorization: `Bearer ${stale.token}` };
      expect((await fetch(`${app.url}/api/v1/auth/profile/`, { headers })).status).toBe(401);
    });

    it('no negotiation is opened', async () => {
      const [buyer, vehicle] = [await app.build.buyer(), await app.build.vehicle()];
      await leave(app, buyer);
      const stale = await staleToken(app, buyer.id, 'BUYER');
      const document = `mutation ($input: StartNegotiationInput!) {
        startNegotiation(input: $input) { negotiation { id } }
      }`;
      for (const clientMutationId of [undefined, 'late']) {
        const input = { vehicleId: vehicle.id, amount: '15000', clientMutationId };
        expect(await refusalOf(app, () => app.request(document, { input }, stale))).toEqual(REVOKED);
      }
    });

    it('no dealership is registered', async () => {
      const newcomer = await app.build.register({ userType: 'DEALER' });
      await leave(app, newcomer);
      const stale = await staleToken(app, newcomer.id, 'DEALER');
      const document = `mutation ($input: RegisterDealerInput!) {
        registerDealer(input: $input) { dealer { id } }
      }`;
      const input = { businessName: 'Back', licenseNumber: '1', city: 'Austin', state: 'TX' };
      expect(await refusalOf(app, () => app.request(document, { input }, stale))).toEqual(REVOKED);
    });
  });
});

describe.each(databaseKinds)('deleteAccount of admins on %s', (kind) => {
  const app = useApp(kind);

  it('refuses the last one, and changes nothing', async () => {
    const admin = await app.build.admin();
    await app.build.buyer();
    const refusal = await refusalOf(app, () => deleteAccount(app, admin));
    expect(refusal).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
    // Nor does one count that has gone.
    await leave(app, await app.build.register({ userType: 'ADMIN' }));
    expect(await refusalOf(app, () => deleteAccount(app, admin))).toMatchObject({ code: 'CONFLICT' });
  });

  it('keeps one of two who leave at once', async () => {
    let last = await app.build.admin();
    for (let round = 0; round < 6; round++) {
      const both = [last, await app.build.register({ userType: 'ADMIN' })];
      const answers = await Promise.all(both.map((admin) => deleteAccount(app, admin)));
      const codes = answers.map((answer) => (answer.errors ? app.errorOf(answer).code : 'done'));
      expect(codes.toSorted()).toEqual(['CONFLICT', 'done']);
      last = both[codes.indexOf('CONFLICT')] as Person;
    }
  });
});

describe('guesses at the password of deleteAccount', () => {
  const app = useApp('sqlite', {
    config: {
      throttles: {
        loginFailures: 3,
        loginFailuresPerIp: 1_000,
        registrationsPerIp: 1_000,
        mailRequests: 1_000,
        mailRequestsPerIp: 1_000,
      },
    },
  });

  it('are counted: whoever has only a token does not find it out', async () => {
    const buyer = await app.build.buyer();
    const wrong = { ...buyer, password: 'a wrong password' };
    const codes: string[] = [];
    for (const person of [wrong, wrong, wrong, buyer]) {
      codes.push((await refusalOf(app, () => deleteAccount(app, person))).code);
    }
    expect(codes).toEqual([...Array(3).fill('BAD_USER_INPUT'), 'RATE_LIMITED']);
  });
});

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../../src/modules/accounts/account-tokens.js';
import { User } from '../../../src/modules/accounts/index.js';
import {
  ChangePasswordDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshTokenDocument,
  ResetPasswordDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { pause, upTo } from '../../support/live.js';
import { RawSocket } from '../../support/raw-socket.js';
import { claimsOf, mailsTo, stored } from './stored.js';

const NEW = 'another horse, another battery';
interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly revoked_at: unknown;
}

const WRONG = { currentPassword: ['This is not the current password.'] };

describe.each(databaseKinds)('changePassword on %s', (kind) => {
  const app = useApp(kind);

  const change = (person: Pick<Person, 'token' | 'password'>, newPassword = NEW) =>
    app.request(
      ChangePasswordDocument,
      { input: { currentPassword: person.password, newPassword } },
      { token: person.token },
    );
  const changed = async (person: Person, newPassword = NEW) => {
    const { data } = await change(person, newPassword);
    if (!data) throw new Error('Refused');
    return data.changePassword.tokens;
  };
  const login = (email: string, password: string) =>
    app.request(LoginDocument, { input: { email, password } });
  const isViewer = async (token: string) => (await app.ok(MeDocument, {}, { token })).me !== null;
  const liveSessionsOf = async (userId: string) =>
    (await stored(app)).sessions.filter(
      (row: SessionRow) => row.user_id === userId && row.revoked_at === null,
    ) as SessionRow[];

  it('replaces the password, ends every session of the account, and begins a new one', async () => {
    const [buyer, rival] = [await app.build.buyer(), await app.build.buyer()];
    const elsewhere = await app.build.login(buyer);
    const tokens = await changed(buyer);

    for (const old of [buyer, elsewhere]) {
      expect(await isViewer(old.token)).toBe(false);
      const input = { refreshToken: old.refreshToken };
      expect(app.errorOf(await app.request(RefreshTokenDocument, { input })).code).toBe('TOKEN_REVOKED');
    }
    expect(await isViewer(tokens.accessToken)).toBe(true);
    expect(await isViewer(rival.token)).toBe(true);
    const live = await liveSessionsOf(buyer.id);
    expect(live.map(({ id }) => id)).toEqual([claimsOf(tokens.accessToken).sid]);

    expect(app.errorOf(await login(buyer.email, buyer.password)).code).toBe('INVALID_CREDENTIALS');
    expect((await login(buyer.email, NEW)).data?.login.user.id).toBe(buyer.id);
    const input = { refreshToken: tokens.refreshToken };
    const { refreshToken } = await app.ok(RefreshTokenDocument, { input });
    expect(await isViewer(refreshToken.tokens.accessToken)).toBe(true);
  });

  it('closes the live sockets of every session of the account with 4403, and of no other', async () => {
    const [buyer, rival] = [await app.build.buyer(), await app.build.buyer()];
    const elsewhere = await app.build.login(buyer);
    const mine = [await RawSocket.ready(app, buyer.token), await RawSocket.ready(app, elsewhere.token)];
    const theirs = await RawSocket.ready(app, rival.token);
    const tokens = await changed(buyer);
    for (const socket of mine) expect(await socket.closing()).toMatchObject({ code: 4403 });
    await theirs.expectOpen();
    const anew = await RawSocket.ready(app, tokens.accessToken);
    await anew.expectOpen();
    for (const socket of [theirs, anew]) socket.terminate();
  });

  it('tells who asks over a socket its new tokens, before the socket is closed', async () => {
    const buyer = await app.build.buyer();
    const socket = await RawSocket.ready(app, buyer.token);
    const document = `mutation ($input: ChangePasswordInput!) {
      changePassword(input: $input) { tokens { accessToken } }
    }`;
    socket.subscribe('1', document, { input: { currentPassword: buyer.password, newPassword: NEW } });
    const { data } = await socket.answer('1');
    expect(await socket.closing()).toMatchObject({ code: 4403 });
    const { changePassword } = data as { changePassword: { tokens: { accessToken: string } } };
    expect(await isViewer(changePassword.tokens.accessToken)).toBe(true);
  });

  it('says so by mail, once, and takes the links away that were sent for the old password', async () => {
    const buyer = await app.build.buyer();
    const token = await issueToken(app.system.makeCtx(), buyer.id, 'PASSWORD_RESET');
    await changed(buyer);
    const mails = await mailsTo(app, buyer.id, 'PASSWORD_CHANGED');
    expect(mails.map(({ status, data }) => [status, data])).toEqual([['QUEUED', {}]]);
    const input = { token: token ?? '', newPassword: 'whoever reads my mails' };
    const response = await app.request(ResetPasswordDocument, { input });
    expect(app.errorOf(response)).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { token: [expect.any(String)] },
    });
    expect(app.errorOf(await login(buyer.email, input.newPassword)).code).toBe('INVALID_CREDENTIALS');
  });

  describe('refuses', () => {
    // What is refused changes nothing: one account will do.
    let buyer: Person;
    beforeAll(async () => {
      buyer = await app.build.buyer({ email: `refused.person-${kind}@example.com` });
    });
    const refused = async (input: { currentPassword: string; newPassword: string }) => {
      const before = [await stored(app), await mailsTo(app, buyer.id, 'PASSWORD_CHANGED')];
      const response = await app.request(ChangePasswordDocument, { input }, buyer);
      expect([await stored(app), await mailsTo(app, buyer.id, 'PASSWORD_CHANGED')]).toEqual(before);
      expect(await isViewer(buyer.token)).toBe(true);
      return app.errorOf(response);
    };

    it.each([
      ['another password', 'the wrong one'],
      ['an empty one', ''],
      ['the right one in another case', 'Correct horse battery staple'],
      ['one full of NULs', '\u0000'.repeat(10_000)],
    ])('%s in place of the current one', async (_what, currentPassword) => {
      expect(await refused({ currentPassword, newPassword: NEW })).toEqual({
        code: 'BAD_USER_INPUT',
        statusCode: 400,
        message: 'currentPassword: This is not the current password.',
        fields: WRONG,
      });
    });

    it.each([
      ['a short one', '1234567', 'Ensure this field has at least 8 characters.'],
      ['one that is common', 'Password123', 'This password is too common.'],
      ['its address', `Refused.Person-${kind}@example.com`, 'The password is too similar to the email.'],
      ['what its address begins with', `refused.person-${kind}`, 'The password is too similar to the email.'],
      ['a NUL', 'horse and\u0000battery', 'Control characters are not allowed.'],
      [
        'the current one again',
        'correct horse battery staple',
        'Choose another password than the current one.',
      ],
    ])('%s as the new one', async (_what, newPassword, message) => {
      expect(await refused({ currentPassword: buyer.password, newPassword })).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { newPassword: [message] },
      });
    });

    it('a guest, and who has signed out', async () => {
      const signedOut = await app.build.login(buyer);
      await app.ok(LogoutDocument, { input: { refreshToken: signedOut.refreshToken } }, signedOut);
      const before = await stored(app);
      expect(app.errorOf(await change({ ...buyer, token: '' }))).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(app.errorOf(await change(signedOut))).toMatchObject({ code: 'TOKEN_REVOKED' });
      expect(await stored(app)).toEqual(before);
    });
  });

  it('refuses the current password in another composition of the same letters as the new one', async () => {
    const buyer = await app.build.buyer();
    await changed(buyer, 'Zo\u00eb kn\u00f6ws');
    const { data } = await login(buyer.email, 'Zo\u00eb kn\u00f6ws');
    const again = { token: data?.login.tokens.accessToken ?? '', password: 'Zo\u00eb kn\u00f6ws' };
    expect(app.errorOf(await change(again, 'Zoe\u0308 kno\u0308ws')).fields).toEqual({
      newPassword: ['Choose another password than the current one.'],
    });
  });

  /** How many operations wait for a lock. SQLite has none to wait for: whoever is next has had the time to come. */
  const areWaiting = async (count: number) => {
    if (kind === 'sqlite') return pause(300);
    const waiting = async () => {
      const { rows } = await sql<{ count: string }>`select count(*) as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(
        app.orm.em.fork().getKysely(),
      );
      return Number(rows[0]?.count);
    };
    await expect.poll(waiting, { timeout: 8_000, interval: 5 }).toBe(count);
  };

  /** Holds an account's row while `work` brings others to the point where they need it. */
  const whileHeld = (userId: string, work: () => Promise<void>) =>
    app.orm.em.fork().transactional(async (em) => {
      await em.findOneOrFail(User, userId, { lockMode: LockMode.PESSIMISTIC_WRITE });
      await work();
    });

  it('lets exactly one of 4 that have proved the password win', async () => {
    const buyer = await app.build.buyer();
    const passwords = upTo(4).map((n) => `a new password, number ${n}`);
    let answers: Array<ReturnType<typeof change>> = [];
    await whileHeld(buyer.id, async () => {
      answers = passwords.map((password) => change(buyer, password));
      await areWaiting(4);
    });
    const settled = await Promise.all(answers);
    const winners = passwords.filter((_password, index) => settled[index]?.data);
    expect(winners).toHaveLength(1);
    for (const answer of settled.filter((each) => !each.data)) {
      // On SQLite, where they wait for each other before, who comes last finds its session ended.
      const { code, fields } = app.errorOf(answer);
      expect(fields ? { code, fields } : { code }).toEqual(
        kind === 'sqlite' && !fields ? { code: 'TOKEN_REVOKED' } : { code: 'BAD_USER_INPUT', fields: WRONG },
      );
    }
    expect((await login(buyer.email, winners[0] as string)).errors).toBeUndefined();
    expect(await mailsTo(app, buyer.id, 'PASSWORD_CHANGED')).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'leaves no session behind of sign-ins with the old password that come just %s it, nor of a refresh',
    async (when) => {
      const buyer = await app.build.buyer();
      const signIn = () => login(buyer.email, buyer.password);
      const begun: Array<ReturnType<typeof signIn>> = [];
      const begin = (waiting: number) => {
        begun.push(signIn(), signIn());
        return areWaiting(waiting);
      };
      let change: ReturnType<typeof changed> | undefined;
      await whileHeld(buyer.id, async () => {
        if (when === 'before') await begin(2);
        change = changed(buyer);
        await areWaiting(when === 'before' ? 3 : 1);
        if (when === 'after') await begin(3);
      });
      const refresh = app.request(RefreshTokenDocument, { input: { refreshToken: buyer.refreshToken } });
      const { accessToken } = (await change) as Awaited<ReturnType<typeof changed>>;
      const tokens = (await Promise.all(begun)).map(({ data }) => data?.login.tokens.accessToken);
      if (kind === 'postgresql') {
        expect(tokens.filter(Boolean)).toHaveLength(when === 'before' ? 2 : 0);
      }
      tokens.push((await refresh).data?.refreshToken.tokens.accessToken);
      for (const token of tokens) if (token) expect(await isViewer(token)).toBe(false);
      const live = await liveSessionsOf(buyer.id);
      expect(live.map(({ id }) => id)).toEqual([claimsOf(accessToken).sid]);
    },
  );
});

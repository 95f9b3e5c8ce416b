import { describe, expect, it } from 'vitest';
import { write } from '../../../src/kernel/unit-of-work.js';
import { createAdmin } from '../../../src/modules/accounts/module.js';
import { RevokedSessions } from '../../../src/modules/accounts/revoked-sessions.js';
import { sweepSessions } from '../../../src/modules/accounts/session.jobs.js';
import { openSession } from '../../../src/modules/accounts/session.service.js';
import { User } from '../../../src/modules/accounts/user.entity.js';
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshTokenDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { claimsOf, stored } from './stored.js';

describe.each(databaseKinds)('sweep-sessions on %s', (kind) => {
  const app = useApp(kind);

  it('deletes a session a day after its last token, and no other', async () => {
    const old = await app.build.buyer();
    app.clock.advance(8 * DAY - HOUR);
    const young = await app.build.buyer();
    expect(await sweepSessions.run(app.system.makeCtx())).toBe(0);
    app.clock.advance(2 * HOUR);
    expect(await sweepSessions.run(app.system.makeCtx())).toBe(1);
    const { sessions } = await stored(app);
    expect(sessions.map(({ id }: { id: string }) => id)).toEqual([claimsOf(young.token).sid]);
    const refreshed = await app.request(RefreshTokenDocument, { input: { refreshToken: old.refreshToken } });
    expect(app.errorOf(refreshed)).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });
});

describe.each(databaseKinds)('the sessions of an account on %s', (kind) => {
  const app = useApp(kind);

  it('are a hundred at once: one sign-in more ends the oldest', async () => {
    const buyer = await app.build.buyer();
    await write(app.system.makeCtx(), async (tx) => {
      const user = await tx.em.findOneOrFail(User, buyer.id);
      for (let n = 0; n < 100; n++) await openSession(tx, user);
    });
    const all = (await stored(app)).sessions.map(({ id }: { id: string }) => id);
    const input = { email: buyer.email, password: buyer.password };
    const { login } = await app.ok(LoginDocument, { input });
    const live = (await stored(app)).sessions.filter(
      ({ revoked_at }: { revoked_at: unknown }) => revoked_at === null,
    );
    const { sid } = claimsOf(login.tokens.accessToken);
    expect(live.map(({ id }: { id: string }) => id)).toEqual([...all.slice(2), sid]);
    await expect.poll(async () => (await app.ok(MeDocument, {}, buyer)).me).toBeNull();
  });
});

describe.each(databaseKinds)('the revoked sessions of a node on %s', (kind) => {
  const app = useApp(kind);

  it('are read from the database, as long as access tokens of theirs may live', async () => {
    const [buyer, rival] = [await app.build.buyer(), await app.build.buyer()];
    await app.ok(LogoutDocument, { input: { refreshToken: buyer.refreshToken } }, buyer);
    const revoked = new RevokedSessions(app.clock, HOUR);
    const knows = async () => {
      const sent = await app.allStatements(() => revoked.reread(app.system.makeCtx()));
      expect(sent).toHaveLength(1);
      return [buyer, rival].map(({ token }) => revoked.has(claimsOf(token).sid));
    };
    expect(await knows()).toEqual([true, false]);
    app.clock.advance(HOUR / 2);
    await app.ok(LogoutDocument, { input: { refreshToken: rival.refreshToken } }, rival);
    expect(await knows()).toEqual([true, true]);
    app.clock.advance(HOUR / 2);
    expect(await knows()).toEqual([false, true]);
    app.clock.advance(HOUR / 2);
    expect(await knows()).toEqual([false, false]);
  });

  it('find one that committed late, behind a newer one', async () => {
    const [late, early] = [await app.build.buyer(), await app.build.buyer()];
    const revoked = new RevokedSessions(app.clock, HOUR);
    const revokedAt = app.clock.now().getTime();
    app.clock.advance(20_000);
    await app.ok(LogoutDocument, { input: { refreshToken: early.refreshToken } }, early);
    await revoked.reread(app.system.makeCtx());
    const { sid } = claimsOf(late.token);
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update sessions set revoked_at = ? where id = ?', [revokedAt, sid]);
    await revoked.reread(app.system.makeCtx());
    expect(revoked.has(sid)).toBe(true);
  });

  it('are not read again when a reading has come more than a minute after them', async () => {
    const buyer = await app.build.buyer();
    const revoked = new RevokedSessions(app.clock, HOUR);
    const revokedAt = app.clock.now().getTime();
    app.clock.advance(61_000);
    await revoked.reread(app.system.makeCtx());
    const { sid } = claimsOf(buyer.token);
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update sessions set revoked_at = ? where id = ?', [revokedAt, sid]);
    await revoked.reread(app.system.makeCtx());
    expect(revoked.has(sid)).toBe(false);
  });
});

describe.each(databaseKinds)('createAdmin on %s', (kind) => {
  const app = useApp(kind);
  const PASSWORD = 'only the admin knows';
  const isViewer = async (token: string) => (await app.ok(MeDocument, {}, { token })).me !== null;

  it('makes an admin who can sign in', async () => {
    const made = await createAdmin(app.system.makeCtx(), { email: 'Root@Example.com', password: PASSWORD });
    expect(made.outcome).toBe('CREATED');
    const { login } = await app.ok(LoginDocument, {
      input: { email: 'root@example.com', password: PASSWORD },
    });
    expect(login.user).toMatchObject({ id: made.userId, email: 'root@example.com', userType: 'ADMIN' });
  });

  it('promotes an account, which keeps its password; its earlier sessions end', async () => {
    const buyer = await app.build.buyer();
    const made = await createAdmin(app.system.makeCtx(), { email: buyer.email });
    expect(made).toEqual({ userId: buyer.id, email: buyer.email, outcome: 'PROMOTED' });
    await expect.poll(() => isViewer(buyer.token)).toBe(false);
    const input = { email: buyer.email, password: buyer.password };
    expect((await app.ok(LoginDocument, { input })).login.user.userType).toBe('ADMIN');
  });

  it('gives an admin a new password; the old one and its sessions end', async () => {
    const email = 'changed@example.com';
    await createAdmin(app.system.makeCtx(), { email, password: 'the first password' });
    const { login } = await app.ok(LoginDocument, { input: { email, password: 'the first password' } });
    const made = await createAdmin(app.system.makeCtx(), { email, password: PASSWORD });
    expect(made.outcome).toBe('ALREADY_ADMIN');
    await expect.poll(() => isViewer(login.tokens.accessToken)).toBe(false);
    const refused = await app.request(LoginDocument, { input: { email, password: 'the first password' } });
    expect(app.errorOf(refused)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await app.ok(LoginDocument, { input: { email, password: PASSWORD } });
  });

  it('changes nothing of an admin when no password is given', async () => {
    const admin = await app.build.admin();
    const before = await stored(app);
    const made = await createAdmin(app.system.makeCtx(), { email: admin.email });
    expect(made).toEqual({ userId: admin.id, email: admin.email, outcome: 'ALREADY_ADMIN' });
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    [
      'a new account without a password',
      { email: 'without@example.com' },
      { password: ['A new account needs a password.'] },
    ],
    [
      'a password too short',
      { email: 'short@example.com', password: 'short' },
      { password: ['Ensure this field has at least 8 characters.'] },
    ],
    [
      'a common password',
      { email: 'common@example.com', password: 'password1' },
      { password: ['This password is too common.'] },
    ],
    ['no address', { email: 'nowhere', password: PASSWORD }, { email: ['Enter a valid email address.'] }],
  ])('refuses %s, and stores nothing', async (_what, input, fields) => {
    const before = await stored(app);
    await expect(createAdmin(app.system.makeCtx(), input)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      fields,
    });
    expect(await stored(app)).toEqual(before);
  });
});

import { describe, expect, it } from 'vitest';
import { LoginDocument, MeDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { claimsOf, stored } from './stored.js';

const refusal = {
  code: 'INVALID_CREDENTIALS',
  statusCode: 401,
  message: 'No account matches this e-mail address and password.',
};

describe.each(databaseKinds)('login on %s', (kind) => {
  const app = useApp(kind);

  it('begins a session of its own, whatever the case of the address', async () => {
    const buyer = await app.build.buyer({ email: 'case@example.com' });
    const { login } = await app.ok(LoginDocument, {
      input: { email: 'CASE@Example.com', password: buyer.password },
    });
    expect(login.user).toMatchObject({ id: buyer.id, email: 'case@example.com', userType: 'BUYER' });
    const claims = claimsOf(login.tokens.accessToken);
    expect(claims.sub).toBe(buyer.id);
    expect(claims.sid).not.toBe(claimsOf(buyer.token).sid);
    const { sessions } = await stored(app);
    const row = sessions.find((session: { id: string }) => session.id === claims.sid);
    expect(row).toMatchObject({
      user_id: buyer.id,
      refresh_jti: claimsOf(login.tokens.refreshToken).jti,
      revoked_at: null,
    });
    expect(Number(row?.expires_at)).toBe(new Date(login.tokens.refreshTokenExpiresAt).getTime());
  });

  it('leaves earlier sessions as they were', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const { login } = await app.ok(LoginDocument, { input });
    for (const token of [buyer.token, login.tokens.accessToken]) {
      expect((await app.ok(MeDocument, {}, { token })).me?.id).toBe(buyer.id);
    }
  });

  it.each([
    ['a wrong password', (email: string, _: string) => ({ email, password: 'wrong horse battery' })],
    [
      'a password in another case',
      (email: string, right: string) => ({ email, password: right.toUpperCase() }),
    ],
    [
      'a password with a blank too many',
      (email: string, right: string) => ({ email, password: `${right} ` }),
    ],
    ['an empty password', (email: string, _: string) => ({ email, password: '' })],
    ['an unknown address', (_: string, right: string) => ({ email: 'nobody@example.com', password: right })],
    [
      'an address too long',
      (_: string, right: string) => ({ email: `${'a'.repeat(300)}@example.com`, password: right }),
    ],
    ['a password full of NULs', (email: string, _: string) => ({ email, password: '\u0000'.repeat(10_000) })],
  ])('refuses %s in the same words, and begins no session', async (_what, input) => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    const response = await app.request(LoginDocument, { input: input(buyer.email, buyer.password) });
    expect(app.errorOf(response)).toEqual(refusal);
    expect(await stored(app)).toEqual(before);
  });

  it('asks the database the same for an unknown address as for a wrong password', async () => {
    const buyer = await app.build.buyer();
    const sent = (email: string) =>
      app.statements(() => app.request(LoginDocument, { input: { email, password: 'wrong horse battery' } }));
    const statements = await sent(buyer.email);
    expect(statements).toHaveLength(1);
    expect(await sent('nobody@example.com')).toEqual(statements);
  });

  it('refuses an account that was deleted, in the same words', async () => {
    const buyer = await app.build.buyer();
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update users set deleted_at = ? where id = ?', [app.clock.now().getTime(), buyer.id]);
    const before = await stored(app);
    const input = { email: buyer.email, password: buyer.password };
    expect(app.errorOf(await app.request(LoginDocument, { input }))).toEqual(refusal);
    expect(await stored(app)).toEqual(before);
  });

  it('ignores a bad token that comes along: it asks for no viewer', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const { login } = await app.ok(LoginDocument, { input }, { token: 'garbage' });
    expect(login.user.id).toBe(buyer.id);
  });

  it('begins 8 sessions for 8 sign-ins at once', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const logins = await Promise.all(Array.from({ length: 8 }, () => app.ok(LoginDocument, { input })));
    expect(new Set(logins.map(({ login }) => claimsOf(login.tokens.accessToken).sid)).size).toBe(8);
  });

  it('works again after the session has expired', async () => {
    const buyer = await app.build.buyer();
    app.clock.advance(8 * DAY);
    const input = { email: buyer.email, password: buyer.password };
    const { login } = await app.ok(LoginDocument, { input });
    expect((await app.ok(MeDocument, {}, { token: login.tokens.accessToken })).me?.id).toBe(buyer.id);
  });
});

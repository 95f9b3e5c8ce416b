import { describe, expect, it } from 'vitest';
import { MeDocument, RefreshTokenDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, MINUTE } from '../../support/clock.js';
import { upTo } from '../../support/live.js';
import { claimsOf, stored } from './stored.js';

const revoked = { code: 'TOKEN_REVOKED', statusCode: 401, message: 'The token has been revoked.' };
const expired = { code: 'TOKEN_EXPIRED', statusCode: 401, message: 'The token has expired.' };
/** Past REFRESH_GRACE_SECONDS. */
const PAST_GRACE = 5_000;
const invalid = { code: 'UNAUTHENTICATED', statusCode: 401, message: 'The token is not valid.' };

describe.each(databaseKinds)('refreshToken on %s', (kind) => {
  const app = useApp(kind);
  const refresh = (refreshToken: string, userAgent?: string) =>
    app.request(RefreshTokenDocument, { input: { refreshToken } }, userAgent ? { userAgent } : {});
  const refreshed = async (refreshToken: string) =>
    (await app.ok(RefreshTokenDocument, { input: { refreshToken } })).refreshToken.tokens;
  const isViewer = async (token: string) => (await app.ok(MeDocument, {}, { token })).me !== null;
  const session = async (token: string) => {
    const { sessions } = await stored(app);
    return sessions.find(({ id }: { id: string }) => id === claimsOf(token).sid);
  };

  it('gives new tokens of the same session, which both work', async () => {
    const buyer = await app.build.buyer();
    app.clock.advance(30 * MINUTE);
    const { data } = await refresh(buyer.refreshToken);
    const tokens = data?.refreshToken.tokens;
    expect(data?.refreshToken.user).toMatchObject({ id: buyer.id, email: buyer.email });
    expect(tokens?.refreshToken).not.toBe(buyer.refreshToken);
    expect(claimsOf(tokens?.accessToken ?? '').sid).toBe(claimsOf(buyer.token).sid);
    const second = Math.floor(app.clock.now().getTime() / 1_000) * 1_000;
    expect(tokens?.refreshTokenExpiresAt).toBe(new Date(second + 7 * DAY).toISOString());
    expect((await app.ok(MeDocument, {}, { token: tokens?.accessToken })).me?.id).toBe(buyer.id);
    expect((await refresh(tokens?.refreshToken ?? '')).errors).toBeUndefined();
  });

  it('keeps a session going as long as it is refreshed in time', async () => {
    let { refreshToken } = await app.build.buyer();
    for (let week = 0; week < 3; week++) {
      app.clock.advance(7 * DAY - MINUTE);
      refreshToken = (await refresh(refreshToken)).data?.refreshToken.tokens.refreshToken ?? '';
    }
    expect((await refresh(refreshToken)).errors).toBeUndefined();
  });

  it('refuses a token a second time, and ends its session: the newer tokens die with it', async () => {
    const buyer = await app.build.buyer();
    const tokens = await refreshed(buyer.refreshToken);
    app.clock.advance(PAST_GRACE);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect(Number((await session(buyer.token))?.revoked_at)).toBe(app.clock.now().getTime());
    const ended = await stored(app);
    expect(app.errorOf(await refresh(tokens.refreshToken))).toEqual(revoked);
    for (const token of [buyer.token, tokens.accessToken]) expect(await isViewer(token)).toBe(false);
    expect(await stored(app)).toEqual(ended);
  });

  it('leaves other sessions of the account alone when one ends', async () => {
    const buyer = await app.build.buyer({ email: `other-session-${kind}@example.com` });
    const other = await app.build.login(buyer);
    await refresh(buyer.refreshToken);
    app.clock.advance(PAST_GRACE);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    await refreshed(other.refreshToken);
  });

  it('forgives the token spent last, for seconds and to the client that spent it: refused, and nothing changes', async () => {
    const buyer = await app.build.buyer();
    const tokens = await refreshed(buyer.refreshToken);
    app.clock.advance(PAST_GRACE - 1);
    const before = await stored(app);
    for (const _ of upTo(3)) expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect(await stored(app)).toEqual(before);
    expect(await isViewer(tokens.accessToken)).toBe(true);
    await refreshed(tokens.refreshToken);
  });

  it('forgives it to no other client', async () => {
    const buyer = await app.build.buyer();
    const tokens = await refreshed(buyer.refreshToken);
    expect(app.errorOf(await refresh(buyer.refreshToken, 'Another/1.0'))).toEqual(revoked);
    expect((await session(buyer.token))?.revoked_at).not.toBeNull();
    expect(app.errorOf(await refresh(tokens.refreshToken))).toEqual(revoked);
    expect(await isViewer(tokens.accessToken)).toBe(false);
  });

  it('forgives no token that was spent before the last, not even at once', async () => {
    const buyer = await app.build.buyer();
    const second = await refreshed(buyer.refreshToken);
    const third = await refreshed(second.refreshToken);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect((await session(buyer.token))?.revoked_at).not.toBeNull();
    expect(app.errorOf(await refresh(third.refreshToken))).toEqual(revoked);
  });

  it('forgives nothing once the session has ended', async () => {
    const buyer = await app.build.buyer();
    await refreshed(buyer.refreshToken);
    await refresh(buyer.refreshToken, 'Another/1.0');
    const ended = await stored(app);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect(await stored(app)).toEqual(ended);
  });

  it('lets exactly one of 20 at once win, over 5 rounds, and its tokens live on', async () => {
    for (const _ of upTo(5)) {
      const buyer = await app.build.buyer();
      const answers = await Promise.all(upTo(20).map(() => refresh(buyer.refreshToken)));
      const [won, ...others] = answers.filter((answer) => answer.data);
      expect(others).toEqual([]);
      const refusals = answers.filter((answer) => !answer.data).map((answer) => app.errorOf(answer));
      expect(refusals).toEqual(Array(19).fill(revoked));
      const tokens = won?.data?.refreshToken.tokens;
      expect(await isViewer(tokens?.accessToken ?? '')).toBe(true);
      const next = await refreshed(tokens?.refreshToken ?? '');
      expect(await isViewer(next.accessToken)).toBe(true);
    }
  });

  it('ends the session where another client was among 12 at once, whoever won', async () => {
    for (const _ of upTo(3)) {
      const buyer = await app.build.buyer();
      const answers = await Promise.all(
        upTo(12).map((n) => refresh(buyer.refreshToken, n === 6 ? 'Another/1.0' : 'One/1.0')),
      );
      const [won, ...others] = answers.filter((answer) => answer.data);
      expect(others).toEqual([]);
      expect((await session(buyer.token))?.revoked_at).not.toBeNull();
      expect(app.errorOf(await refresh(won?.data?.refreshToken.tokens.refreshToken ?? ''))).toEqual(revoked);
    }
  });

  it('refuses a token whose account was deleted', async () => {
    const buyer = await app.build.buyer();
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update users set deleted_at = ? where id = ?', [app.clock.now().getTime(), buyer.id]);
    const before = await stored(app);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect(await stored(app)).toEqual(before);
  });

  it('refuses a token after its 7 days and the skew of 5 s', async () => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    app.clock.advance(7 * DAY + 6_000);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(expired);
    expect(await stored(app)).toEqual(before);
  });

  it('refuses a token within the skew, because the session itself is over', async () => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    app.clock.advance(claimsOf(buyer.refreshToken).exp * 1_000 - app.clock.now().getTime() + 1_000);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(expired);
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    ['an access token', (tokens: { token: string }) => tokens.token],
    ['an empty text', () => ''],
    ['garbage', () => 'gar.ba.ge'],
    ['NULs', () => '\u0000.\u0000.\u0000'],
    ['more than 4 KB', () => 'a'.repeat(5_000)],
  ])('refuses %s, and changes nothing', async (_what, tokenOf) => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    expect(app.errorOf(await refresh(tokenOf(buyer)))).toEqual(invalid);
    expect(await stored(app)).toEqual(before);
  });

  it('refuses a token whose session is no longer kept', async () => {
    const buyer = await app.build.buyer();
    const { sid } = claimsOf(buyer.token);
    await app.orm.em.fork().getConnection().execute('delete from sessions where id = ?', [sid]);
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
  });
});

describe('refreshToken without a grace', () => {
  const app = useApp('sqlite', { config: { refreshGraceMs: 0 } });

  it('forgives nothing', async () => {
    const { refreshToken } = await app.build.buyer();
    const input = { refreshToken };
    const { tokens } = (await app.ok(RefreshTokenDocument, { input })).refreshToken;
    expect(app.errorOf(await app.request(RefreshTokenDocument, { input }))).toEqual(revoked);
    expect((await app.ok(MeDocument, {}, { token: tokens.accessToken })).me).toBeNull();
  });
});

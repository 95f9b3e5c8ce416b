import { describe, expect, it } from 'vitest';
import { MeDocument, RefreshTokenDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, MINUTE } from '../../support/clock.js';
import { claimsOf, stored } from './stored.js';

const revoked = { code: 'TOKEN_REVOKED', statusCode: 401, message: 'The token has been revoked.' };
const expired = { code: 'TOKEN_EXPIRED', statusCode: 401, message: 'The token has expired.' };
const invalid = { code: 'UNAUTHENTICATED', statusCode: 401, message: 'The token is not valid.' };

describe.each(databaseKinds)('refreshToken on %s', (kind) => {
  const app = useApp(kind);
  const refresh = (refreshToken: string) => app.request(RefreshTokenDocument, { input: { refreshToken } });
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
    const tokens = (await refresh(buyer.refreshToken)).data?.refreshToken.tokens;
    expect(app.errorOf(await refresh(buyer.refreshToken))).toEqual(revoked);
    expect(Number((await session(buyer.token))?.revoked_at)).toBe(app.clock.now().getTime());
    const ended = await stored(app);
    expect(app.errorOf(await refresh(tokens?.refreshToken ?? ''))).toEqual(revoked);
    for (const token of [buyer.token, tokens?.accessToken]) {
      expect((await app.ok(MeDocument, {}, { token })).me).toBeNull();
    }
    expect(await stored(app)).toEqual(ended);
  });

  it('leaves other sessions of the account alone when one ends', async () => {
    const buyer = await app.build.buyer({ email: `other-session-${kind}@example.com` });
    const { login } = await app.ok<{ login: { tokens: { refreshToken: string } } }, object>(
      'mutation ($input: LoginInput!) { login(input: $input) { tokens { refreshToken } } }',
      { input: { email: buyer.email, password: buyer.password } },
    );
    await refresh(buyer.refreshToken);
    await refresh(buyer.refreshToken);
    expect((await refresh(login.tokens.refreshToken)).errors).toBeUndefined();
  });

  it('lets exactly one of two at once win, over 10 rounds', async () => {
    for (let round = 0; round < 10; round++) {
      const buyer = await app.build.buyer();
      const answers = await Promise.all([refresh(buyer.refreshToken), refresh(buyer.refreshToken)]);
      expect(answers.filter((answer) => answer.data)).toHaveLength(1);
      const refused = answers.filter((answer) => !answer.data);
      expect(refused.map((answer) => app.errorOf(answer))).toEqual([revoked]);
      // Nobody can say which of the two is a thief: the session is over.
      expect((await session(buyer.token))?.revoked_at).not.toBeNull();
    }
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

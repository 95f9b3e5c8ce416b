import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshTokenDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { stored } from './stored.js';

describe.each(databaseKinds)('logout on %s', (kind) => {
  const app = useApp(kind);
  const logout = (refreshToken: string, token?: string) =>
    app.request(LogoutDocument, { input: { refreshToken } }, { token });

  it('ends the session: neither of its tokens works any longer', async () => {
    const buyer = await app.build.buyer();
    const { data } = await logout(buyer.refreshToken, buyer.token);
    expect(data).toEqual({ logout: { success: true } });
    expect((await app.ok(MeDocument, {}, buyer)).me).toBeNull();
    expect(app.errorOf(await logout(buyer.refreshToken, buyer.token))).toEqual({
      code: 'TOKEN_REVOKED',
      statusCode: 401,
      message: 'The token has been revoked.',
    });
    const refreshed = await app.request(RefreshTokenDocument, {
      input: { refreshToken: buyer.refreshToken },
    });
    expect(app.errorOf(refreshed)).toMatchObject({ code: 'TOKEN_REVOKED' });
  });

  it('ends another session of the same account, and twice is once', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const other = (await app.ok(LoginDocument, { input })).login.tokens;
    expect((await logout(other.refreshToken, buyer.token)).data).toEqual({ logout: { success: true } });
    const ended = await stored(app);
    app.clock.advance(1_000);
    expect((await logout(other.refreshToken, buyer.token)).data).toEqual({ logout: { success: true } });
    expect(await stored(app)).toEqual(ended);
    expect((await app.ok(MeDocument, {}, { token: other.accessToken })).me).toBeNull();
    expect((await app.ok(MeDocument, {}, buyer)).me?.id).toBe(buyer.id);
  });

  it('ends the session by a spent refresh token of it too', async () => {
    const buyer = await app.build.buyer();
    await app.ok(RefreshTokenDocument, { input: { refreshToken: buyer.refreshToken } });
    expect((await logout(buyer.refreshToken, buyer.token)).data).toEqual({ logout: { success: true } });
    expect((await app.ok(MeDocument, {}, buyer)).me).toBeNull();
  });

  it('ends it once for 8 calls at once', async () => {
    const buyer = await app.build.buyer();
    const input = { email: buyer.email, password: buyer.password };
    const other = (await app.ok(LoginDocument, { input })).login.tokens;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => logout(other.refreshToken, buyer.token)),
    );
    expect(answers.map(({ data }) => data?.logout.success)).toEqual(Array(8).fill(true));
  });

  it("refuses another account's refresh token, and changes nothing", async () => {
    const [buyer, rival] = [await app.build.buyer(), await app.build.buyer()];
    const before = await stored(app);
    expect(app.errorOf(await logout(rival.refreshToken, buyer.token))).toMatchObject({
      code: 'FORBIDDEN',
      statusCode: 403,
    });
    expect(await stored(app)).toEqual(before);
    expect((await app.ok(MeDocument, {}, rival)).me?.id).toBe(rival.id);
  });

  it('refuses a guest, and changes nothing', async () => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    expect(app.errorOf(await logout(buyer.refreshToken))).toMatchObject({
      code: 'UNAUTHENTICATED',
      statusCode: 401,
    });
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    ['an access token', (buyer: { token: string }) => buyer.token, 'UNAUTHENTICATED'],
    ['garbage', () => 'garbage', 'UNAUTHENTICATED'],
    ['an empty text', () => '', 'UNAUTHENTICATED'],
  ])('refuses %s in place of the refresh token, and changes nothing', async (_what, tokenOf, code) => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    expect(app.errorOf(await logout(tokenOf(buyer), buyer.token))).toMatchObject({ code });
    expect(await stored(app)).toEqual(before);
  });

  it('refuses a refresh token that has expired', async () => {
    const buyer = await app.build.buyer();
    app.clock.advance(8 * DAY);
    const input = { email: buyer.email, password: buyer.password };
    const { accessToken } = (await app.ok(LoginDocument, { input })).login.tokens;
    expect(app.errorOf(await logout(buyer.refreshToken, accessToken))).toMatchObject({
      code: 'TOKEN_EXPIRED',
    });
  });

  it('closes the live sockets of the session with 4403, and of no other', async () => {
    const [buyer, rival] = [await app.build.buyer(), await app.build.buyer()];
    const [mine, theirs] = [await openSocket(app.url, buyer.token), await openSocket(app.url, rival.token)];
    await logout(buyer.refreshToken, buyer.token);
    expect(await mine.closed).toBe(4403);
    expect(theirs.isOpen()).toBe(true);
    await Promise.all([mine.client.dispose(), theirs.client.dispose()]);
  });
});

/** A graphql-ws client that is signed in and stays so without an operation. */
async function openSocket(url: string, token: string) {
  const connected = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  let open = false;
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    connectionParams: { authorization: `Bearer ${token}` },
    on: {
      connected: () => {
        open = true;
        connected.resolve();
      },
      closed: (event) => {
        open = false;
        closed.resolve((event as { code: number }).code);
      },
    },
  });
  await connected.promise;
  return { client, closed: closed.promise, isOpen: () => open };
}

import { SignJWT } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { compose } from '../../../src/app/compose.js';
import { startServer } from '../../../src/app/server.js';
import type { SigningKey } from '../../../src/app/settings.js';
import { LogoutDocument } from '../../generated/operations.js';
import { databaseKinds, testLog, testSecret, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { claimsOf } from './stored.js';

const OLD = { kid: 'test', secret: testSecret };
const NEW = { kid: 'new', secret: 'the-secret-that-signs-from-now-on-0123456789' };

const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

describe.each(databaseKinds)('authentication on %s', (kind) => {
  const app = useApp(kind);

  /** Asks for what is refused to every viewer: FORBIDDEN means that the token was accepted. */
  const codeFor = async (token: string) => {
    const { refreshToken } = await app.build.buyer();
    return app.errorOf(await app.request(LogoutDocument, { input: { refreshToken } }, { token })).code;
  };

  it('tells an expired token from a bad one, 5 s of skew allowed', async () => {
    const { token } = await app.build.buyer();
    app.clock.advance(claimsOf(token).exp * 1_000 - app.clock.now().getTime() + 4_000);
    expect(await codeFor(token)).toBe('FORBIDDEN');
    app.clock.advance(2_000);
    expect(await codeFor(token)).toBe('TOKEN_EXPIRED');
  });

  it('refuses a token that lives longer than tokens do', async () => {
    const { token } = await app.build.buyer();
    const claims = claimsOf(token);
    const eternal = await new SignJWT({ ...claims, exp: claims.exp + 1_000 * HOUR })
      .setProtectedHeader({ alg: 'HS256', kid: 'test', typ: 'at+jwt' })
      .sign(new TextEncoder().encode(testSecret));
    app.clock.advance(HOUR + 6_000);
    expect(await codeFor(eternal)).toBe('TOKEN_EXPIRED');
  });

  it('learns from the database of a session that another process revoked', async () => {
    const buyer = await app.build.buyer();
    const { sid } = claimsOf(buyer.token);
    await app.orm.em
      .fork()
      .getConnection()
      .execute('update sessions set revoked_at = ? where id = ?', [app.clock.now().getTime(), sid]);
    await expect.poll(() => codeFor(buyer.token), { timeout: 5_000, interval: 200 }).toBe('TOKEN_REVOKED');
  });
});

describe.each(databaseKinds)('a change of keys on %s', (kind) => {
  const app = useApp(kind);
  const stops: Array<() => Promise<void>> = [];
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  /** Another node on the same database, with keys of its own. */
  const node = async (...jwtSecrets: SigningKey[]) => {
    const config = { ...app.system.config, port: 0, jwtSecrets };
    const server = await startServer(
      await compose(config, { clock: app.clock, log: testLog, backgroundJobs: false }),
    );
    stops.push(() => server.close());
    const profile = async (token: string) => {
      const answer = await fetch(`${server.url}/api/v1/auth/profile/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return answer.status;
    };
    const refresh = async (token: string) => {
      const answer = await fetch(`${server.url}/api/v1/auth/token/refresh/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refresh: token }),
      });
      const body = (await answer.json()) as { access: string; refresh: string };
      return { status: answer.status, ...body };
    };
    return { profile, refresh };
  };

  it('signs nobody out: the first key signs, tokens of the others are good, those of one that is gone are not', async () => {
    const buyer = await app.build.buyer();
    // As an operator goes about it: each node knows the new key before one signs with it, and the old one goes last.
    const before = await node(OLD, NEW);
    const during = await node(NEW, OLD);
    const after = await node(NEW);

    expect(kidOf(buyer.token)).toBe('test');
    expect(await during.profile(buyer.token)).toBe(200);
    const renewed = await during.refresh(buyer.refreshToken);
    expect(renewed).toMatchObject({ status: 200 });
    expect([kidOf(renewed.access), kidOf(renewed.refresh)]).toEqual(['new', 'new']);
    expect(claimsOf(renewed.access).sid).toBe(claimsOf(buyer.token).sid);
    for (const each of [before, during, after]) expect(await each.profile(renewed.access)).toBe(200);

    const back = await before.refresh(renewed.refresh);
    expect(back).toMatchObject({ status: 200 });
    expect(kidOf(back.refresh)).toBe('test');
    expect([await after.profile(back.access), (await after.refresh(back.refresh)).status]).toEqual([
      401, 401,
    ]);
    expect(await before.profile(back.access)).toBe(200);
  });
});

import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { LogoutDocument, MeDocument, RefreshTokenDocument } from '../../generated/operations.js';
import { databaseKinds, testSecret, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { claimsOf, stored } from './stored.js';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each(databaseKinds)('authentication on %s', (kind) => {
  const app = useApp(kind);

  // What is refused changes nothing, so that all of it may be tried on one account.
  let token: string;
  let refreshToken: string;
  let rivalsToken: string;
  beforeAll(async () => {
    ({ token, refreshToken } = await app.build.buyer());
    rivalsToken = (await app.build.buyer()).refreshToken;
  });

  /** Asks for what needs a viewer and is refused to every one of them: FORBIDDEN means that the token was accepted. */
  const codeFor = async (bearer: string) => {
    const input = { refreshToken: rivalsToken };
    return app.errorOf(await app.request(LogoutDocument, { input }, { token: bearer })).code;
  };

  /** A token as the server would sign it, but for what is given. */
  const forged = (
    claims: Record<string, unknown>,
    { header = {}, secret = testSecret }: { header?: Record<string, unknown>; secret?: string } = {},
  ) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'test', typ: 'at+jwt', ...header })
      .sign(new TextEncoder().encode(secret));

  it('accepts a token made by the same rules: what follows is refused for its one difference', async () => {
    expect(await codeFor(await forged(claimsOf(token)))).toBe('FORBIDDEN');
  });

  it.each([
    ['signed with another secret', {}, { secret: 'x'.repeat(40) }],
    ['of an unknown key', {}, { header: { kid: 'other' } }],
    ['without a key id', {}, { header: { kid: undefined } }],
    ['signed with HS512', {}, { header: { alg: 'HS512' }, secret: testSecret.repeat(2) }],
    ['of type JWT', {}, { header: { typ: 'JWT' } }],
    ['without a type', {}, { header: { typ: undefined } }],
    ['of a refresh token’s type', {}, { header: { typ: 'rt+jwt' } }],
    ['of another issuer', { iss: 'somebody-else' }, {}],
    ['for another audience', { aud: 'another-api' }, {}],
    ['without iss', { iss: undefined }, {}],
    ['without aud', { aud: undefined }, {}],
    ['without exp', { exp: undefined }, {}],
    ['without iat', { iat: undefined }, {}],
    ['without nbf', { nbf: undefined }, {}],
    ['without sub', { sub: undefined }, {}],
    ['without sid', { sid: undefined }, {}],
    ['without jti', { jti: undefined }, {}],
    ['without a user type', { user_type: undefined }, {}],
    ['of an unknown user type', { user_type: 'ROOT' }, {}],
    ['whose sub is no id', { sub: "' or 1=1" }, {}],
    ['that is not valid yet', { nbf: 32_503_680_000 }, {}],
    ['from the future', { iat: 32_503_680_000 }, {}],
    ['whose exp is a text', { exp: 'never' }, {}],
  ])('refuses a token %s', async (_what, claims, how) => {
    const bad = await forged({ ...claimsOf(token), ...claims }, how);
    expect(await codeFor(bad)).toBe('UNAUTHENTICATED');
  });

  it('refuses alg none, with and without a signature', async () => {
    const [, payload, signature] = token.split('.');
    for (const alg of ['none', 'None', 'nOnE']) {
      const header = encode({ alg, kid: 'test', typ: 'at+jwt' });
      for (const end of ['', signature]) {
        expect(await codeFor(`${header}.${payload}.${end}`)).toBe('UNAUTHENTICATED');
      }
    }
  });

  it('refuses a payload that was changed after it was signed', async () => {
    const [header, , signature] = token.split('.');
    const payload = encode({ ...claimsOf(token), user_type: 'ADMIN' });
    expect(await codeFor(`${header}.${payload}.${signature}`)).toBe('UNAUTHENTICATED');
  });

  it('refuses a refresh token as an access token', async () => {
    expect(await codeFor(refreshToken)).toBe('UNAUTHENTICATED');
  });

  it('refuses a genuine token that was filled up beyond 4 KB', async () => {
    const large = await forged({ ...claimsOf(token), filler: 'x'.repeat(4_096) });
    expect(await codeFor(large)).toBe('UNAUTHENTICATED');
  });

  it.each(['garbage', '..', 'a.b.c', '....', 'e30.e30.e30', 'null', '%00'])('refuses %j', async (token) => {
    expect(await codeFor(token)).toBe('UNAUTHENTICATED');
  });

  it('tells an expired token from a bad one, 5 s of skew allowed', async () => {
    ({ token } = await app.build.buyer());
    app.clock.advance(claimsOf(token).exp * 1_000 - app.clock.now().getTime() + 4_000);
    expect(await codeFor(token)).toBe('FORBIDDEN');
    app.clock.advance(2_000);
    expect(await codeFor(token)).toBe('TOKEN_EXPIRED');
  });

  it('refuses a token that lives longer than tokens do', async () => {
    ({ token } = await app.build.buyer());
    const claims = claimsOf(token);
    const eternal = await forged({ ...claims, exp: claims.exp + 1_000 * HOUR });
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

  it('stores nothing of any of that', async () => {
    const before = await stored(app);
    await codeFor(`${token}x`);
    await app.request(RefreshTokenDocument, { input: { refreshToken: `${token}x` } });
    expect(await stored(app)).toEqual(before);
  });
});

describe.each(databaseKinds)('a change of keys on %s', (kind) => {
  const app = useApp(kind, {
    config: {
      jwtSecrets: [
        { kid: 'new', secret: 'the-secret-that-signs-from-now-on-0123456789' },
        { kid: 'test', secret: testSecret },
      ],
    },
  });

  it('signs with the first key and still honours tokens of the second', async () => {
    const { token } = await app.build.buyer();
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'HS256',
      kid: 'new',
      typ: 'at+jwt',
    });
    const older = await new SignJWT(claimsOf(token))
      .setProtectedHeader({ alg: 'HS256', kid: 'test', typ: 'at+jwt' })
      .sign(new TextEncoder().encode(testSecret));
    expect((await app.ok(MeDocument, {}, { token: older })).me).not.toBeNull();
  });
});

import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Tokens } from '../../../src/modules/accounts/tokens.js';
import { FakeClock, HOUR } from '../../support/clock.js';

const subject = {
  userId: '01930000-0000-7000-8000-000000000001',
  userType: 'DEALER',
  sessionId: '01930000-0000-7000-8000-000000000002',
} as const;
const settings = {
  jwtSecrets: [{ kid: 'k1', secret: 'a-secret-of-more-than-32-characters-1' }],
  accessTokenTtlMs: HOUR,
  refreshTokenTtlMs: 7 * 24 * HOUR,
};

describe('Tokens', () => {
  const clock = new FakeClock();
  const tokens = new Tokens(clock, settings);

  it('reads of a token what it wrote', async () => {
    const issued = await tokens.issue(subject);
    const { jti, ...access } = await tokens.verify('access', issued.accessToken);
    expect(access).toEqual({ ...subject, expiresAt: issued.accessTokenExpiresAt });
    expect(await tokens.verify('refresh', issued.refreshToken)).toEqual({
      ...subject,
      jti: issued.refreshJti,
      expiresAt: issued.refreshTokenExpiresAt,
    });
    expect(jti).not.toBe(issued.refreshJti);
  });

  it('writes the claims and the header that the design names, and no other', async () => {
    const { accessToken, refreshToken } = await tokens.issue(subject);
    const iat = Math.floor(clock.now().getTime() / 1_000);
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' });
    expect(decodeProtectedHeader(refreshToken)).toEqual({ alg: 'HS256', kid: 'k1', typ: 'rt+jwt' });
    expect(decodeJwt(accessToken)).toEqual({
      iss: 'carnegotiate',
      aud: 'carnegotiate-api',
      iat,
      nbf: iat,
      exp: iat + 3_600,
      sub: subject.userId,
      sid: subject.sessionId,
      jti: expect.any(String),
      user_type: 'DEALER',
    });
  });

  it('never takes one kind for the other', async () => {
    const { accessToken, refreshToken } = await tokens.issue(subject);
    await expect(tokens.verify('refresh', accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(tokens.verify('access', refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('honours tokens of a later key in the list, and none of a key that has left it', async () => {
    const { accessToken } = await tokens.issue(subject);
    const k2 = { kid: 'k2', secret: 'a-secret-of-more-than-32-characters-2' };
    const both = new Tokens(clock, { ...settings, jwtSecrets: [k2, ...settings.jwtSecrets] });
    expect((await both.verify('access', accessToken)).userId).toBe(subject.userId);
    expect(decodeProtectedHeader((await both.issue(subject)).accessToken).kid).toBe('k2');
    const without = new Tokens(clock, { ...settings, jwtSecrets: [k2] });
    await expect(without.verify('access', accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('ends old tokens too when their life is cut in the settings', async () => {
    const { accessToken } = await tokens.issue(subject);
    clock.advance(HOUR / 2);
    const stricter = new Tokens(clock, { ...settings, accessTokenTtlMs: HOUR / 4 });
    await expect(stricter.verify('access', accessToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect((await tokens.verify('access', accessToken)).userId).toBe(subject.userId);
  });

  it.each([
    '',
    '.',
    '..',
    '...',
    'a.b.c',
    '\u0000',
    'é.é.é',
    `${'a'.repeat(5_000)}`,
    '{}',
    'eyJhbGciOiJub25lIn0..',
  ])('refuses %j without any other error', async (garbage) => {
    await expect(tokens.verify('access', garbage)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('Tokens that came before', () => {
  let verifying: MockInstance<typeof crypto.subtle.verify>;
  beforeEach(() => {
    verifying = vi.spyOn(crypto.subtle, 'verify');
  });
  afterEach(() => verifying.mockRestore());
  const issued = async (ttls: Partial<typeof settings> = {}) => {
    const clock = new FakeClock();
    const tokens = new Tokens(clock, { ...settings, ...ttls });
    return { clock, tokens, ...(await tokens.issue(subject)) };
  };

  it('are read again without their signature being computed, and say the same', async () => {
    const { tokens, accessToken } = await issued();
    const first = await tokens.verify('access', accessToken);
    expect(verifying).toHaveBeenCalledTimes(1);
    expect(await tokens.verify('access', accessToken)).toEqual(first);
    expect(verifying).toHaveBeenCalledTimes(1);
  });

  it('expire to the second, whether or not they came before', async () => {
    const { clock, tokens, accessToken } = await issued();
    const fresh = new Tokens(clock, settings);
    const justGood = HOUR + 5_000 - 1_000;
    await tokens.verify('access', accessToken);
    clock.advance(justGood);
    expect((await tokens.verify('access', accessToken)).userId).toBe(subject.userId);
    expect((await fresh.verify('access', accessToken)).userId).toBe(subject.userId);
    clock.advance(1_000);
    for (const each of [tokens, tokens, fresh, new Tokens(clock, settings)]) {
      await expect(each.verify('access', accessToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    }
  });

  it('end with the life that the settings give them, where that is the shorter one', async () => {
    const { clock, accessToken } = await issued();
    const stricter = new Tokens(clock, { ...settings, accessTokenTtlMs: HOUR / 4 });
    expect((await stricter.verify('access', accessToken)).userId).toBe(subject.userId);
    clock.advance(HOUR / 4 + 6_000);
    await expect(stricter.verify('access', accessToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  it('are not good before their time, where the clock is put back', async () => {
    const { clock, tokens, accessToken } = await issued();
    await tokens.verify('access', accessToken);
    clock.advance(-5_000);
    expect((await tokens.verify('access', accessToken)).userId).toBe(subject.userId);
    clock.advance(-1_000);
    await expect(tokens.verify('access', accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('vouch for no other text: with another signature, another claim, or as a refresh token', async () => {
    const { tokens, accessToken, refreshToken } = await issued();
    await tokens.verify('access', accessToken);
    await tokens.verify('refresh', refreshToken);
    const [header, payload, signature] = accessToken.split('.') as [string, string, string];
    const claims = { ...decodeJwt(accessToken), user_type: 'ADMIN' };
    const admin = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    const forged = [`${header}.${admin}.${signature}`, `${header}.${payload}.${flipped}`, `${accessToken}x`];
    // Twice: what was refused is not taken for known the next time.
    for (const token of [...forged, ...forged, refreshToken, refreshToken]) {
      await expect(tokens.verify('access', token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await expect(tokens.verify('refresh', accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are known to those alone that hold the key', async () => {
    const { clock, tokens, accessToken } = await issued();
    await tokens.verify('access', accessToken);
    const k2 = { kid: 'k2', secret: 'a-secret-of-more-than-32-characters-2' };
    const without = new Tokens(clock, { ...settings, jwtSecrets: [k2] });
    await expect(without.verify('access', accessToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are forgotten where there is no room for them, those first that came the longest ago', async () => {
    const clock = new FakeClock();
    const tokens = new Tokens(clock, settings, 2);
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map(async () => (await tokens.issue(subject)).accessToken),
    );
    const computed = async (token = '') => {
      verifying.mockClear();
      await tokens.verify('access', token);
      return verifying.mock.calls.length;
    };
    for (const token of [first, second, third]) expect(await computed(token)).toBe(1);
    expect(await computed(third)).toBe(0);
    expect(await computed(second)).toBe(0);
    expect(await computed(first)).toBe(1);
    expect(await computed(third)).toBe(1);
  });
});

import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
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

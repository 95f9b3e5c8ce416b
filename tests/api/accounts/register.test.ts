import { describe, expect, it } from 'vitest';
import { MeDocument, RegisterDocument, type RegisterInput } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { stored } from './stored.js';

const PASSWORD = 'correct horse battery';

describe.each(databaseKinds)('register on %s', (kind) => {
  const app = useApp(kind);
  let count = 0;
  const input = (overrides: Partial<RegisterInput> = {}): RegisterInput => ({
    email: `new-${++count}@example.com`,
    password: PASSWORD,
    ...overrides,
  });

  it('makes a buyer by default, signs it in and answers with all of it', async () => {
    const given = input({ email: 'Ada.L@Example.COM', firstName: ' Ada ', lastName: 'Lovelace', phone: ' ' });
    const { data, errors } = await app.request(RegisterDocument, { input: given });
    expect(errors).toBeUndefined();
    expect(data?.register.user).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: 'ada.l@example.com',
      userType: 'BUYER',
      emailVerified: false,
      createdAt: app.clock.now().toISOString(),
      profile: {
        firstName: 'Ada',
        lastName: 'Lovelace',
        phone: null,
        city: null,
        state: null,
        postalCode: null,
      },
    });
    const second = Math.floor(app.clock.now().getTime() / 1_000) * 1_000;
    expect(data?.register.tokens).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      accessTokenExpiresAt: new Date(second + HOUR).toISOString(),
      refreshTokenExpiresAt: new Date(second + 7 * DAY).toISOString(),
    });
    const me = await app.ok(MeDocument, {}, { token: data?.register.tokens.accessToken });
    expect(me.me).toEqual(data?.register.user);
  });

  it('makes a dealer', async () => {
    const { register } = await app.ok(RegisterDocument, { input: input({ userType: 'DEALER' }) });
    expect(register.user.userType).toBe('DEALER');
  });

  it('keeps a hash of argon2id at the documented cost, and the password nowhere', async () => {
    const { register } = await app.ok(RegisterDocument, { input: input() });
    const { users } = await stored(app);
    const row = users.find((user: { id: string }) => user.id === register.user.id);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/);
    expect(JSON.stringify(users)).not.toContain(PASSWORD);
  });

  it('takes null for what may be left out', async () => {
    const { register } = await app.ok(RegisterDocument, {
      input: input({ firstName: null, lastName: null, phone: null }),
    });
    expect(register.user.profile).toMatchObject({ firstName: null, lastName: null, phone: null });
  });

  it.each([
    ['an admin', { userType: 'ADMIN' }, { userType: ['"ADMIN" is not a valid choice.'] }],
    [
      '7 characters of password',
      { password: 'ä234567' },
      { password: ['Ensure this field has at least 8 characters.'] },
    ],
    [
      '4 characters that count twice in UTF-16',
      { password: '🚗🚗🚗🚗' },
      { password: ['Ensure this field has at least 8 characters.'] },
    ],
    [
      '129 characters of password',
      { password: 'p'.repeat(129) },
      { password: ['Ensure this field has no more than 128 characters.'] },
    ],
    [
      'one of the commonest passwords',
      { password: 'Sunshine1' },
      { password: ['This password is too common.'] },
    ],
    [
      'its own address as its password',
      { email: 'same@example.com', password: 'SAME@example.com' },
      { password: ['The password is too similar to the email.'] },
    ],
    ['a name of two lines', { firstName: 'Ada\nLovelace' }, { firstName: ['Line breaks are not allowed.'] }],
    [
      'a NUL in a password',
      { password: 'password\u0000' },
      { password: ['Control characters are not allowed.'] },
    ],
    ['a NUL in a name', { firstName: 'A\u0000da' }, { firstName: ['Control characters are not allowed.'] }],
    ['a lone surrogate', { lastName: 'L\ud800' }, { lastName: ['This is not well-formed Unicode text.'] }],
    [
      'a name of 101 characters',
      { firstName: 'a'.repeat(101) },
      { firstName: ['Ensure this field has no more than 100 characters.'] },
    ],
    [
      'an address of 255 characters',
      { email: `${'a'.repeat(243)}@example.com` },
      { email: ['Ensure this field has no more than 254 characters.'] },
    ],
    [
      'several faults at once, and tells each',
      { password: 'short', phone: '\u0007', userType: 'ADMIN' },
      {
        password: ['Ensure this field has at least 8 characters.'],
        phone: ['Control characters are not allowed.'],
        userType: ['"ADMIN" is not a valid choice.'],
      },
    ],
  ] as Array<[string, Partial<RegisterInput>, Record<string, string[]>]>)(
    'refuses %s, and stores nothing',
    async (_what, overrides, fields) => {
      const before = await stored(app);
      const response = await app.request(RegisterDocument, { input: input(overrides) });
      expect(app.errorOf(response)).toMatchObject({ code: 'BAD_USER_INPUT', statusCode: 400, fields });
      expect(response.data).toBeNull();
      expect(await stored(app)).toEqual(before);
    },
  );

  it('takes passwords of 8 and of 128 characters', async () => {
    await app.ok(RegisterDocument, { input: input({ password: 'q8 mz#4k' }) });
    await app.ok(RegisterDocument, { input: input({ password: '🚗'.repeat(128) }) });
  });

  it.each(['no address', 'a@b@c', 'nul\u0000@example.com', 'two words@example.com', ''])(
    'refuses the address %j before it gets anywhere',
    async (email) => {
      const before = await stored(app);
      const response = await app.request(RegisterDocument, { input: input({ email }) });
      expect(app.errorOf(response)).toMatchObject({ code: 'BAD_USER_INPUT', statusCode: 400 });
      expect(await stored(app)).toEqual(before);
    },
  );

  it('refuses an address that is taken in another case', async () => {
    await app.ok(RegisterDocument, { input: input({ email: 'twice@example.com' }) });
    const before = await stored(app);
    const response = await app.request(RegisterDocument, { input: input({ email: 'TWICE@example.com' }) });
    expect(app.errorOf(response)).toEqual({
      code: 'BAD_USER_INPUT',
      statusCode: 400,
      message: 'email: A user with this email already exists.',
      fields: { email: ['A user with this email already exists.'] },
    });
    expect(await stored(app)).toEqual(before);
  });

  it('lets one of eight at once have an address', async () => {
    const before = await stored(app);
    const given = input();
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => app.request(RegisterDocument, { input: given })),
    );
    expect(responses.filter((response) => response.data)).toHaveLength(1);
    for (const response of responses.filter((each) => !each.data)) {
      expect(app.errorOf(response)).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { email: ['A user with this email already exists.'] },
      });
    }
    const after = await stored(app);
    expect(after.users).toHaveLength(before.users.length + 1);
    expect(after.sessions).toHaveLength(before.sessions.length + 1);
  });
});

import { describe, expect, it } from 'vitest';
import { databaseKinds, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { claimsOf, stored } from './stored.js';

const PASSWORD = 'correct horse battery';
/** Of the accounts that are built. */
const BUILT = 'correct horse battery staple';
const REQUIRED = ['This field is required.'];

describe.each(databaseKinds)('the auth routes on %s', (kind) => {
  const app = useApp(kind);
  let count = 0;
  const anyEmail = () => `rest-${++count}@example.com`;

  const send = async (method: string, path: string, body?: unknown, token?: string) => {
    const response = await fetch(`${app.url}/api/v1/auth/${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  const post = (path: string, body?: unknown, token?: string) => send('POST', path, body, token);
  const registered = async () => {
    const email = anyEmail();
    const { body } = await post('register/', { email, password: PASSWORD, user_type: 'buyer' });
    return { email, ...(body as { access: string; refresh: string; user: { id: string } }) };
  };

  it('register: 201 with the account and both tokens', async () => {
    const { status, body } = await post('register/', {
      email: 'Grace@Example.com',
      password: PASSWORD,
      user_type: 'dealer',
      first_name: 'Grace',
      last_name: null,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      access: expect.any(String),
      refresh: expect.any(String),
      user: {
        id: claimsOf(body.access).sub,
        email: 'grace@example.com',
        user_type: 'dealer',
        email_verified: false,
        first_name: 'Grace',
        last_name: null,
        phone: null,
        city: null,
        state: null,
        postal_code: null,
        avatar_url: null,
      },
    });
    expect((await send('GET', 'profile/', undefined, body.access)).body).toEqual(body.user);
  });

  it.each([
    ['nothing', {}, { email: REQUIRED, password: REQUIRED, user_type: REQUIRED }],
    [
      'nulls and blanks',
      { email: null, password: '', user_type: null },
      {
        email: ['This field may not be null.'],
        password: ['This field may not be blank.'],
        user_type: ['This field may not be null.'],
      },
    ],
    [
      'other types',
      { email: 7, password: ['x'], user_type: { a: 1 }, first_name: true },
      {
        email: ['Not a valid string.'],
        password: ['Not a valid string.'],
        user_type: ['Not a valid string.'],
        first_name: ['Not a valid string.'],
      },
    ],
    ['an admin', { user_type: 'admin' }, { user_type: ['"admin" is not a valid choice.'] }],
    [
      'a property of every object',
      { user_type: 'constructor' },
      { user_type: ['"constructor" is not a valid choice.'] },
    ],
    ['a bad address', { email: 'nowhere' }, { email: ['Enter a valid email address.'] }],
    ['a NUL in the address', { email: 'a\u0000@b.com' }, { email: ['Enter a valid email address.'] }],
    ['a NUL in a name', { first_name: 'a\u0000' }, { first_name: ['Control characters are not allowed.'] }],
    [
      'a short password',
      { password: '1234567' },
      { password: ['Ensure this field has at least 8 characters.'] },
    ],
  ])('register: refuses %s, and stores nothing', async (what, overrides, fields) => {
    const before = await stored(app);
    const whole = { email: anyEmail(), password: PASSWORD, user_type: 'buyer', ...overrides };
    const answer = await post('register/', what === 'nothing' ? {} : whole);
    expect(answer).toEqual({ status: 400, body: { ...fields, status_code: 400 } });
    expect(await stored(app)).toEqual(before);
  });

  it.each([['[]'], ['"text"'], ['7'], ['null']])('register: refuses the body %s', async (text) => {
    const { status, body } = await post('register/', text);
    expect(status).toBe(400);
    expect(body).toEqual({
      non_field_errors: [expect.stringMatching(/^Invalid data\. Expected a dictionary/)],
      status_code: 400,
    });
  });

  it.each(['register/', 'login/', 'token/refresh/'])(
    '%s refuses broken JSON and no body with a clear 400',
    async (path) => {
      expect(await post(path, '{"email":')).toEqual({
        status: 400,
        body: { detail: expect.any(String), status_code: 400 },
      });
      expect(await post(path)).toMatchObject({ status: 400, body: { status_code: 400 } });
    },
  );

  it('register: refuses an address that is taken', async () => {
    const { email } = await registered();
    const before = await stored(app);
    const again = { email: email.toUpperCase(), password: PASSWORD, user_type: 'buyer' };
    expect(await post('register/', again)).toEqual({
      status: 400,
      body: { email: ['A user with this email already exists.'], status_code: 400 },
    });
    expect(await stored(app)).toEqual(before);
  });

  it('login: 200 with both tokens and the account, with and without the slash', async () => {
    const { email, user } = await registered();
    for (const path of ['login/', 'login']) {
      const { status, body } = await post(path, { email, password: PASSWORD });
      expect(status).toBe(200);
      expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String), user });
    }
  });

  it('login: refuses a wrong password, an unknown address and a NUL alike', async () => {
    const { email } = await registered();
    const before = await stored(app);
    for (const input of [
      { email, password: 'wrong horse battery' },
      { email: 'nobody@example.com', password: PASSWORD },
      { email: `${email}\u0000x`, password: PASSWORD },
    ]) {
      expect(await post('login/', input)).toEqual({
        status: 401,
        body: { detail: 'No account matches this e-mail address and password.', status_code: 401 },
      });
    }
    expect(await stored(app)).toEqual(before);
  });

  it('takes blanks for what they are in a password: characters', async () => {
    const email = anyEmail();
    const password = ' '.repeat(8);
    expect((await post('register/', { email, password, user_type: 'buyer' })).status).toBe(201);
    expect((await post('login/', { email, password })).status).toBe(200);
    expect((await post('login/', { email, password: ' ' })).status).toBe(401);
    expect(await post('login/', { email: ' ', password: '' })).toMatchObject({
      status: 400,
      body: {
        email: ['This field may not be blank.'],
        password: ['This field may not be blank.'],
      },
    });
  });

  it('login: asks for what is missing', async () => {
    expect(await post('login/', {})).toEqual({
      status: 400,
      body: { email: REQUIRED, password: REQUIRED, status_code: 400 },
    });
  });

  it('token/refresh: spends the token for new ones', async () => {
    const { refresh, access } = await registered();
    const { status, body } = await post('token/refresh/', { refresh });
    expect(status).toBe(200);
    expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) });
    expect(claimsOf(body.access).sid).toBe(claimsOf(access).sid);
    expect(await post('token/refresh/', { refresh })).toEqual({
      status: 401,
      body: { detail: 'The token has been revoked.', status_code: 401 },
    });
  });

  it('token/refresh: refuses an access token and what is missing', async () => {
    const { access } = await registered();
    const before = await stored(app);
    expect(await post('token/refresh/', { refresh: access })).toEqual({
      status: 401,
      body: { detail: 'The token is not valid.', status_code: 401 },
    });
    expect(await post('token/refresh/', {})).toEqual({
      status: 400,
      body: { refresh: REQUIRED, status_code: 400 },
    });
    expect(await stored(app)).toEqual(before);
  });

  it('logout: 205 without a body, and the tokens are dead', async () => {
    const { access, refresh } = await registered();
    expect(await post('logout/', { refresh }, access)).toEqual({ status: 205, body: null });
    expect(await send('GET', 'profile/', undefined, access)).toEqual({
      status: 401,
      body: { detail: 'The token has been revoked.', status_code: 401 },
    });
    expect(await post('token/refresh/', { refresh })).toMatchObject({ status: 401 });
  });

  it("logout: refuses a guest and another account's token, and changes nothing", async () => {
    const [mine, theirs] = [await registered(), await registered()];
    const before = await stored(app);
    expect(await post('logout/', { refresh: mine.refresh })).toEqual({
      status: 401,
      body: { detail: 'Authentication credentials were not provided.', status_code: 401 },
    });
    expect(await post('logout/', { refresh: theirs.refresh }, mine.access)).toEqual({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.', status_code: 403 },
    });
    expect(await stored(app)).toEqual(before);
  });

  it('profile: PATCH changes what is named, and tells the whole of it', async () => {
    const { access, user } = await registered();
    const named = { first_name: ' Ada ', last_name: 'Lovelace', city: 'Austin', postal_code: '78701' };
    const whole = { ...user, ...named, first_name: 'Ada' };
    expect(await send('PATCH', 'profile/', named, access)).toEqual({ status: 200, body: whole });
    const cleared = { last_name: null, postal_code: '' };
    const left = { ...whole, last_name: null, postal_code: null };
    expect(await send('PATCH', 'profile', cleared, access)).toEqual({ status: 200, body: left });
    expect(await send('GET', 'profile/', undefined, access)).toEqual({ status: 200, body: left });
  });

  it('profile: PATCH changes nothing that is not of the profile', async () => {
    const { access, user } = await registered();
    const before = await stored(app);
    const more = {
      email: 'x@example.com',
      user_type: 'admin',
      email_verified: true,
      avatar_url: 'x',
      id: '7',
    };
    expect(await send('PATCH', 'profile/', more, access)).toEqual({ status: 200, body: user });
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    [
      'other types',
      { first_name: 7, postal_code: ['x'] },
      { first_name: ['Not a valid string.'], postal_code: ['Not a valid string.'] },
    ],
    ['a name of two lines', { last_name: 'a\nb' }, { last_name: ['Line breaks are not allowed.'] }],
    [
      'a postal code of 101 characters',
      { postal_code: '7'.repeat(101) },
      { postal_code: ['Ensure this field has no more than 100 characters.'] },
    ],
  ])('profile: PATCH refuses %s, and stores nothing', async (_what, body, fields) => {
    const { token: access } = await app.build.buyer();
    const before = await stored(app);
    expect(await send('PATCH', 'profile/', body, access)).toEqual({
      status: 400,
      body: { ...fields, status_code: 400 },
    });
    expect(await stored(app)).toEqual(before);
  });

  it.each([
    ['PATCH', 'profile/', { city: 'Austin' }],
    ['POST', 'change-password/', { current_password: PASSWORD, new_password: 'a whole new password' }],
  ])('%s %s: refuses a guest, whatever the body, and changes nothing', async (method, path, body) => {
    const before = await stored(app);
    for (const each of [body, {}, undefined]) {
      expect(await send(method, path, each)).toEqual({
        status: 401,
        body: { detail: 'Authentication credentials were not provided.', status_code: 401 },
      });
    }
    expect(await stored(app)).toEqual(before);
  });

  it('profile: tells where the picture lies', async () => {
    const { access, user } = await registered();
    const key = 'avatars/01930000-0000-7000-8000-000000000001.webp';
    const connection = app.orm.em.fork().getConnection();
    await connection.execute('update users set avatar_key = ? where id = ?', [key, user.id]);
    const { body } = await send('GET', 'profile/', undefined, access);
    expect(body.avatar_url).toBe(app.system.storage.publicUrl(key));
    expect(URL.parse(body.avatar_url)?.pathname).toBe(`/media/${key}`);
  });

  it('change-password: 200 with the tokens of a new session; the old ones are dead', async () => {
    const { email, access, refresh } = await registered();
    const input = { current_password: PASSWORD, new_password: 'a whole new password' };
    const { status, body } = await post('change-password/', input, access);
    expect(status).toBe(200);
    expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) });
    expect(claimsOf(body.access).sid).not.toBe(claimsOf(access).sid);
    expect((await send('GET', 'profile/', undefined, body.access)).status).toBe(200);
    expect((await send('GET', 'profile/', undefined, access)).body).toEqual({
      detail: 'The token has been revoked.',
      status_code: 401,
    });
    expect((await post('token/refresh/', { refresh })).status).toBe(401);
    expect((await post('login/', { email, password: PASSWORD })).status).toBe(401);
    expect((await post('login/', { email, password: input.new_password })).status).toBe(200);
  });

  it.each([
    [
      'the wrong password',
      { current_password: 'wrong horse', new_password: 'a whole new password' },
      { current_password: ['This is not the current password.'] },
    ],
    ['nothing', {}, { current_password: REQUIRED, new_password: REQUIRED }],
    [
      'a common new one',
      { current_password: BUILT, new_password: 'Password123' },
      { new_password: ['This password is too common.'] },
    ],
    [
      'the same again',
      { current_password: BUILT, new_password: BUILT },
      { new_password: ['Choose another password than the current one.'] },
    ],
    [
      'other types',
      { current_password: 7, new_password: null },
      { current_password: ['Not a valid string.'], new_password: ['This field may not be null.'] },
    ],
  ])('change-password: refuses %s, and changes nothing', async (_what, body, fields) => {
    const { token: access } = await app.build.buyer();
    const before = await stored(app);
    expect(await post('change-password/', body, access)).toEqual({
      status: 400,
      body: { ...fields, status_code: 400 },
    });
    expect(await stored(app)).toEqual(before);
  });

  it('profile: tells a guest, a bad and an expired token apart', async () => {
    const { access, user } = await registered();
    expect(await send('GET', 'profile', undefined, access)).toEqual({ status: 200, body: user });
    expect((await send('GET', 'profile/')).body.detail).toBe('Authentication credentials were not provided.');
    expect((await send('GET', 'profile/', undefined, 'garbage')).body.detail).toBe('The token is not valid.');
    app.clock.advance(HOUR + 6_000);
    expect(await send('GET', 'profile/', undefined, access)).toEqual({
      status: 401,
      body: { detail: 'The token has expired.', status_code: 401 },
    });
  });
});

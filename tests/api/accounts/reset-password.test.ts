import { beforeEach, describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/kernel/ports.js';
import { createAdmin } from '../../../src/modules/accounts/module.js';
import {
  ChangePasswordDocument,
  LoginDocument,
  MeDocument,
  RefreshTokenDocument,
  RequestEmailVerificationDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { Outbox, sqlOn, storedMail, tokenIn } from '../mail/outbox.js';
import { stored } from './stored.js';

const REFUSED = {
  code: 'BAD_USER_INPUT',
  statusCode: 400,
  message: 'token: This token is not valid, or not any more. Ask for a new one.',
  fields: { token: ['This token is not valid, or not any more. Ask for a new one.'] },
};

describe.each(databaseKinds)('resetPassword on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });
  let person: Person;

  const reset = (token: string, newPassword = 'a whole new password') =>
    app.request(ResetPasswordDocument, { input: { token, newPassword } });
  const login = async (email: string, password: string) =>
    (await app.request(LoginDocument, { input: { email, password } })).errors?.[0]?.extensions.code ??
    'signed in';
  const ask = async ({ email }: Person) => {
    await app.ok(RequestPasswordResetDocument, { input: { email } });
    return tokenIn(
      (await outbox.deliver(app)).find(({ subject }) => subject === 'Choose a new password') as Letter,
    );
  };
  const all = async () => ({ ...(await stored(app)), ...(await storedMail(app)) });

  beforeEach(async () => {
    person = await app.build.buyer();
    await sqlOn(app, 'delete from mails');
  });

  it('replaces the password, ends every session, proves the address and says so by mail', async () => {
    const other = await app.build.buyer();
    const token = await ask(person);
    expect(await reset(token)).toEqual({ status: 200, data: { resetPassword: { success: true } } });

    expect(await login(person.email, person.password)).toBe('INVALID_CREDENTIALS');
    const asked = await app.request(RequestEmailVerificationDocument, {}, person);
    expect(app.errorOf(asked).code).toBe('TOKEN_REVOKED');
    const refreshed = await app.request(RefreshTokenDocument, {
      input: { refreshToken: person.refreshToken },
    });
    expect(app.errorOf(refreshed).code).toBe('TOKEN_REVOKED');
    const { login: anew } = await app.ok(LoginDocument, {
      input: { email: person.email, password: 'a whole new password' },
    });
    expect(anew.user.emailVerified).toBe(true);

    const letters = await outbox.deliver(app);
    const notice = letters.find(({ subject }) => subject === 'Your password was changed');
    expect(notice?.to).toBe(person.email);
    expect(notice?.text).toMatch(/^Hello Bea,\n/);
    expect(await login(other.email, other.password)).toBe('signed in');
    expect((await app.ok(MeDocument, {}, other)).me?.emailVerified).toBe(false);
  });

  it('uses up every link of the account that was sent for this, and no other account’s', async () => {
    const [first, second] = [await ask(person), await ask(person)];
    const neighbour = await app.build.buyer();
    const others = await ask(neighbour);
    expect(first).not.toBe(second);
    await reset(first);
    const before = await all();
    for (const token of [first, second])
      expect(app.errorOf(await reset(token, 'yet another password'))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
    expect((await reset(others)).errors).toBeUndefined();
  });

  it('takes a token for an hour from when its mail was sent, however late that was', async () => {
    await app.ok(RequestPasswordResetDocument, { input: { email: person.email } });
    app.clock.advance(50 * MINUTE);
    const token = tokenIn(await outbox.deliverOne(app));
    const late = await ask(person);
    app.clock.advance(60 * MINUTE - 1);
    expect((await reset(` ${token}\n`)).errors).toBeUndefined();
    expect(late).not.toBe(token);

    const next = await ask(person);
    app.clock.advance(60 * MINUTE);
    const before = await all();
    expect(app.errorOf(await reset(next))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
  });

  it('says the same of whatever is no good token, and stores nothing', async () => {
    const token = await ask(person);
    await app.ok(RequestEmailVerificationDocument, {}, person);
    const verification = tokenIn(await outbox.deliverOne(app));
    const before = await all();
    const digest = String(before.tokens[0]?.digest);
    const swapped = token.replace(/[a-z]/i, (c) =>
      c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase(),
    );
    const wrong = [
      '',
      ' ',
      'x',
      'A'.repeat(43),
      'A'.repeat(100_000 / 4),
      token.slice(1),
      `${token}=`,
      swapped,
      digest,
      verification,
      person.token,
      `${token}\u0000`,
      "' or ''='",
      '%',
    ];
    for (const each of wrong) expect(app.errorOf(await reset(each)), each.slice(0, 50)).toEqual(REFUSED);
    expect(await all()).toEqual(before);
    expect((await reset(token)).errors).toBeUndefined();
  });

  it('leaves the token good where the new password is too weak', async () => {
    const token = await ask(person);
    const before = await all();
    for (const weak of ['short', 'password123', person.email, 'x'.repeat(129), 'nul\u0000nul nul']) {
      const error = app.errorOf(await reset(token, weak));
      expect({ code: error.code, fields: Object.keys(error.fields ?? {}) }).toEqual({
        code: 'BAD_USER_INPUT',
        fields: ['newPassword'],
      });
    }
    expect(await all()).toEqual(before);
    expect((await reset(token)).errors).toBeUndefined();
  });

  it('lets one of twenty at once win, whose password it then is', async () => {
    const tokens = [await ask(person), await ask(person)];
    const passwords = Array.from({ length: 20 }, (_, index) => `new password ${index}`);
    const answers = await Promise.all(
      passwords.map((each, index) => reset(tokens[index % 2] as string, each)),
    );
    const won = passwords.filter((_, index) => !answers[index]?.errors);
    expect(won).toHaveLength(1);
    for (const answer of answers.filter(({ errors }) => errors)) expect(app.errorOf(answer)).toEqual(REFUSED);
    expect(await login(person.email, won[0] as string)).toBe('signed in');
    const { mails } = await storedMail(app);
    expect(mails.filter((mail) => mail.kind === 'PASSWORD_CHANGED')).toHaveLength(1);
  });

  it('opens no account that is gone', async () => {
    const token = await ask(person);
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [person.id]);
    const before = await all();
    expect(app.errorOf(await reset(token))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
  });

  it('takes no link that was sent before the password was changed otherwise', async () => {
    const token = await ask(person);
    const input = { currentPassword: person.password, newPassword: 'changed in the meantime' };
    await app.ok(ChangePasswordDocument, { input }, person);
    const again = await ask(person);
    await createAdmin(app.system.makeCtx(), { email: person.email, password: 'set on the command line' });
    const before = await all();
    for (const each of [token, again]) expect(app.errorOf(await reset(each))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
  });
});

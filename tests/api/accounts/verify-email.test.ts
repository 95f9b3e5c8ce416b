import { beforeEach, describe, expect, it } from 'vitest';
import {
  MeDocument,
  RequestEmailVerificationDocument,
  RequestPasswordResetDocument,
  VerifyEmailDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { Outbox, sqlOn, storedMail, tokenIn } from '../mail/outbox.js';
import { stored } from './stored.js';

const REFUSED = {
  code: 'BAD_USER_INPUT',
  statusCode: 400,
  message: 'token: This token is not valid, or not any more. Ask for a new one.',
  fields: { token: ['This token is not valid, or not any more. Ask for a new one.'] },
};

describe.each(databaseKinds)('verifyEmail on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });
  let person: Person;

  const verify = (token: string, who?: { token: string }) =>
    app.request(VerifyEmailDocument, { input: { token } }, who);
  const ask = async (who: Person) => {
    await app.ok(RequestEmailVerificationDocument, {}, who);
    return tokenIn(await outbox.deliverOne(app));
  };
  const isVerified = async (who: Person) => (await app.ok(MeDocument, {}, who)).me?.emailVerified;
  const all = async () => ({ ...(await stored(app)), ...(await storedMail(app)) });

  beforeEach(async () => {
    person = await app.build.buyer();
  });

  it('proves the address, shows the account and signs nobody in', async () => {
    const other = await app.build.buyer();
    const token = await ask(person);
    expect(await isVerified(person)).toBe(false);
    const { sessions } = await stored(app);
    const { data, errors } = await verify(token);
    expect(errors).toBeUndefined();
    expect(data?.verifyEmail.user).toMatchObject({ id: person.id, email: person.email, emailVerified: true });
    expect(data?.verifyEmail.user).toEqual((await app.ok(MeDocument, {}, person)).me);
    expect((await stored(app)).sessions).toEqual(sessions);
    expect(await isVerified(other)).toBe(false);
  });

  it('proves the address of the token, whoever brings it', async () => {
    const bringer = await app.build.buyer();
    const token = await ask(person);
    expect((await verify(token, bringer)).data?.verifyEmail.user.id).toBe(person.id);
    expect([await isVerified(person), await isVerified(bringer)]).toEqual([true, false]);
  });

  it('refuses a token the second time, and every other one of the account', async () => {
    const [first, second] = [await ask(person), await ask(person)];
    expect((await verify(second)).errors).toBeUndefined();
    const before = await all();
    for (const token of [first, second]) expect(app.errorOf(await verify(token))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
  });

  it('takes a token for 48 hours and no longer', async () => {
    const other = await app.build.buyer();
    const [token, late] = [await ask(person), await ask(other)];
    app.clock.advance(48 * HOUR - 1);
    expect((await verify(token)).errors).toBeUndefined();
    app.clock.advance(1);
    const before = await all();
    expect(app.errorOf(await verify(late))).toEqual(REFUSED);
    expect(await all()).toEqual(before);
  });

  it('says the same of whatever is no good token, and changes nothing', async () => {
    await app.ok(RequestPasswordResetDocument, { input: { email: person.email } });
    const reset = tokenIn(await outbox.deliverOne(app));
    const gone = await app.build.buyer();
    const orphan = await ask(gone);
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [gone.id]);
    const before = await all();
    for (const token of ['', 'x', 'A'.repeat(43), reset, orphan, `${orphan}\u0000`, person.token]) {
      expect(app.errorOf(await verify(token)), token).toEqual(REFUSED);
    }
    expect(await all()).toEqual(before);
  });

  it('lets one of twenty at once win', async () => {
    const token = await ask(person);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    for (const answer of answers.filter(({ errors }) => errors)) expect(app.errorOf(answer)).toEqual(REFUSED);
    expect(await isVerified(person)).toBe(true);
  });
});

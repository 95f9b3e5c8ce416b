import { beforeEach, describe, expect, it } from 'vitest';
import {
  RegisterDocument,
  RequestEmailVerificationDocument,
  VerifyEmailDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { DAY } from '../../support/clock.js';
import { Outbox, sqlOn, storedMail, tokenIn } from '../mail/outbox.js';

describe.each(databaseKinds)('requestEmailVerification on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { config: { webUrl: 'https://cars.test' }, adapters: { mailer: outbox } });
  const ask = (person?: { token: string }) => app.request(RequestEmailVerificationDocument, {}, person);
  const rowsOf = async () => (await storedMail(app)).mails;

  beforeEach(() => sqlOn(app, 'delete from mails'));

  it('sends a link, with a name of nobody’s choosing: the address is not proved yet', async () => {
    const person = await app.build.buyer({ firstName: 'Ada' });
    expect(await ask(person)).toEqual({ status: 200, data: { requestEmailVerification: { success: true } } });
    const letter = await outbox.deliverOne(app);
    const token = tokenIn(letter);
    expect(letter).toMatchObject({ to: person.email, subject: 'Confirm your e-mail address' });
    expect(letter.html).toContain(`href="https://cars.test/verify-email#token=${token}"`);
    expect(letter.text).toContain(`verifyEmail with the token ${token}\n`);
    expect(letter.text).toMatch(/^Hello,\n/);
    expect(letter.text + letter.html).not.toContain('Ada');
    expect((await storedMail(app)).tokens.at(-1)).toMatchObject({
      user_id: person.id,
      purpose: 'EMAIL_VERIFICATION',
    });
  });

  it('comes by itself with a registration', async () => {
    const input = { email: `Fresh-${kind}@Example.com`, password: 'correct horse battery' };
    await app.ok(RegisterDocument, { input });
    const letter = await outbox.deliverOne(app);
    expect(letter).toMatchObject({ to: `fresh-${kind}@example.com`, subject: 'Confirm your e-mail address' });
  });

  it('is not sent for a registration that was refused', async () => {
    const { email } = await app.build.buyer();
    const input = { email, password: 'correct horse battery' };
    expect(app.errorOf(await app.request(RegisterDocument, { input })).code).toBe('BAD_USER_INPUT');
    expect(await rowsOf()).toEqual([]);
  });

  it('says yes and sends nothing once the address is proved', async () => {
    const person = await app.build.buyer();
    await ask(person);
    await ask(person);
    const [letter] = await outbox.deliver(app);
    await ask(person);
    await app.ok(VerifyEmailDocument, { input: { token: tokenIn(letter as never) } });
    expect(await outbox.deliver(app), 'what was still queued has no point any more').toEqual([]);
    const before = await rowsOf();
    expect((await ask(person)).data).toEqual({ requestEmailVerification: { success: true } });
    expect(await rowsOf()).toEqual(before);
  });

  it('wants an account that is there', async () => {
    const gone = await app.build.buyer();
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [gone.id]);
    expect(app.errorOf(await ask()).code).toBe('UNAUTHENTICATED');
    expect(app.errorOf(await ask(gone)).code).toBe('TOKEN_REVOKED');
    expect(await rowsOf()).toEqual([]);
  });

  it('sends nothing that was asked for a day ago', async () => {
    await ask(await app.build.buyer());
    app.clock.advance(DAY);
    expect(await outbox.deliver(app)).toEqual([]);
  });
});

describe('requestEmailVerification, throttled', () => {
  const throttles = { loginFailures: 1e6, loginFailuresPerIp: 1e6, registrationsPerIp: 1e6 };
  const app = useApp('sqlite', {
    config: { throttles: { ...throttles, mailRequests: 2, mailRequestsPerIp: 5 } },
  });

  it('refuses the third in an hour of one account, and the sixth from one network', async () => {
    const people = [await app.build.buyer(), await app.build.buyer(), await app.build.buyer()];
    const ask = async (index: number) =>
      (await app.request(RequestEmailVerificationDocument, {}, people[index])).errors?.[0]?.extensions.code ??
      'sent';
    expect([await ask(0), await ask(0), await ask(0)]).toEqual(['sent', 'sent', 'RATE_LIMITED']);
    expect([await ask(1), await ask(1), await ask(2)]).toEqual(['sent', 'sent', 'RATE_LIMITED']);
    expect((await storedMail(app)).mails).toHaveLength(4);
  });

  it('counts the mails of registrations too: an address that comes and goes is sent no more', async () => {
    const input = { email: 'comes-and-goes@example.com', password: 'correct horse battery' };
    const queued: number[] = [];
    for (const _ of [1, 2, 3]) {
      const { register } = await app.ok(RegisterDocument, { input });
      const taken = await app.request(RegisterDocument, { input });
      expect(app.errorOf(taken).code).toBe('BAD_USER_INPUT');
      const { mails } = await storedMail(app);
      queued.push(mails.filter((mail) => mail.recipient_id === register.user.id).length);
      await sqlOn(app, 'update users set email = ? where id = ?', [
        `${register.user.id}@x.test`,
        register.user.id,
      ]);
    }
    expect(queued).toEqual([1, 1, 0]);
  });
});

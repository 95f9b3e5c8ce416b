import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Letter } from '../../../src/kernel/ports.js';
import { write } from '../../../src/kernel/unit-of-work.js';
import { queueMail } from '../../../src/modules/mail/index.js';
import { sendMails } from '../../../src/modules/mail/module.js';
import { SmtpMailer, type SmtpSettings } from '../../../src/platform/mailer/smtp-mailer.js';
import {
  LoginDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
} from '../../generated/operations.js';
import { TestApp, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { HOUR, MINUTE } from '../../support/clock.js';
import { upTo } from '../../support/live.js';
import { CREDENTIALS, headersOf, MailServer, oddServer, partOf } from './mail-server.js';
import { sqlOn, storedMail, tokenIn } from './outbox.js';

const FROM = 'CarNegotiate <no-reply@cars.test>';
/** Its certificate is its own work. */
const UNCHECKED = '?tls.rejectUnauthorized=false';

const letter: Letter = {
  id: '01920000-0000-7000-8000-000000000001',
  to: 'ada@example.com',
  subject: 'A subject',
  text: 'Text.\n',
  html: '<p>Text.</p>\n',
};

describe('mails over SMTP', () => {
  const server = new MailServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  const app = useApp('sqlite', {
    config: {
      // Read when the app starts: the port is known by then.
      get smtpUrl() {
        return server.url(UNCHECKED);
      },
      mailFrom: FROM,
    },
  });
  let person: Person;

  const deliver = () => sendMails(app.system.makeCtx(), app.system.config.mailAttempts);
  const row = async () => (await storedMail(app)).mails[0];
  const ask = () => app.ok(RequestPasswordResetDocument, { input: { email: person.email } });

  beforeEach(async () => {
    person ??= await app.build.buyer({ firstName: 'Ada\r\nBcc: all@example.com\r\n\r\nBuy!' });
    await sqlOn(app, 'update users set email_verified = 1');
    await sqlOn(app, 'delete from mails');
    server.arrived.length = 0;
    server.refusals.length = 0;
    server.letters = 0;
  });

  it('reach their one reader encrypted, and the link in them opens the account', async () => {
    await ask();
    await deliver();
    expect(server.arrived).toHaveLength(1);
    const { raw, ...arrived } = server.arrived[0] as (typeof server.arrived)[number];
    expect(arrived).toEqual({
      from: 'no-reply@cars.test',
      to: [person.email],
      secure: true,
      user: CREDENTIALS.user,
    });
    const headers = headersOf(raw);
    expect(headers).toMatchObject({
      From: FROM,
      To: person.email,
      Subject: 'Choose a new password',
      'Message-ID': `<${(await row())?.id}@cars.test>`,
      'Auto-Submitted': 'auto-generated',
      'MIME-Version': '1.0',
    });
    expect(Object.keys(headers).sort()).toEqual([
      'Auto-Submitted',
      'Content-Type',
      'Date',
      'From',
      'MIME-Version',
      'Message-ID',
      'Subject',
      'To',
    ]);
    expect(raw).not.toMatch(/Bcc|Buy!/);
    const token = tokenIn({ ...letter, text: partOf(raw, 'text/plain') });
    expect(partOf(raw, 'text/html')).toContain(`#token=${token}"`);
    const newPassword = 'chosen by way of a mail';
    await app.ok(ResetPasswordDocument, { input: { token, newPassword } });
    const { login } = await app.ok(LoginDocument, { input: { email: person.email, password: newPassword } });
    expect(login.user.id).toBe(person.id);
  });

  it('wait while the server is down, and arrive once when it is up', async () => {
    await server.stop();
    await ask();
    await deliver();
    expect(await row()).toMatchObject({ status: 'QUEUED', attempts: 1 });
    await server.start();
    app.clock.advance(30_000);
    await deliver();
    await deliver();
    expect(await row()).toMatchObject({ status: 'SENT', attempts: 2, last_error: null });
    expect(server.arrived.map(({ to }) => to)).toEqual([[person.email]]);
  });

  it.each(['RCPT', 'DATA'] as const)('are tried again where %s is answered by "later"', async (at) => {
    server.refusals.push({ at, code: 451 }, { at, code: 421 });
    await ask();
    for (const delay of [30_000, 2 * MINUTE]) {
      await deliver();
      expect(await row()).toMatchObject({ status: 'QUEUED' });
      expect(String((await row())?.last_error)).toMatch(/4[25]1 Try again later/);
      app.clock.advance(delay);
    }
    await deliver();
    expect(await row()).toMatchObject({ status: 'SENT', attempts: 3 });
    expect(server.arrived).toHaveLength(1);
  });

  it('are given up after eight refusals, with the last one’s words for the operator', async () => {
    server.refusals.push(...upTo(20).map(() => ({ at: 'RCPT', code: 550 }) as const));
    await write(app.system.makeCtx(), async (tx) =>
      queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: person.id }),
    );
    for (const _ of upTo(10)) {
      await deliver();
      app.clock.advance(7 * HOUR);
    }
    expect(await row()).toMatchObject({ status: 'FAILED', attempts: 8 });
    expect(String((await row())?.last_error)).toContain('550 No such user here');
    expect(server.letters).toBe(8);
    expect(server.arrived).toEqual([]);
  });

  it('go many at a time over a few lines, each once', async () => {
    await write(app.system.makeCtx(), async (tx) => {
      for (const _ of upTo(40)) queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: person.id });
    });
    const before = server.connections;
    expect(await deliver()).toBe(40);
    expect(new Set(server.arrived.map(({ raw }) => headersOf(raw)['Message-ID'])).size).toBe(40);
    expect(server.connections - before).toBeLessThanOrEqual(5);
  });
});

describe('SmtpMailer', () => {
  const open: Array<{ stop(): Promise<void> }> = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  async function server(options: ConstructorParameters<typeof MailServer>[0] = {}): Promise<MailServer> {
    const made = new MailServer(options);
    await made.start();
    open.push(made);
    return made;
  }

  function mailer(url: string, settings: Partial<SmtpSettings> = {}): SmtpMailer {
    const made = new SmtpMailer({ url, from: FROM, graceMs: 50, ...settings });
    onTestFinished(() => made.close());
    return made;
  }

  it('carries a text as it is: lines of a dot, long ones, any script', async () => {
    const { url, arrived } = await server().then((made) => ({
      url: made.url(UNCHECKED),
      arrived: made.arrived,
    }));
    const text = `.\n..\n.hidden\nFrom here\n${'long '.repeat(500)}\nGrüße 🚗 علي = =3D\n\nEnd\n`;
    await mailer(url).send({ ...letter, text, html: `<p>${text}</p>` });
    expect(partOf(arrived[0]?.raw ?? '', 'text/plain')).toBe(text);
    expect(partOf(arrived[0]?.raw ?? '', 'text/html')).toBe(`<p>${text}</p>`);
  });

  it('lets nothing in a letter become a header or a second reader', async () => {
    const made = await server();
    const to = mailer(made.url(UNCHECKED));
    await to.send({ ...letter, subject: 'Hello\r\nBcc: all@example.com\r\n\r\nBuy!' });
    expect(made.arrived[0]?.to).toEqual(['ada@example.com']);
    expect(headersOf(made.arrived[0]?.raw ?? '').Subject).toBe('Hello Bcc: all@example.com Buy!');
    expect(headersOf(made.arrived[0]?.raw ?? '')).not.toHaveProperty('Bcc');
    const connections = made.connections;
    for (const address of [
      'ada@example.com, bob@example.com',
      'ada@example.com>\r\nRCPT TO:<bob@example.com',
    ])
      await expect(to.send({ ...letter, to: address })).rejects.toThrow('not one plain address');
    expect([made.letters, made.connections]).toEqual([1, connections]);
  });

  it('shows its password to nobody whose certificate is not good', async () => {
    const made = await server();
    await expect(mailer(made.url()).send(letter)).rejects.toThrow(/certificate/);
    expect([made.passwords, made.arrived]).toEqual([[], []]);
  });

  it('shows its password to nobody who offers no encryption, unless it is told to', async () => {
    const made = await server({ hideSTARTTLS: true, allowInsecureAuth: true });
    await expect(mailer(made.url()).send(letter)).rejects.toThrow();
    expect([made.passwords, made.arrived]).toEqual([[], []]);
    await mailer(made.url('?requireTLS=false')).send(letter);
    expect(made.arrived).toMatchObject([{ secure: false, user: CREDENTIALS.user }]);
  });

  it('speaks TLS from the first byte where the address is smtps://', async () => {
    const made = await server({ secure: true });
    await mailer(made.url(UNCHECKED, 'smtps')).send(letter);
    expect(made.arrived).toMatchObject([{ secure: true, user: CREDENTIALS.user }]);
  });

  it('takes a server of the own network that wants neither password nor encryption', async () => {
    const made = await server({ hideSTARTTLS: true, authOptional: true });
    await mailer(`smtp://127.0.0.1:${made.port}`).send(letter);
    expect(made.arrived).toMatchObject([{ secure: false, user: null }]);
  });

  it('fails with a code and without the password where that is wrong', async () => {
    const made = await server();
    const wrong = mailer(made.url(UNCHECKED).replace(CREDENTIALS.user, 'other'));
    const error = await wrong.send(letter).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'EAUTH', responseCode: 535 });
    expect(String(error?.stack)).not.toContain(CREDENTIALS.password);
  });

  it('waits for no server that keeps silent', async () => {
    const silent = await oddServer(() => undefined);
    open.push({ stop: silent.close });
    const startedAt = performance.now();
    const sending = mailer(`smtp://127.0.0.1:${silent.port}`, { silenceMs: 150 }).send(letter);
    await expect(sending).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  it('waits for no server that is never done talking', async () => {
    const talker = await oddServer((socket) => {
      socket.write('220 hello\r\n');
      const timer = setInterval(() => socket.write('250-and another thing\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    open.push({ stop: talker.close });
    const patient = { silenceMs: 10_000, deadlineMs: 300 };
    const startedAt = performance.now();
    await expect(mailer(`smtp://127.0.0.1:${talker.port}`, patient).send(letter)).rejects.toThrow(
      /abort|timeout/i,
    );
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  it('holds up no stop of the server, and loses nothing by it', async () => {
    const silent = await oddServer((socket) => socket.write('220 hello\r\n'));
    open.push({ stop: silent.close });
    const hung = new SmtpMailer({ url: `smtp://127.0.0.1:${silent.port}`, from: FROM, graceMs: 100 });
    const app = new TestApp('sqlite', {
      config: { mailIntervalMs: 5 },
      adapters: { mailer: hung, backgroundJobs: true },
    });
    await app.start();
    const { id: recipientId } = await app.build.buyer();
    await write(app.system.makeCtx(), async (tx) => queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId }));
    const row = async () => (await storedMail(app)).mails[0];
    await expect.poll(async () => (await row())?.attempts, { timeout: 10_000 }).toBe(1);
    const settled: unknown[] = [];
    const close = app.orm.close.bind(app.orm);
    app.orm.close = async (force) => {
      settled.push(await row());
      await close(force);
    };
    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(settled).toMatchObject([{ status: 'QUEUED', attempts: 1 }]);
    expect((settled[0] as { last_error: string }).last_error).not.toBe('');
  });
});

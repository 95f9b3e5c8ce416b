import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/kernel/ports.js';
import { write } from '../../../src/kernel/unit-of-work.js';
import { sweepAccountTokens } from '../../../src/modules/accounts/account-token.jobs.js';
import { queueMail } from '../../../src/modules/mail/index.js';
import { sendMails } from '../../../src/modules/mail/module.js';
import { seedDemo } from '../../../src/seeders/demo.js';
import { planDemo } from '../../../src/seeders/plan.js';
import { RequestPasswordResetDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { DAY, HOUR } from '../../support/clock.js';
import { withDrawnPhotos } from '../../support/demo-photos.js';
import { headersOf, partOf } from './mail-server.js';
import { Outbox, sqlOn, storedMail } from './outbox.js';

describe('the letters to an account', () => {
  const outbox = new Outbox();
  const app = useApp('sqlite', { config: { webUrl: 'https://cars.test' }, adapters: { mailer: outbox } });

  beforeEach(() => sqlOn(app, 'delete from mails'));

  async function letter(person: Person, kind: string, data: Record<string, string> = {}): Promise<Letter> {
    await write(app.system.makeCtx(), async (tx) => queueMail(tx, { kind, recipientId: person.id, data }));
    return outbox.deliverOne(app);
  }

  async function verified(overrides: { firstName?: string } = {}): Promise<Person> {
    const person = await app.build.buyer(overrides);
    await sqlOn(app, 'update users set email_verified = 1 where id = ?', [person.id]);
    return person;
  }

  it('tell of a new password, and what to do if it was somebody else', async () => {
    const { subject, text } = await letter(await verified({ firstName: 'Ada' }), 'PASSWORD_CHANGED');
    expect(subject).toBe('Your password was changed');
    expect(text).toMatch(/^Hello Ada,\n/);
    expect(text).toContain('If this was not you');
    expect(text).toContain('https://cars.test/reset-password ');
  });

  it('tell of a new sign-in: when, with what and from where', async () => {
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const data = { at: '2026-11-22T08:30:00.000Z', userAgent, ip: '203.0.113.7' };
    const { subject, text, html } = await letter(await verified(), 'NEW_SIGN_IN', data);
    expect(subject).toBe('A new sign-in to your account');
    for (const line of ['With: Firefox on Linux', 'From: 203.0.113.7', 'If this was not you']) {
      expect(text).toContain(line);
      expect(html).toContain(line);
    }
    expect(text).toMatch(/When: November 22, 2026 at 8:30\sAM UTC\n/);
  });

  it('carry no word of whoever signed in', async () => {
    const userAgent = 'Locked! Call +1 555 0100 <a href="https://evil.test">now</a>';
    const { text, html } = await letter(await verified(), 'NEW_SIGN_IN', { userAgent, ip: 'evil.test' });
    expect(text + html).not.toMatch(/evil|555/);
    expect(text).toContain('With: a program that we do not know\n');
  });

  it('carry no name that is a message, nor any to an address that is not proved', async () => {
    const lure = 'evil.test <b>won</b>\r\nBcc: all@evil.test';
    const told = await letter(await verified({ firstName: lure }), 'PASSWORD_CHANGED');
    expect(JSON.stringify(told)).not.toMatch(/evil|won|Bcc/);
    const unproved = await letter(await app.build.buyer({ firstName: 'Ada' }), 'PASSWORD_CHANGED');
    expect(JSON.stringify(unproved)).not.toContain('Ada');
  });

  it('go to the address that the account has when they are sent', async () => {
    const person = await verified();
    await write(app.system.makeCtx(), async (tx) =>
      queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId: person.id }),
    );
    await sqlOn(app, 'update users set email = ? where id = ?', ['moved@example.com', person.id]);
    expect((await outbox.deliverOne(app)).to).toBe('moved@example.com');
  });

  it('go to nobody who is gone', async () => {
    const person = await verified();
    await write(app.system.makeCtx(), async (tx) => {
      for (const kind of ['PASSWORD_CHANGED', 'NEW_SIGN_IN', 'PASSWORD_RESET', 'EMAIL_VERIFICATION'])
        queueMail(tx, { kind, recipientId: person.id });
    });
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [person.id]);
    expect(await outbox.deliver(app)).toEqual([]);
    expect((await storedMail(app)).mails.map(({ status }) => status)).toEqual(Array(4).fill('DROPPED'));
  });
});

describe('mails without a mail server', () => {
  const app = useApp('sqlite');

  it('are files, each named as its row', async () => {
    const { email } = await app.build.buyer();
    await app.ok(RequestPasswordResetDocument, { input: { email } });
    expect(await sendMails(app.system.makeCtx(), 8)).toBe(1);
    const [row] = (await storedMail(app)).mails;
    const directory = join(app.files, 'mail');
    expect(await readdir(directory)).toEqual([`${row?.id}.eml`]);
    const raw = await readFile(join(directory, `${row?.id}.eml`), 'utf8');
    expect(headersOf(raw)).toMatchObject({ To: email, Subject: 'Choose a new password' });
    // Without WEB_URL links lead to the server itself.
    expect(partOf(raw, 'text/plain')).toContain(`${app.system.config.publicUrl}/reset-password#token=`);
  });
});

describe('the demo data', () => {
  const outbox = new Outbox();
  const app = useApp('sqlite', { adapters: { mailer: outbox } });

  it('writes to none of its people', async () => {
    const plan = planDemo({ dealers: 1, vehicles: 1, buyers: 5, negotiations: 0 });
    await withDrawnPhotos(app.uploads, () => seedDemo(app.system.makeCtx, plan));
    expect(await outbox.deliver(app)).toEqual([]);
  });
});

describe.each(databaseKinds)('the secrets of mails on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });

  it('are swept a day after they have expired, used or not', async () => {
    const { email } = await app.build.buyer();
    const ask = async () => {
      await app.ok(RequestPasswordResetDocument, { input: { email } });
      await outbox.deliverOne(app);
    };
    await ask();
    await sqlOn(app, 'update account_tokens set used_at = 1');
    await ask();
    app.clock.advance(HOUR + DAY);
    expect(await sweepAccountTokens.run(app.system.makeCtx())).toBe(0);
    await ask();
    app.clock.advance(1);
    expect(await sweepAccountTokens.run(app.system.makeCtx())).toBe(2);
    expect((await storedMail(app)).tokens).toHaveLength(1);
  });
});

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/app/config.js';
import type { Letter } from '../../../src/kernel/ports.js';
import { FileMailer } from '../../../src/platform/mailer/file-mailer.js';
import { messageOf } from '../../../src/platform/mailer/message.js';

const letter: Letter = {
  id: '01920000-0000-7000-8000-000000000001',
  to: "ada.o'neil+cars@example.com",
  subject: 'Grüße',
  text: `Für Ada, ${'a line that is long, '.repeat(10)}\n`,
  html: '<p>Text.</p>\n',
};
const FROM = 'CarNegotiate <no-reply@cars.test>';

describe('messageOf', () => {
  it('has one recipient on the envelope, the id as Message-ID, and wants no automatic answer', () => {
    expect(messageOf(letter, FROM)).toMatchObject({
      envelope: { from: 'no-reply@cars.test', to: [letter.to] },
      messageId: `<${letter.id}@cars.test>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    expect(messageOf(letter, 'plain@cars.test').envelope).toMatchObject({ from: 'plain@cars.test' });
  });

  it('says where no more of these are wanted, by one POST, in one line that nothing can break out of', async () => {
    expect(messageOf(letter, FROM).headers).not.toHaveProperty('List-Unsubscribe');
    const url = `https://cars.test/api/v1/notifications/unsubscribe/?token=${'x'.repeat(120)}`;
    const message = messageOf({ ...letter, unsubscribeUrl: url }, FROM);
    const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const raw = String((await transport.sendMail(message)).message);
    // A header may be folded before a word, never within one.
    expect(raw.replace(/\r\n /g, ' ')).toContain(`\r\nList-Unsubscribe: <${url}>\r\n`);
    expect(raw).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    const hostile = 'https://cars.test/?token=x>\r\nBcc: <all@evil.test';
    const { headers } = messageOf({ ...letter, unsubscribeUrl: hostile }, FROM);
    expect(headers).toMatchObject({
      'List-Unsubscribe': '<https://cars.test/?token=x%3EBcc:%20%3Call@evil.test>',
    });
  });

  it.each([
    'a@example.com,b@example.com',
    'a@example.com b@example.com',
    '<a@example.com>',
    'Ada <a@example.com>',
    'a@example.com>\r\nRCPT TO:<b@example.com',
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\u0000',
    '"a@b"@example.com',
    'a@b@example.com',
    'friends: a@example.com;',
    'a(b)@example.com',
    'ada',
    '@example.com',
    '',
  ])('refuses %j', (to) => {
    expect(() => messageOf({ ...letter, to }, FROM)).toThrow('This is not one plain address.');
  });

  it('reads no file and asks no server for what a letter says', async () => {
    const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
    const message = messageOf(letter, FROM);
    const hostile = { ...message, html: { path: '/etc/passwd' } };
    await expect(transport.sendMail(hostile)).rejects.toThrow(/File access rejected/);
  });
});

describe('FileMailer', () => {
  async function mailer() {
    const parent = await mkdtemp(join(tmpdir(), 'carnegotiate-mail-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const directory = join(parent, 'deep', 'mail');
    return { directory, mailer: new FileMailer({ directory, from: FROM }) };
  }

  it('writes a letter as mail programs read it, for the eyes of its owner alone', async () => {
    const { directory, mailer: files } = await mailer();
    await files.send(letter);
    expect(await readdir(directory)).toEqual([`${letter.id}.eml`]);
    const path = join(directory, `${letter.id}.eml`);
    const text = await readFile(path, 'utf8');
    expect(text).toContain(`Message-ID: <${letter.id}@cars.test>\r\n`);
    expect(text).toContain(`To: ${letter.to}\r\n`);
    expect(text).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(text).toContain(`\r\n${letter.text.replace('\n', '\r\n')}`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('leaves one file of a letter that is sent twice', async () => {
    const { directory, mailer: files } = await mailer();
    await Promise.all([files.send(letter), files.send({ ...letter, id: letter.id.replace(/1$/, '2') })]);
    await files.send(letter);
    expect((await readdir(directory)).sort()).toEqual([
      `${letter.id}.eml`,
      `${letter.id.replace(/1$/, '2')}.eml`,
    ]);
  });
});

describe('the settings of mail', () => {
  const read = (env: Record<string, string>) =>
    readConfig({ NODE_ENV: 'test', JWT_SECRETS: `k:${'x'.repeat(32)}`, ...env });

  it('are files in data/mail unless a server is named', () => {
    expect(read({})).toMatchObject({ smtpUrl: null, mailDirectory: 'data/mail', mailAttempts: 8 });
    const smtp = { SMTP_URL: 'smtps://user:p%40ss@mail.test:465', MAIL_FROM: FROM };
    expect(read(smtp)).toMatchObject({ smtpUrl: smtp.SMTP_URL, mailFrom: FROM });
  });

  it('want a sender that a server can take', () => {
    expect(() => read({ SMTP_URL: 'smtp://mail.test' })).toThrow(/MAIL_FROM: set it with SMTP_URL/);
  });

  it.each(['http://mail.test', 'smtp://', 'smtp:mail.test', 'smtp://mail.test:port'])(
    'refuse the server %s',
    (url) => {
      expect(() => read({ SMTP_URL: url, MAIL_FROM: FROM })).toThrow(/SMTP_URL: write smtp:\/\//);
    },
  );

  it.each([
    'nobody',
    'a@b.test,c@d.test',
    'A, B <a@b.test>',
    'Cars\nBcc: x@y.test <a@b.test>',
    'Cars <a b@c.test>',
  ])('refuse the sender %j', (from) => {
    expect(() => read({ MAIL_FROM: from })).toThrow(/MAIL_FROM: write NAME <ADDRESS>/);
  });

  it.each(['a@b.test', '<a@b.test>', 'Zoë’s Cars <no-reply@b.test>'])('take the sender %s', (from) => {
    expect(read({ MAIL_FROM: from }).mailFrom).toBe(from);
  });
});

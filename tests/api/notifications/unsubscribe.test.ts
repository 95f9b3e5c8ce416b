import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Signer } from '../../../src/kernel/secrets.js';
import { DeleteAccountDocument, NotificationPreferencesDocument } from '../../generated/operations.js';
import { databaseKinds, testSecret, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { HOUR } from '../../support/clock.js';
import { type Stored, storedIn } from '../access/stored.js';
import { send } from '../hostile/wire.js';
import { MailFolder, prefer, type Received, unsubscribePath } from './inboxes.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ONE_CLICK = { headers: FORM, body: 'List-Unsubscribe=One-Click' };

describe.each(databaseKinds)('the link that switches mails off, on %s', (kind) => {
  const app = useApp(kind);
  const folder = new MailFolder(app);
  let dealer: DealerPerson;
  let mail: Received;
  let path: string;

  beforeAll(async () => {
    dealer = await app.build.dealer();
    await folder.clear();
    const vehicle = await app.build.vehicle(dealer);
    await app.build.negotiation({ vehicle });
    [mail] = (await folder.deliver()) as [Received];
    path = unsubscribePath(mail);
  });
  beforeEach(() => prefer(app, dealer, 'OFFER_RECEIVED', true));

  const isMailed = async (which = 'OFFER_RECEIVED') =>
    (await app.ok(NotificationPreferencesDocument, {}, dealer)).notificationPreferences.find(
      (preference) => preference.kind === which,
    )?.email;
  const post = (sent: Parameters<typeof send>[2] = ONE_CLICK, to = path) => send(app, to, sent);

  it('stands in the headers and at the foot, in the text as in HTML', () => {
    expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    const url = mail.headers['List-Unsubscribe']?.slice(1, -1) as string;
    expect(url).toMatch(/^http:\/\/[^/]+\/api\/v1\/notifications\/unsubscribe\/\?token=[\w.-]+$/);
    expect(mail.text).toMatch(/\nNo more mails of this kind:\nhttp\S+\n$/);
    expect(mail.text).toContain(`\n${url}\n`);
    expect(mail.html).toContain(`<a href="${url}"`);
  });

  it.each([
    ['as mail programs send it', ONE_CLICK],
    [
      'as the page of the link does, which tells nobody where it is',
      { headers: { ...FORM, origin: 'null' } },
    ],
    ['without a body', {}],
    [
      'as a multipart form',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    ],
    ['with a type and no body', { headers: FORM }],
    ['with a body that is no JSON', { headers: { 'content-type': 'application/json' }, body: '{' }],
  ])('switches off that kind, by one POST %s, without a sign-in', async (_, sent) => {
    const { status, headers, body } = await post(sent);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('These mails are switched off');
    expect([await isMailed(), await isMailed('OFFER_COUNTERED')]).toEqual([false, true]);
  });

  it('is good as often as it is used, and after it was taken back', async () => {
    for (const _ of [1, 2]) expect((await post()).status).toBe(200);
    await prefer(app, dealer, 'OFFER_RECEIVED', true);
    await Promise.all(Array.from({ length: 5 }, () => post()));
    expect(await isMailed()).toBe(false);
  });

  it('shows who opens it a page with a button and without a script, and changes nothing by that', async () => {
    const before = await storedIn(app);
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await send(app, path, { method });
      expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none';style-src 'sha256-[^']+';form-action 'self';base-uri 'none';frame-ancestors 'none'$/,
      );
    }
    const { body } = await send(app, path, { method: 'GET' });
    expect(body).toContain('<form method="post"><button type="submit">');
    expect(body).not.toMatch(/<script|token=|OFFER_RECEIVED/);
    expect(await storedIn(app)).toEqual(before);
  });

  it('is nothing where a character of it is another one', async () => {
    const token = new URL(path, app.url).searchParams.get('token') as string;
    const [userId, , signature = ''] = token.split('.');
    const otherUse = new Signer([testSecret], 'cursors').sign(`${userId}.OFFER_RECEIVED`);
    const unknownKind = new Signer([testSecret], 'notifications.unsubscribe').sign(`${userId}.LOVE_LETTER`);
    const other = await app.build.buyer().then(({ id }) => id);
    const stored = await storedIn(app);
    for (const wrong of [
      '',
      'x',
      `${token}x`,
      `${token}.`,
      token.slice(0, -1),
      token.replace('OFFER_RECEIVED', 'OFFER_COUNTERED'),
      `${other}.OFFER_RECEIVED.${signature}`,
      `${userId}.OFFER_RECEIVED.${otherUse}`,
      `${userId}.LOVE_LETTER.${unknownKind}`,
      `${userId}.OFFER_RECEIVED.${'ä'.repeat(43)}`,
      'a\u0000b',
    ]) {
      const at = `/api/v1/notifications/unsubscribe/?token=${encodeURIComponent(wrong)}`;
      for (const method of ['GET', 'POST']) {
        const { status, body } = await send(app, at, { method });
        expect([wrong, status]).toEqual([wrong, 400]);
        expect(body).toContain('This link does not work');
      }
    }
    for (const twice of [`${path}&token=x`, path.split('?')[0] as string])
      expect((await send(app, twice, { method: 'POST' })).status).toBe(400);
    expect(await storedIn(app)).toEqual(stored);
  });

  it('takes no body that is longer than its form', async () => {
    const { status } = await post({ headers: FORM, body: 'x'.repeat(5_000) });
    expect(status).toBe(413);
    expect(await isMailed()).toBe(true);
  });

  it('is slowed down where it is guessed at, and where one account is at it again and again', async () => {
    const bad = '/api/v1/notifications/unsubscribe/?token=x';
    const statuses = new Set<number>();
    for (let tries = 0; tries <= 100; tries++) statuses.add((await send(app, bad, { method: 'GET' })).status);
    expect([...statuses]).toEqual([400, 429]);
    expect((await post()).status, 'a good link is not held up by that').toBe(200);
    app.clock.advance(HOUR);
    let last = await post();
    for (let tries = 0; tries < 100; tries++) last = await post();
    expect([last.status, last.headers['retry-after']]).toEqual([429, expect.any(String)]);
  });

  it('says the same, and writes nothing, of an account that is gone', async () => {
    const gone = await app.build.dealer();
    await folder.clear();
    await app.build.negotiation({ vehicle: await app.build.vehicle(gone) });
    const [letter] = (await folder.deliver()) as [Received];
    await app.ok(DeleteAccountDocument, { input: { password: gone.password } }, gone);
    const before: Stored = await storedIn(app);
    expect(await post(ONE_CLICK, unsubscribePath(letter))).toMatchObject({
      status: 200,
      body: expect.stringContaining('switched off'),
    });
    expect(await storedIn(app)).toEqual(before);
  });
});

describe('the link that switches mails off, after a change of secrets', () => {
  const old = { kid: 'old', secret: testSecret };
  const app = useApp('sqlite', {
    config: { jwtSecrets: [{ kid: 'new', secret: 'another-secret-of-the-tests-0123456789-abc' }, old] },
  });

  it('is still good where the old one is kept', async () => {
    const dealer = await app.build.dealer();
    const text = `${dealer.id}.OFFER_RECEIVED`;
    const token = `${text}.${new Signer([testSecret], 'notifications.unsubscribe').sign(text)}`;
    const at = `/api/v1/notifications/unsubscribe/?token=${token}`;
    expect((await send(app, at, { method: 'POST' })).status).toBe(200);
    const strange = `${text}.${new Signer(['no secret of ours'], 'notifications.unsubscribe').sign(text)}`;
    const { status } = await send(app, at.replace(token, strange), { method: 'POST' });
    expect(status).toBe(400);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { ReviewDealerDocument } from '../../generated/operations.js';
import { databaseKinds } from '../../support/app.js';
import { DAY, HOUR } from '../../support/clock.js';
import { storedMail } from '../mail/outbox.js';
import { type Scene, useScene } from '../negotiations/scene.js';
import { MailFolder, prefer, prove, type Received } from './inboxes.js';

const CAR = '2021 Toyota Camry XLE';
const READ_ALL = 'mutation { markAllNotificationsRead { count } }';

describe.each(databaseKinds)('the mails of notifications, on %s', (kind) => {
  const scene: Scene = useScene(kind);
  const { app } = scene;
  const folder = new MailFolder(app);

  beforeEach(() => folder.clear());

  const one = async (): Promise<Received> => {
    const mails = await folder.deliver();
    expect(mails.map(({ subject }) => subject)).toHaveLength(1);
    return mails[0] as Received;
  };
  const statuses = async () =>
    (await storedMail(app)).mails.map((mail) => `${mail.kind} ${mail.status}`).sort();

  it('tell one side of what the other did, and link to where it is', async () => {
    const { id } = await scene.open();
    const mail = await one();
    expect([mail.to, mail.subject]).toEqual([scene.dealer.email, `New offer: $15,000.00 for the ${CAR}`]);
    expect(mail.text).toContain(`Hello,\n\nA buyer offers $15,000.00 for the ${CAR}.\n\n`);
    const url = `${app.system.config.webUrl}/negotiations/${id}`;
    expect(mail.text).toContain(`Open the negotiation:\n${url}\n`);
    expect(mail.html).toContain(`<a href="${url}"`);
    expect(await folder.told(), 'once').toEqual([]);
  });

  it('are rows of ids until they are sent', async () => {
    await scene.open({ message: 'Cash today.' });
    const [row] = (await storedMail(app)).mails;
    const data = typeof row?.data === 'string' ? JSON.parse(row.data) : row?.data;
    expect(data).toEqual({ notificationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(JSON.stringify(row)).not.toMatch(/Cash|Camry|@/);
  });

  it('go by what each reader wants when it happens, and still wants when they are sent', async () => {
    await prefer(app, scene.dealer, 'OFFER_RECEIVED', false);
    await scene.open();
    expect(await statuses()).toEqual([]);
    await prefer(app, scene.dealer, 'OFFER_RECEIVED', true);
    const negotiation = await scene.open();
    await prefer(app, scene.dealer, 'OFFER_RECEIVED', false);
    expect(await folder.told()).toEqual([]);
    expect(await statuses()).toEqual(['OFFER_RECEIVED DROPPED']);
    await scene.counter(scene.dealer, negotiation, '18000');
    expect(await folder.told()).toEqual([[scene.buyer.email, `Counter-offer: $18,000.00 for the ${CAR}`]]);
    await prefer(app, scene.dealer, 'OFFER_RECEIVED', true);
  });

  it('carry what the other side wrote to an address that is proved, and to no other', async () => {
    const message = 'Cash” <b>today</b>\r\n\r\nYour account is locked: \u202eevil.test';
    await scene.open({ message });
    const unproved = await one();
    expect(unproved.text + unproved.html + unproved.subject).not.toMatch(/Cash|locked|evil/);
    await prove(app, scene.dealer);
    await scene.open({ message });
    const { subject, text, html } = await one();
    expect(subject).toBe(`New offer: $15,000.00 for the ${CAR}`);
    expect(text).toContain("\n\n“Cash' <b>today</b> Your account is locked: evil.test”\n\n");
    expect(html).toContain('<p>“Cash&#39; &lt;b&gt;today&lt;/b&gt; Your account is locked: evil.test”</p>');
  });

  it('are not sent of what was read meanwhile, nor of an offer that was answered or has lapsed', async () => {
    await scene.open();
    await app.ok(READ_ALL, {}, scene.dealer);
    expect(await folder.told()).toEqual([]);
    const negotiation = await scene.open();
    await scene.counter(scene.dealer, negotiation, '18000');
    const { offerId } = await scene.counter(scene.buyer, negotiation, '16000');
    await scene.accept(scene.dealer, { id: negotiation.id, offerId });
    expect(await folder.told()).toEqual([[scene.buyer.email, `Agreed: the ${CAR} for $16,000.00`]]);
    const left = await scene.open();
    await folder.clear();
    app.clock.advance(46 * HOUR);
    await scene.counter(scene.dealer, left, '18000');
    app.clock.advance(48 * HOUR);
    expect(await folder.told()).toEqual([]);
  });

  it('are not sent after a day', async () => {
    const { id: negotiationId } = await scene.open();
    await folder.clear();
    await scene.done(scene.dealer, 'rejectNegotiation', { negotiationId });
    app.clock.advance(DAY);
    expect(await folder.told()).toEqual([]);
    expect(await statuses()).toEqual(['NEGOTIATION_REJECTED DROPPED']);
  });

  it('do not come of what is refused', async () => {
    const { id: negotiationId } = await scene.open();
    await folder.clear();
    const early = scene.done(scene.buyer, 'submitOffer', { negotiationId, amount: '16000' });
    await expect(early).rejects.toThrow('NOT_YOUR_TURN');
    expect(await statuses()).toEqual([]);
  });

  it('tell of a decision on a dealership once, if its dealer wants that', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const review = async (decision: 'VERIFIED' | 'REJECTED', reason?: string) => {
      const input = { dealerId: dealer.dealerId, decision, ...(reason ? { reason } : {}) };
      await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
    };
    await review('VERIFIED');
    expect(await folder.told()).toEqual([[dealer.email, 'Your dealership is verified']]);
    await prefer(app, dealer, 'DEALER_REJECTED', false);
    await review('REJECTED', 'It has closed.');
    expect(await folder.told()).toEqual([]);
    await prefer(app, dealer, 'DEALER_REJECTED', true);
    await review('REJECTED', 'It has closed, we hear.');
    expect(await folder.told()).toEqual([[dealer.email, 'Your dealership was not verified']]);
  });

  it('are asked for by one statement, however many are told', async () => {
    const vehicle = await scene.vehicle();
    const rivals = await Promise.all([1, 2, 3, 4, 5].map(() => app.build.buyer()));
    for (const buyer of rivals) await scene.open({ vehicle, buyer });
    const negotiation = await scene.open({ vehicle });
    await folder.clear();
    const statements = await app.statements(() => scene.accept(scene.dealer, negotiation));
    expect(statements.filter((text) => text.includes('from notification_preferences'))).toHaveLength(1);
    expect((await folder.told()).map(([to]) => to).sort()).toEqual(
      [scene.buyer.email, ...rivals.map(({ email }) => email)].sort(),
    );
  });
});

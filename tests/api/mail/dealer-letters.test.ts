import { beforeEach, describe, expect, it } from 'vitest';
import { ReviewDealerDocument, UpdateDealerDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { fileOf, giveDocument, licence } from '../../support/documents.js';
import { reviewDocument } from '../dealers/stored.js';
import { Outbox, sqlOn, storedMail } from './outbox.js';

describe.each(databaseKinds)('the letters to a dealer on %s', (kind) => {
  const outbox = new Outbox();
  const app = useApp(kind, { adapters: { mailer: outbox } });
  let dealer: DealerPerson;

  beforeEach(async () => {
    dealer = await app.build.dealer({ verified: false, businessName: 'Won! Visit evil.test' });
    await sqlOn(app, 'delete from mails');
  });

  const review = async (decision: 'VERIFIED' | 'REJECTED', reason?: string) => {
    const input = { dealerId: dealer.dealerId, decision, ...(reason ? { reason } : {}) };
    await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
  };
  const statuses = async () => (await storedMail(app)).mails.map(({ kind, status }) => [kind, status]);

  it('tell that it is verified', async () => {
    await review('VERIFIED');
    const letter = await outbox.deliverOne(app);
    expect([letter.to, letter.subject]).toEqual([dealer.email, 'Your dealership is verified']);
    expect(letter.text).toMatch(/^Hello,\n/);
    expect(letter.text).toContain('You can publish your vehicles now.');
  });

  it('tell that it was rejected and why, in plain words', async () => {
    await review('REJECTED', 'The <b>scan</b> is blurred.\n\nPlease send "another" & sign it.');
    const letter = await outbox.deliverOne(app);
    expect(letter.subject).toBe('Your dealership was not verified');
    const reason = 'The <b>scan</b> is blurred. Please send "another" & sign it.';
    expect(letter.text).toContain(` The reason given: ${reason}\n\n`);
    const markup = '&lt;b&gt;scan&lt;/b&gt; is blurred. Please send &quot;another&quot; &amp; sign it.';
    expect(letter.html).toContain(markup);
    expect(letter.html).not.toContain('<b>');
  });

  it('tell of a document that was not accepted, and of none that was', async () => {
    const { id } = await giveDocument(app, dealer, fileOf(licence, 'Call 555-0100.pdf'));
    await reviewDocument(app, id, 'APPROVED');
    await reviewDocument(app, id, 'REJECTED', 'It has expired.');
    const letter = await outbox.deliverOne(app);
    expect([letter.to, letter.subject]).toEqual([dealer.email, 'A document of yours was not accepted']);
    expect(letter.text).toContain('The dealer licence that you uploaded to CarNegotiate was not accepted.');
    expect(letter.text).toContain('The reason given: It has expired.');
    expect(JSON.stringify(letter)).not.toContain('555');
  });

  it('carry no word of the dealer itself: anybody can register with anybody’s address', async () => {
    await review('VERIFIED');
    await outbox.deliverOne(app);
    await review('REJECTED', 'No.');
    await outbox.deliverOne(app);
    expect(JSON.stringify(outbox.letters)).not.toContain('evil');
  });

  it('say what stands when they are sent: a decision that was taken back is not told', async () => {
    const { id } = await giveDocument(app, dealer);
    await reviewDocument(app, id, 'REJECTED', 'Blurred.');
    await reviewDocument(app, id, 'APPROVED');
    await review('REJECTED', 'One.');
    await review('REJECTED', 'Two.');
    await review('VERIFIED');
    app.clock.advance(1);
    await app.ok(UpdateDealerDocument, { input: { businessName: 'Renamed' } }, dealer);
    expect(await outbox.deliver(app)).toEqual([]);
    await review('REJECTED', 'Three.');
    await review('REJECTED', 'Four.');
    expect((await outbox.deliverOne(app)).text).toContain('The reason given: Four.');
    expect(await statuses()).toEqual([
      ['DEALER_DOCUMENT_REJECTED', 'DROPPED'],
      ['DEALER_REJECTED', 'DROPPED'],
      ['DEALER_REJECTED', 'DROPPED'],
      ['DEALER_VERIFIED', 'DROPPED'],
      ['DEALER_REJECTED', 'DROPPED'],
      ['DEALER_REJECTED', 'SENT'],
    ]);
  });

  it('are not written twice for a decision that is repeated', async () => {
    await review('REJECTED', 'One.');
    await review('REJECTED', ' One. ');
    await outbox.deliverOne(app);
    expect(await statuses()).toEqual([['DEALER_REJECTED', 'SENT']]);
  });

  it('are not sent after a day, nor to who is gone', async () => {
    await review('VERIFIED');
    app.clock.advance(DAY);
    expect(await outbox.deliver(app)).toEqual([]);
    await review('REJECTED', 'No.');
    await sqlOn(app, 'update users set deleted_at = 1 where id = ?', [dealer.id]);
    expect(await outbox.deliver(app)).toEqual([]);
    expect(await statuses()).toEqual([
      ['DEALER_VERIFIED', 'DROPPED'],
      ['DEALER_REJECTED', 'DROPPED'],
    ]);
  });
});

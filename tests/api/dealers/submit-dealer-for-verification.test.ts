import { describe, expect, it } from 'vitest';
import {
  MyDealerDocument,
  ReviewDealerDocument,
  SubmitDealerForVerificationDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { giveDocument } from '../../support/documents.js';
import { refused, reviewDocument } from './stored.js';

describe.each(databaseKinds)('submitDealerForVerification on %s', (kind) => {
  const app = useApp(kind);
  const submit = (person?: { token: string }, note: string | null = null) =>
    app.request(SubmitDealerForVerificationDocument, { input: { note } }, person);

  /** A dealer with a document to show. */
  const prepared = async () => {
    const dealer = await app.build.dealer({ verified: false });
    const document = await giveDocument(app, dealer);
    return { ...dealer, documentId: document.id };
  };
  const WITHOUT_DOCUMENT = {
    code: 'CONFLICT',
    message: 'Upload a document first: at least one that has not been rejected is needed.',
  };

  it('puts an unverified dealer before the admins, with its note and since when it waits', async () => {
    const dealer = await prepared();
    const { data } = await submit(dealer, ' Please. ');
    expect(data?.submitDealerForVerification.dealer).toMatchObject({
      verificationStatus: 'PENDING',
      isVerified: false,
    });
    const rows = await app.orm.em
      .fork()
      .getConnection()
      .execute<Array<{ submission_note: string; submitted_at: unknown }>>(
        'select submission_note, submitted_at from dealers where id = ?',
        [dealer.dealerId],
      );
    expect(rows.map((row: (typeof rows)[number]) => [row.submission_note, Number(row.submitted_at)])).toEqual(
      [['Please.', app.clock.now().getTime()]],
    );
  });

  it('takes a rejected dealer again, and forgets why it was rejected', async () => {
    const dealer = await prepared();
    const input = { dealerId: dealer.dealerId, decision: 'REJECTED', reason: 'No papers.' } as const;
    await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
    const { data } = await submit(dealer);
    expect(data?.submitDealerForVerification.dealer).toMatchObject({
      verificationStatus: 'PENDING',
      rejectionReason: null,
    });
  });

  it('refuses a pending and a verified dealer', async () => {
    const pending = await prepared();
    await submit(pending);
    for (const [dealer, status] of [
      [pending, 'PENDING'],
      [await app.build.dealer(), 'VERIFIED'],
    ] as const) {
      expect(await refused(app, () => submit(dealer))).toMatchObject({
        code: 'CONFLICT',
        statusCode: 409,
        message: `This dealership is already ${status}.`,
      });
    }
  });

  it('refuses who has no document to show, or only rejected ones', async () => {
    const dealer = await app.build.dealer({ verified: false });
    expect(await refused(app, () => submit(dealer))).toMatchObject(WITHOUT_DOCUMENT);
    const { id } = await giveDocument(app, dealer);
    await reviewDocument(app, id, 'REJECTED', 'Blurred.');
    expect(await refused(app, () => submit(dealer))).toMatchObject(WITHOUT_DOCUMENT);
    // Another dealer's counts for nothing.
    await prepared();
    expect(await refused(app, () => submit(dealer))).toMatchObject(WITHOUT_DOCUMENT);
    await reviewDocument(app, id, 'APPROVED');
    expect((await submit(dealer)).data?.submitDealerForVerification.dealer.verificationStatus).toBe(
      'PENDING',
    );
  });

  it('either comes before the rejection of its only document, or is refused', async () => {
    const dealer = await prepared();
    const [answer] = await Promise.all([
      submit(dealer),
      reviewDocument(app, dealer.documentId, 'REJECTED', 'Blurred.'),
    ]);
    const status = answer.data?.submitDealerForVerification.dealer.verificationStatus;
    if (status !== 'PENDING') expect(app.errorOf(answer)).toMatchObject(WITHOUT_DOCUMENT);
  });

  it('is VERIFIED in the end where an admin verifies it at the same moment', async () => {
    const dealer = await prepared();
    const input = { dealerId: dealer.dealerId, decision: 'VERIFIED' } as const;
    const [submission] = await Promise.all([
      submit(dealer),
      app.ok(ReviewDealerDocument, { input }, await app.build.admin()),
    ]);
    const { myDealer } = await app.ok(MyDealerDocument, {}, dealer);
    expect(myDealer?.verificationStatus).toBe('VERIFIED');
    if (submission.errors)
      expect(app.errorOf(submission).message).toBe('This dealership is already VERIFIED.');
  });

  it('lets one of 8 submissions at once through', async () => {
    const dealer = await prepared();
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(dealer)));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'ok').sort();
    expect(codes).toEqual([...Array(7).fill('CONFLICT'), 'ok']);
  });

  it('refuses a note too long or with NUL in it', async () => {
    const dealer = await app.build.dealer({ verified: false });
    for (const note of ['x'.repeat(2001), 'a\u0000']) {
      const error = await refused(app, () => submit(dealer, note));
      expect(Object.keys(error.fields ?? {})).toEqual(['note']);
    }
  });

  it('refuses guests, buyers, admins, and dealers before they register a business', async () => {
    const unregistered = await app.build.register({ userType: 'DEALER' });
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin(), unregistered]) {
      codes.push((await refused(app, () => submit(person))).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND']);
  });
});

import { describe, expect, it } from 'vitest';
import { ReviewDealerDocument, SubmitDealerForVerificationDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { refused } from './stored.js';

describe.each(databaseKinds)('submitDealerForVerification on %s', (kind) => {
  const app = useApp(kind);
  const submit = (person?: { token: string }, note: string | null = null) =>
    app.request(SubmitDealerForVerificationDocument, { input: { note } }, person);

  it('puts an unverified dealer before the admins, with its note', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const { data } = await submit(dealer, ' Please. ');
    expect(data?.submitDealerForVerification.dealer).toMatchObject({
      verificationStatus: 'PENDING',
      isVerified: false,
    });
    const rows = await app.orm.em
      .fork()
      .getConnection()
      .execute('select submission_note from dealers where id = ?', [dealer.dealerId]);
    expect(rows).toEqual([{ submission_note: 'Please.' }]);
  });

  it('takes a rejected dealer again, and forgets why it was rejected', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const input = { dealerId: dealer.dealerId, decision: 'REJECTED', reason: 'No papers.' } as const;
    await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
    const { data } = await submit(dealer);
    expect(data?.submitDealerForVerification.dealer).toMatchObject({
      verificationStatus: 'PENDING',
      rejectionReason: null,
    });
  });

  it('refuses a pending and a verified dealer', async () => {
    const pending = await app.build.dealer({ verified: false });
    await submit(pending);
    for (const dealer of [pending, await app.build.dealer()]) {
      expect(await refused(app, () => submit(dealer))).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
    }
  });

  it('lets one of 8 submissions at once through', async () => {
    const dealer = await app.build.dealer({ verified: false });
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

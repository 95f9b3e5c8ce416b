import { describe, expect, it } from 'vitest';
import { DealerReviewed } from '../../../src/modules/dealers/index.js';
import {
  ReviewDealerDocument,
  UpdateDealerDocument,
  type VerificationStatus,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { MINUTE } from '../../support/clock.js';
import { giveDocument } from '../../support/documents.js';
import { eventsDuring, refused } from './stored.js';

describe.each(databaseKinds)('reviewDealer on %s', (kind) => {
  const app = useApp(kind);
  const review = async (
    dealerId: string,
    decision: VerificationStatus,
    reason?: string | null,
    person?: { token: string },
  ) =>
    app.request(
      ReviewDealerDocument,
      { input: { dealerId, decision, ...(reason === undefined ? {} : { reason }) } },
      person ?? (await app.build.admin()),
    );

  it('verifies a dealer from any state, and keeps since when', async () => {
    const { dealerId } = await app.build.dealer({ verified: false });
    const verifiedAt = app.clock.now().toISOString();
    const { data } = await review(dealerId, 'VERIFIED');
    expect(data?.reviewDealer.dealer).toMatchObject({
      verificationStatus: 'VERIFIED',
      isVerified: true,
      verifiedAt,
    });
    app.clock.advance(MINUTE);
    const again = await review(dealerId, 'VERIFIED', 'ignored');
    expect(again.data?.reviewDealer.dealer).toMatchObject({ verifiedAt, rejectionReason: null });
  });

  it('rejects a dealer from any state, with the reason', async () => {
    const { dealerId } = await app.build.dealer();
    const { data } = await review(dealerId, 'REJECTED', ' Licence expired. ');
    expect(data?.reviewDealer.dealer).toMatchObject({
      verificationStatus: 'REJECTED',
      isVerified: false,
      verifiedAt: null,
      rejectionReason: 'Licence expired.',
    });
    const verified = await review(dealerId, 'VERIFIED');
    expect(verified.data?.reviewDealer.dealer).toMatchObject({
      verificationStatus: 'VERIFIED',
      rejectionReason: null,
    });
  });

  it('tells the rooms above of a decision that is news, and of no other', async () => {
    const { id: userId, dealerId } = await app.build.dealer({ verified: false });
    const heard = await eventsDuring(app, DealerReviewed, async () => {
      await review(dealerId, 'VERIFIED');
      await review(dealerId, 'VERIFIED');
      await review(dealerId, 'REJECTED', 'One.');
      await review(dealerId, 'REJECTED', ' One. ');
      await review(dealerId, 'REJECTED', 'Two.');
      await review(dealerId, 'PENDING');
    });
    expect(heard).toEqual([
      { dealerId, userId, decision: 'VERIFIED', reason: null },
      { dealerId, userId, decision: 'REJECTED', reason: 'One.' },
      { dealerId, userId, decision: 'REJECTED', reason: 'Two.' },
    ]);
  });

  it('refuses to decide on what has changed since the admin looked', async () => {
    const dealer = await app.build.dealer({ verified: false });
    await giveDocument(app, dealer);
    const SUBMIT = 'mutation { submitDealerForVerification(input: {}) { dealer { submittedAt } } }';
    type Submitted = { submitDealerForVerification: { dealer: { submittedAt: string } } };
    const { submittedAt } = (await app.ok<Submitted, object>(SUBMIT, {}, dealer)).submitDealerForVerification
      .dealer;
    app.clock.advance(MINUTE);
    await app.ok(UpdateDealerDocument, { input: { businessName: 'Renamed' } }, dealer);
    const admin = await app.build.admin();
    const input = { dealerId: dealer.dealerId, decision: 'VERIFIED', submittedAt } as const;
    const error = await refused(app, () => app.request(ReviewDealerDocument, { input }, admin));
    expect(error).toMatchObject({
      code: 'CONFLICT',
      message: 'This dealership has changed, or was submitted again, since you looked at it.',
    });
    const seen = { ...input, submittedAt: app.clock.now().toISOString() };
    expect((await app.ok(ReviewDealerDocument, { input: seen }, admin)).reviewDealer.dealer).toMatchObject({
      businessName: 'Renamed',
      isVerified: true,
    });
  });

  it('refuses every other decision', async () => {
    const { dealerId } = await app.build.dealer({ verified: false });
    for (const decision of ['PENDING', 'UNVERIFIED'] as const) {
      const error = await refused(app, () => review(dealerId, decision, 'x'));
      expect(error).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: { decision: ['Decide for VERIFIED or REJECTED.'] },
      });
    }
  });

  it('refuses a rejection without a reason', async () => {
    const { dealerId } = await app.build.dealer({ verified: false });
    for (const reason of [undefined, null, '  ']) {
      const error = await refused(app, () => review(dealerId, 'REJECTED', reason));
      expect(error.fields).toEqual({ reason: ['This field may not be blank.'] });
    }
  });

  it('finds no dealer under an unknown id, or under what is no id', async () => {
    for (const id of ['0190a0a0-0000-7000-8000-000000000000', "x' or 1=1", '']) {
      expect(await refused(app, () => review(id, 'VERIFIED'))).toMatchObject({
        code: 'NOT_FOUND',
        statusCode: 404,
      });
    }
  });

  it('refuses everybody but admins, the dealer itself too', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const guest = { token: '' };
    const codes = [];
    for (const person of [guest, await app.build.buyer(), dealer]) {
      codes.push((await refused(app, () => review(dealer.dealerId, 'VERIFIED', undefined, person))).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });
});

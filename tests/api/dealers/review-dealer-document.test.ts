import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DealerDocumentStatus, ReviewDealerDocumentDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { giveDocument } from '../../support/documents.js';
import { documentRows, refused, reviewDocument } from './stored.js';

describe.each(databaseKinds)('reviewDealerDocument on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;
  let documentId: string;

  beforeAll(async () => {
    dealer = await app.build.dealer();
  });
  beforeEach(async () => {
    documentId = (await giveDocument(app, dealer)).id;
  });

  const review = async (
    id: string,
    decision: DealerDocumentStatus,
    reason?: string | null,
    person?: { token?: string },
  ) =>
    app.request(
      ReviewDealerDocumentDocument,
      { input: { documentId: id, decision, ...(reason === undefined ? {} : { reason }) } },
      person ?? (await app.build.admin()),
    );
  const row = async () => (await documentRows(app, dealer.dealerId)).find(({ id }) => id === documentId);

  it('approves and rejects, from any state and as often as admins change their minds', async () => {
    expect(await reviewDocument(app, documentId, 'REJECTED', ' Blurred. ')).toMatchObject({
      id: documentId,
      status: 'REJECTED',
      rejectionReason: 'Blurred.',
    });
    app.clock.advance(MINUTE);
    const approved = await reviewDocument(app, documentId, 'APPROVED', 'ignored');
    expect(approved).toMatchObject({ status: 'APPROVED', rejectionReason: null });
    expect(Number((await row())?.reviewed_at)).toBe(app.clock.now().getTime());
  });

  it('changes nothing where it says what stands already', async () => {
    await reviewDocument(app, documentId, 'REJECTED', 'One.');
    const before = await row();
    app.clock.advance(MINUTE);
    await reviewDocument(app, documentId, 'REJECTED', ' One. ');
    expect(await row()).toEqual(before);
  });

  it('leaves the verification as it stands', async () => {
    await reviewDocument(app, documentId, 'REJECTED', 'Blurred.');
    const document = 'query ($id: ID!) { dealer(id: $id) { verificationStatus } }';
    expect(await app.ok(document, { id: dealer.dealerId })).toEqual({
      dealer: { verificationStatus: 'VERIFIED' },
    });
  });

  it('refuses every other decision, and a rejection without a reason', async () => {
    const pending = await refused(app, () => review(documentId, 'PENDING', 'x'));
    expect(pending).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: { decision: ['Decide for APPROVED or REJECTED.'] },
    });
    for (const reason of [undefined, null, '  ', 'x'.repeat(2_001), 'a\u0000']) {
      const error = await refused(app, () => review(documentId, 'REJECTED', reason));
      expect([error.code, Object.keys(error.fields ?? {})]).toEqual(['BAD_USER_INPUT', ['reason']]);
    }
  });

  it('finds no document under an unknown id, or under what is no id', async () => {
    for (const id of ['0190a0a0-0000-7000-8000-000000000000', dealer.dealerId, "x' or 1=1", '']) {
      const error = await refused(app, () => review(id, 'APPROVED'));
      expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'Document not found.' });
    }
  });

  it('refuses everybody but admins, the dealer itself too', async () => {
    const codes = [];
    for (const person of [{}, await app.build.buyer(), dealer, await app.build.dealer()]) {
      codes.push((await refused(app, () => review(documentId, 'APPROVED', undefined, person))).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('ends as one of two decisions that are made at once', async () => {
    await Promise.all([review(documentId, 'REJECTED', 'Blurred.'), review(documentId, 'APPROVED')]);
    expect([
      ['REJECTED', 'Blurred.'],
      ['APPROVED', null],
    ]).toContainEqual([(await row())?.status, (await row())?.rejection_reason]);
  });
});

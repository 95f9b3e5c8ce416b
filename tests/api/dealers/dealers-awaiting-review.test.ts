import { beforeAll, describe, expect, it } from 'vitest';
import {
  DealersAwaitingReviewDocument,
  SubmitDealerForVerificationDocument,
  UpdateDealerDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { giveDocument } from '../../support/documents.js';
import { leave } from '../accounts/leaving.js';
import { refused } from './stored.js';

describe.each(databaseKinds)('dealersAwaitingReview on %s', (kind) => {
  const app = useApp(kind);
  const list = async (variables: { first?: number; after?: string } = {}) =>
    (await app.ok(DealersAwaitingReviewDocument, variables, await app.build.admin())).dealersAwaitingReview;
  const waiting = async () => (await list()).nodes.map(({ id }) => id);

  const submitted = async (note?: string): Promise<DealerPerson> => {
    const dealer = await app.build.dealer({ verified: false });
    await giveDocument(app, dealer);
    app.clock.advance(MINUTE);
    await app.ok(SubmitDealerForVerificationDocument, { input: { note: note ?? null } }, dealer);
    return dealer;
  };

  let first: DealerPerson;
  let second: DealerPerson;
  let third: DealerPerson;
  beforeAll(async () => {
    await app.build.dealer();
    await app.build.dealer({ verified: false });
    first = await submitted('We are new.');
    second = await submitted();
    third = await submitted();
  });

  it('tells who waits, the longest first, with what there is to decide on', async () => {
    const { totalCount, nodes } = await list();
    expect(totalCount).toBe(3);
    expect(nodes.map(({ id }) => id)).toEqual([first, second, third].map(({ dealerId }) => dealerId));
    expect(nodes[0]).toMatchObject({
      submissionNote: 'We are new.',
      submittedAt: new Date(app.clock.now().getTime() - 2 * MINUTE).toISOString(),
      documents: [{ kind: 'DEALER_LICENSE', filename: 'licence.pdf', downloadUrl: expect.any(String) }],
    });
  });

  it('goes on behind a cursor, and page by page shows everybody once', async () => {
    const page = await list({ first: 2 });
    expect(page.pageInfo.hasNextPage).toBe(true);
    const rest = await list({ first: 2, after: page.pageInfo.endCursor as string });
    expect(rest.nodes.map(({ id }) => id)).toEqual([third.dealerId]);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('has those in it who are no longer who was verified, from then on', async () => {
    const verified = await app.build.dealer();
    app.clock.advance(MINUTE);
    await app.ok(UpdateDealerDocument, { input: { businessName: 'Renamed' } }, verified);
    expect((await waiting()).at(-1)).toBe(verified.dealerId);
  });

  it('leaves out who is decided on, and who has closed', async () => {
    const [decided, closed] = [await submitted(), await submitted()];
    expect(await waiting()).toEqual(expect.arrayContaining([decided.dealerId, closed.dealerId]));
    const REVIEW = 'mutation ($input: ReviewDealerInput!) { reviewDealer(input: $input) { dealer { id } } }';
    const input = { dealerId: decided.dealerId, decision: 'REJECTED', reason: 'No.' };
    await app.ok(REVIEW, { input }, await app.build.admin());
    await leave(app, closed);
    const left = await waiting();
    expect(left).not.toContain(decided.dealerId);
    expect(left).not.toContain(closed.dealerId);
  });

  it('is for admins', async () => {
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), first]) {
      codes.push((await refused(app, () => app.request(DealersAwaitingReviewDocument, {}, person))).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('refuses a page too large and a cursor of another list', async () => {
    const admin = await app.build.admin();
    const foreign = await app.ok<{ dealers: { pageInfo: { endCursor: string } } }, object>(
      '{ dealers(first: 1) { pageInfo { endCursor } } }',
    );
    for (const variables of [{ first: 101 }, { after: foreign.dealers.pageInfo.endCursor }]) {
      const error = await refused(app, () => app.request(DealersAwaitingReviewDocument, variables, admin));
      expect([error.code, Object.keys(error.fields ?? {})]).toEqual([
        'BAD_USER_INPUT',
        Object.keys(variables),
      ]);
    }
  });
});

import { describe, expect, it } from 'vitest';
import {
  DealerDocument,
  MyAccountsDealerDocument,
  MyDealerDocument,
  ReviewDealerDocument,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';

describe.each(databaseKinds)('dealer, myDealer and User.dealer on %s', (kind) => {
  const app = useApp(kind);

  it('shows a dealer to everybody, its licence and rejection to itself and admins alone', async () => {
    const dealer = await app.build.dealer({ verified: false, businessName: 'Open Lot' });
    const input = { dealerId: dealer.dealerId, decision: 'REJECTED', reason: 'No papers.' } as const;
    await app.ok(ReviewDealerDocument, { input }, await app.build.admin());
    const seenBy = async (person?: { token: string }) =>
      (await app.ok(DealerDocument, { id: dealer.dealerId }, person)).dealer;

    const open = { businessName: 'Open Lot', verificationStatus: 'REJECTED', activeVehicleCount: 0 };
    for (const person of [undefined, await app.build.buyer(), await app.build.dealer()]) {
      expect(await seenBy(person)).toMatchObject({ ...open, licenseNumber: null, rejectionReason: null });
    }
    for (const person of [dealer, await app.build.admin()]) {
      expect(await seenBy(person)).toMatchObject({
        ...open,
        licenseNumber: expect.stringMatching(/^L-/),
        rejectionReason: 'No papers.',
      });
    }
  });

  it('finds none under an unknown or impossible id, on both databases alike', async () => {
    const { dealerId } = await app.build.dealer();
    for (const id of [dealerId.toUpperCase(), '0190a0a0-0000-7000-8000-000000000000', '1', '', 'a\u0000']) {
      expect((await app.ok(DealerDocument, { id })).dealer).toBeNull();
    }
  });

  it('answers myDealer with null before the business is registered', async () => {
    const account = await app.build.register({ userType: 'DEALER' });
    expect(await app.ok(MyDealerDocument, {}, account)).toEqual({ myDealer: null });
    expect(await app.ok(MyAccountsDealerDocument, {}, account)).toEqual({ me: { dealer: null } });
  });

  it('refuses myDealer to guests, buyers and admins', async () => {
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin()]) {
      codes.push(app.errorOf(await app.request(MyDealerDocument, {}, person)).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it("shows an account its own business, with its licence, and a buyer's none", async () => {
    const dealer = await app.build.dealer();
    const { me } = await app.ok(MyAccountsDealerDocument, {}, dealer);
    expect(me?.dealer).toMatchObject({ id: dealer.dealerId, licenseNumber: expect.stringMatching(/^L-/) });
    expect(await app.ok(MyAccountsDealerDocument, {}, await app.build.buyer())).toEqual({
      me: { dealer: null },
    });
  });
});

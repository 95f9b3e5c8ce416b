import { beforeAll, describe, expect, it } from 'vitest';
import {
  DealerDocument,
  DealerDocumentsDocument,
  MyDealerDocument,
  ReviewDealerDocument,
  SubmitDealerForVerificationDocument,
  UpdateDealerDocument,
  type UpdateDealerInput,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { MINUTE } from '../../support/clock.js';
import { giveDocument } from '../../support/documents.js';
import { refused } from './stored.js';

describe.each(databaseKinds)('updateDealer on %s', (kind) => {
  const app = useApp(kind);

  it('changes what is given and leaves the rest', async () => {
    const dealer = await app.build.dealer({ city: 'Dallas' });
    const before = (await app.ok(DealerDocument, { id: dealer.dealerId }, dealer)).dealer;
    const input = { businessName: ' New Name ', website: 'http://new.example/', latitude: 1.5, longitude: 2 };
    const { updateDealer } = await app.ok(UpdateDealerDocument, { input }, dealer);
    const changed = [...Object.keys(input), 'isVerified', 'verificationStatus', 'verifiedAt'];
    expect(before).toMatchObject(omit(updateDealer.dealer, changed));
    expect(updateDealer.dealer).toMatchObject({
      ...input,
      businessName: 'New Name',
      city: 'Dallas',
      isVerified: false,
    });
  });

  it('clears with null what may be empty', async () => {
    const dealer = await app.build.dealer();
    const full = {
      description: 'd',
      phone: 'p',
      website: 'https://w.example/',
      address: 'a',
      postalCode: 'z',
    };
    await app.ok(UpdateDealerDocument, { input: { ...full, latitude: 1, longitude: 2 } }, dealer);
    const input = {
      description: null,
      phone: null,
      website: null,
      address: '  ',
      postalCode: null,
      latitude: null,
      longitude: null,
    };
    const { updateDealer } = await app.ok(UpdateDealerDocument, { input }, dealer);
    expect(updateDealer.dealer).toMatchObject({ ...input, address: null });
  });

  it('changes nothing where nothing is given', async () => {
    const dealer = await app.build.dealer();
    const { updateDealer } = await app.ok(UpdateDealerDocument, { input: {} }, dealer);
    expect(updateDealer.dealer.id).toBe(dealer.dealerId);
  });

  describe('of who it is', () => {
    const standing = async (dealer: DealerPerson) => {
      const { dealer: found } = await app.ok(DealerDocumentsDocument, { id: dealer.dealerId }, dealer);
      const { myDealer } = await app.ok(MyDealerDocument, {}, dealer);
      return [myDealer?.verificationStatus, myDealer?.verifiedAt, found?.submittedAt];
    };
    const update = (dealer: DealerPerson, input: UpdateDealerInput) =>
      app.ok(UpdateDealerDocument, { input }, dealer);

    it.each([
      ['name', { businessName: 'Another Name' }],
      ['licence', { licenseNumber: 'L-OTHER' }],
    ])('has a verified dealer wait for the admins again: another %s', async (_what, input) => {
      const dealer = await app.build.dealer();
      const vehicle = await app.build.vehicle(dealer);
      const draft = await app.build.vehicle(dealer, { publish: false });
      app.clock.advance(MINUTE);
      const { updateDealer } = await update(dealer, input);
      expect(updateDealer.dealer).toMatchObject({
        ...input,
        verificationStatus: 'PENDING',
        isVerified: false,
      });
      expect(await standing(dealer)).toEqual(['PENDING', null, app.clock.now().toISOString()]);
      // What it lists stays listed; nothing more gets there.
      const STATUS = 'query ($id: ID!) { vehicle(id: $id) { status } }';
      expect(await app.ok(STATUS, { id: vehicle.id })).toEqual({ vehicle: { status: 'ACTIVE' } });
      const PUBLISH =
        'mutation ($input: VehicleIdInput!) { publishVehicle(input: $input) { vehicle { id } } }';
      const publication = await app.request(PUBLISH, { input: { id: draft.id } }, dealer);
      expect(app.errorOf(publication).code).toBe('DEALER_NOT_VERIFIED');
    });

    it('is none by the same name and licence, or by anything else', async () => {
      const dealer = await app.build.dealer({ businessName: 'Same Name' });
      const before = await standing(dealer);
      const { myDealer } = await app.ok(MyDealerDocument, {}, dealer);
      app.clock.advance(MINUTE);
      const licenseNumber = ` ${myDealer?.licenseNumber} `;
      await update(dealer, { businessName: ' Same Name ', licenseNumber, city: 'Waco', phone: '555-0100' });
      expect(await standing(dealer)).toEqual(before);
    });

    it('leaves a dealer as it stands who is not verified; one that waits waits anew', async () => {
      const dealer = await app.build.dealer({ verified: false });
      await update(dealer, { businessName: 'Second Name' });
      expect(await standing(dealer)).toEqual(['UNVERIFIED', null, null]);
      await giveDocument(app, dealer);
      await app.ok(SubmitDealerForVerificationDocument, { input: {} }, dealer);
      app.clock.advance(MINUTE);
      await update(dealer, { licenseNumber: 'L-SECOND' });
      const submittedAt = app.clock.now().toISOString();
      expect(await standing(dealer)).toEqual(['PENDING', null, submittedAt]);
      const review = { dealerId: dealer.dealerId, decision: 'REJECTED', reason: 'No.' } as const;
      await app.ok(ReviewDealerDocument, { input: review }, await app.build.admin());
      app.clock.advance(MINUTE);
      await update(dealer, { businessName: 'Third Name' });
      expect(await standing(dealer)).toEqual(['REJECTED', null, submittedAt]);
    });

    it('is never verified unseen: who changes its name while an admin verifies it waits', async () => {
      const dealer = await app.build.dealer({ verified: false });
      await giveDocument(app, dealer);
      await app.ok(SubmitDealerForVerificationDocument, { input: {} }, dealer);
      const [, , submittedAt] = await standing(dealer);
      const admin = await app.build.admin();
      app.clock.advance(MINUTE);
      const input = {
        dealerId: dealer.dealerId,
        decision: 'VERIFIED',
        submittedAt: submittedAt as string,
      } as const;
      const [review] = await Promise.all([
        app.request(ReviewDealerDocument, { input }, admin),
        update(dealer, { businessName: 'Unseen Name' }),
      ]);
      if (review.errors) expect(app.errorOf(review).code).toBe('CONFLICT');
      expect((await standing(dealer)).slice(0, 2)).toEqual(['PENDING', null]);
    });
  });

  const faulty: Array<[UpdateDealerInput, string]> = [
    [{ businessName: null }, 'businessName'],
    [{ licenseNumber: ' ' }, 'licenseNumber'],
    [{ licenseNumber: 'x'.repeat(101) }, 'licenseNumber'],
    [{ city: '' }, 'city'],
    [{ state: null }, 'state'],
    [{ website: 'ftp://x.example/' }, 'website'],
    [{ latitude: 91, longitude: 0 }, 'latitude'],
    [{ description: 'x'.repeat(5001) }, 'description'],
    [{ latitude: 3 }, 'longitude'],
  ];
  let dealer: DealerPerson;
  beforeAll(async () => {
    dealer = await app.build.dealer();
  });
  it.each(faulty)('refuses %j', async (input, field) => {
    const error = await refused(app, () => app.request(UpdateDealerDocument, { input }, dealer));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(Object.keys(error.fields ?? {})).toEqual([field]);
  });

  it('refuses to clear one coordinate of two', async () => {
    const dealer = await app.build.dealer();
    await app.ok(UpdateDealerDocument, { input: { latitude: 1, longitude: 2 } }, dealer);
    const error = await refused(app, () =>
      app.request(UpdateDealerDocument, { input: { longitude: null } }, dealer),
    );
    expect(error.fields).toEqual({ longitude: ['Give both latitude and longitude, or neither.'] });
  });

  it('refuses guests, buyers, admins, and dealers before they register a business', async () => {
    const input = { businessName: 'Mine' };
    const unregistered = await app.build.register({ userType: 'DEALER' });
    const codes = [];
    for (const person of [undefined, await app.build.buyer(), await app.build.admin(), unregistered]) {
      codes.push((await refused(app, () => app.request(UpdateDealerDocument, { input }, person))).code);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND']);
  });
});

function omit<T extends object>(value: T, keys: string[]): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as Partial<T>;
}

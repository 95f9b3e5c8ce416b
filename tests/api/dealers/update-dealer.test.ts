import { beforeAll, describe, expect, it } from 'vitest';
import { DealerDocument, UpdateDealerDocument, type UpdateDealerInput } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { refused } from './stored.js';

describe.each(databaseKinds)('updateDealer on %s', (kind) => {
  const app = useApp(kind);

  it('changes what is given and leaves the rest', async () => {
    const dealer = await app.build.dealer({ city: 'Dallas' });
    const before = (await app.ok(DealerDocument, { id: dealer.dealerId }, dealer)).dealer;
    const input = { businessName: ' New Name ', website: 'http://new.example/', latitude: 1.5, longitude: 2 };
    const { updateDealer } = await app.ok(UpdateDealerDocument, { input }, dealer);
    expect(before).toMatchObject(omit(updateDealer.dealer, Object.keys(input)));
    expect(updateDealer.dealer).toMatchObject({
      ...input,
      businessName: 'New Name',
      city: 'Dallas',
      isVerified: true,
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

  const faulty: Array<[UpdateDealerInput, string]> = [
    [{ businessName: null }, 'businessName'],
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

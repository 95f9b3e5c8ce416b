import { describe, expect, it } from 'vitest';
import {
  MyDealerDocument,
  RegisterDealerDocument,
  type RegisterDealerInput,
} from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { refused, stored } from './stored.js';

const whole: RegisterDealerInput = {
  businessName: '  Lone Star Motors ',
  licenseNumber: 'P-123',
  description: ' Family-run. ',
  phone: '512-555-0100',
  website: 'https://lonestar.example/cars?q=1',
  address: '1 Main St',
  city: 'Austin',
  state: 'TX',
  postalCode: '78701',
  latitude: 30.2672,
  longitude: -97.7431,
};
const least: RegisterDealerInput = { businessName: 'A', licenseNumber: 'L', city: 'Austin', state: 'TX' };

describe.each(databaseKinds)('registerDealer on %s', (kind) => {
  const app = useApp(kind);
  const account = () => app.build.register({ userType: 'DEALER' });

  it('registers the business whole, unverified, and answers with it', async () => {
    const dealer = await account();
    const { registerDealer } = await app.ok(RegisterDealerDocument, { input: whole }, dealer);
    expect(registerDealer.dealer).toEqual({
      ...whole,
      businessName: 'Lone Star Motors',
      description: 'Family-run.',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      verificationStatus: 'UNVERIFIED',
      isVerified: false,
      verifiedAt: null,
      rejectionReason: null,
      createdAt: app.clock.now().toISOString(),
    });
    const { myDealer } = await app.ok(MyDealerDocument, {}, dealer);
    expect(myDealer).toEqual(registerDealer.dealer);
  });

  it('takes null and blank for what may be left out', async () => {
    const input = { ...least, description: ' ', phone: null, website: null, latitude: null, longitude: null };
    const { registerDealer } = await app.ok(RegisterDealerDocument, { input }, await account());
    expect(registerDealer.dealer).toMatchObject({
      description: null,
      phone: null,
      website: null,
      latitude: null,
    });
  });

  it('refuses a second business of the same account', async () => {
    const dealer = await account();
    await app.ok(RegisterDealerDocument, { input: least }, dealer);
    const error = await refused(app, () => app.request(RegisterDealerDocument, { input: whole }, dealer));
    expect(error).toMatchObject({ code: 'CONFLICT', statusCode: 409 });
  });

  it('lets one of 16 registrations at once win', async () => {
    const dealer = await account();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => app.request(RegisterDealerDocument, { input: least }, dealer)),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'ok').sort();
    expect(codes).toEqual([...Array(15).fill('CONFLICT'), 'ok']);
  });

  it('refuses guests, buyers and admins', async () => {
    const input = least;
    expect(await refused(app, () => app.request(RegisterDealerDocument, { input }))).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    for (const person of [await app.build.buyer(), await app.build.admin()]) {
      const error = await refused(app, () => app.request(RegisterDealerDocument, { input }, person));
      expect(error).toMatchObject({ code: 'FORBIDDEN', statusCode: 403 });
    }
  });

  it('tells all that is wrong at once, field by field', async () => {
    const input = {
      ...whole,
      businessName: ' ',
      licenseNumber: 'x'.repeat(101),
      description: 'a\u0000b',
      website: 'javascript:alert(1)',
      city: '\ud800',
      latitude: 90.5,
      longitude: -181,
    };
    const dealer = await account();
    const error = await refused(app, () => app.request(RegisterDealerDocument, { input }, dealer));
    expect(error.code).toBe('BAD_USER_INPUT');
    expect(error.fields).toEqual({
      businessName: ['This field may not be blank.'],
      licenseNumber: ['Ensure this field has no more than 100 characters.'],
      description: ['Control characters are not allowed.'],
      website: ['Give an address that begins with https:// or http://.'],
      city: ['This is not well-formed Unicode text.'],
      latitude: ['Ensure this value is between -90 and 90.'],
      longitude: ['Ensure this value is between -180 and 180.'],
    });
  });

  it('refuses half a place', async () => {
    const dealer = await account();
    const input = { ...least, latitude: 1 };
    const error = await refused(app, () => app.request(RegisterDealerDocument, { input }, dealer));
    expect(error.fields).toEqual({ longitude: ['Give both latitude and longitude, or neither.'] });
  });

  it('refuses what is no URL at all, as variable and as literal', async () => {
    const dealer = await account();
    const before = await stored(app);
    const variable = await app.request(
      RegisterDealerDocument,
      { input: { ...least, website: 'no url' } },
      dealer,
    );
    const literal = await app.request(
      `mutation { registerDealer(input: {businessName: "A", licenseNumber: "L", city: "A", state: "TX", website: "no url"}) { dealer { id } } }`,
      {},
      dealer,
    );
    expect([app.errorOf(variable).code, app.errorOf(literal).code]).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
    ]);
    expect(await stored(app)).toEqual(before);
  });
});

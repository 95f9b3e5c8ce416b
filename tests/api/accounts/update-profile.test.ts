import { beforeAll, describe, expect, it } from 'vitest';
import { MeDocument, UpdateProfileDocument, type UpdateProfileInput } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { stored } from './stored.js';

const WHOLE = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  phone: '+1 555 0100',
  city: 'Austin',
  state: 'TX',
  postalCode: '78701',
};

describe.each(databaseKinds)('updateProfile on %s', (kind) => {
  const app = useApp(kind);

  const update = (input: UpdateProfileInput, person?: Person) =>
    app.request(UpdateProfileDocument, { input }, person ? { token: person.token } : {});
  const profileAfter = async (input: UpdateProfileInput, person: Person) =>
    (await update(input, person)).data?.updateProfile.user.profile;

  it('changes what is named and leaves the rest, null and blank clear', async () => {
    const buyer = await app.build.buyer();
    expect(await profileAfter(WHOLE, buyer)).toEqual(WHOLE);
    expect(await profileAfter({ city: '  Dallas ' }, buyer)).toEqual({ ...WHOLE, city: 'Dallas' });
    expect(await profileAfter({ phone: null, postalCode: ' ' }, buyer)).toEqual({
      ...WHOLE,
      city: 'Dallas',
      phone: null,
      postalCode: null,
    });
    const { me } = await app.ok(MeDocument, {}, buyer);
    expect(me?.profile).toMatchObject({ firstName: 'Ada', city: 'Dallas', phone: null });
  });

  it('says when, and touches nothing but the profile', async () => {
    const buyer = await app.build.buyer();
    const rowOf = async () => (await stored(app)).users.find(({ id }: { id: string }) => id === buyer.id);
    const before = await rowOf();
    app.clock.advance(1_000);
    await update({ firstName: 'Grace' }, buyer);
    const after = await rowOf();
    expect(Number(after?.updated_at)).toBe(app.clock.now().getTime());
    expect({ ...after, updated_at: before?.updated_at }).toEqual({ ...before, first_name: 'Grace' });
  });

  it('does nothing where nothing is named', async () => {
    const buyer = await app.build.buyer();
    const before = await stored(app);
    app.clock.advance(1_000);
    expect((await update({}, buyer)).data?.updateProfile.user.id).toBe(buyer.id);
    expect(await stored(app)).toEqual(before);
  });

  it('changes what the other party calls the person', async () => {
    const negotiation = await app.build.negotiation();
    const nameFor = async ({ token }: Person) => {
      const document = 'query ($id: ID!) { negotiation(id: $id) { buyer { displayName } } }';
      const { negotiation: seen } = await app.ok<
        { negotiation: { buyer: { displayName: string } } },
        { id: string }
      >(document, { id: negotiation.id }, { token });
      return seen.buyer.displayName;
    };
    expect(await nameFor(negotiation.dealer)).toBe('Bea B.');
    await update({ firstName: 'Grace', lastName: 'Hopper' }, negotiation.buyer);
    expect(await nameFor(negotiation.dealer)).toBe('Grace H.');
    await update({ firstName: null, lastName: null }, negotiation.buyer);
    expect(await nameFor(negotiation.dealer)).toBe('Buyer');
  });

  it('loses no change of two at once, over 5 rounds', async () => {
    const buyer = await app.build.buyer();
    for (let round = 0; round < 5; round++) {
      const [city, phone] = [`City ${round}`, `555-${round}`];
      await Promise.all([update({ city }, buyer), update({ phone }, buyer)]);
      expect(await profileAfter({}, buyer)).toMatchObject({ city, phone });
    }
  });

  describe('refuses', () => {
    let buyer: Person;
    beforeAll(async () => {
      buyer = await app.build.buyer();
    });

    it.each([
      [
        'a name of 101 characters',
        { firstName: 'a'.repeat(101) },
        { firstName: ['Ensure this field has no more than 100 characters.'] },
      ],
      ['a NUL', { city: 'Aus\u0000tin' }, { city: ['Control characters are not allowed.'] }],
      ['a lone surrogate', { state: 'T\ud800' }, { state: ['This is not well-formed Unicode text.'] }],
      [
        'a name that would be two lines of a mail’s header',
        { firstName: 'Ada\r\nBcc: everybody@example.com', lastName: 'Love\u2028lace' },
        { firstName: ['Line breaks are not allowed.'], lastName: ['Line breaks are not allowed.'] },
      ],
      [
        'one bad part among good ones',
        { city: 'Austin', phone: '\u0007', postalCode: '78701' },
        { phone: ['Control characters are not allowed.'] },
      ],
    ])('%s, and stores nothing', async (_what, input, fields) => {
      const before = await stored(app);
      expect(app.errorOf(await update(input, buyer))).toMatchObject({
        code: 'BAD_USER_INPUT',
        statusCode: 400,
        fields,
      });
      expect(await stored(app)).toEqual(before);
    });

    it('a guest, and stores nothing', async () => {
      const before = await stored(app);
      expect(app.errorOf(await update(WHOLE))).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(await stored(app)).toEqual(before);
    });

    it('somebody whose account was deleted while the token lives, and stores nothing', async () => {
      const gone = await app.build.buyer();
      await app.orm.em
        .fork()
        .getConnection()
        .execute('update users set deleted_at = ? where id = ?', [app.clock.now().getTime(), gone.id]);
      const before = await stored(app);
      expect(app.errorOf(await update(WHOLE, gone))).toMatchObject({ code: 'TOKEN_REVOKED' });
      expect(await stored(app)).toEqual(before);
    });
  });
});

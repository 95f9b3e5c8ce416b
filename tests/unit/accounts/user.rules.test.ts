import { describe, expect, it } from 'vitest';
import { InputCheck } from '../../../src/kernel/text.js';
import { displayNameOf } from '../../../src/modules/accounts/index.js';
import {
  checkEmail,
  checkProfile,
  mayRegisterAs,
  normalizeEmail,
} from '../../../src/modules/accounts/user.rules.js';

function faultsOf(work: (check: InputCheck) => void): unknown {
  const check = new InputCheck();
  work(check);
  try {
    check.done();
    return {};
  } catch (error) {
    return (error as { fields: unknown }).fields;
  }
}

describe('displayNameOf', () => {
  it.each([
    ['Ada', 'Lovelace', 'Ada L.'],
    ['Ada', 'de Lovelace', 'Ada D.'],
    ['Ada', null, 'Ada'],
    ['Ørsted', '𝒜bel', 'Ørsted 𝒜.'],
    [null, 'Lovelace', 'Buyer'],
    [null, null, 'Buyer'],
  ])('calls %s %s "%s"', (firstName, lastName, expected) => {
    expect(displayNameOf({ firstName, lastName, userType: 'BUYER', deletedAt: null })).toBe(expected);
  });

  it('calls the nameless by what they are here for', () => {
    const nameless = { firstName: null, lastName: null, deletedAt: null };
    expect(displayNameOf({ ...nameless, userType: 'DEALER' })).toBe('Dealer');
    expect(displayNameOf({ ...nameless, userType: 'ADMIN' })).toBe('Admin');
  });

  it('calls the deleted that, whatever is left of them', () => {
    const deleted = {
      firstName: 'Ada',
      lastName: 'Lovelace',
      userType: 'BUYER',
      deletedAt: new Date(),
    } as const;
    expect(displayNameOf(deleted)).toBe('Deleted user');
  });
});

describe('checkEmail', () => {
  it.each(['a@b.co', 'first.last+tag@sub.example.com', 'root@localhost', "o'hara@example.org"])(
    'takes %s',
    (email) => {
      expect(faultsOf((check) => checkEmail(check, 'email', email))).toEqual({});
    },
  );

  it.each(['', '@', 'a@', '@b.co', 'a b@c.de', 'a@b..co', 'a@-b.co', 'a@b.co\n.evil', 'ä@example.com'])(
    'refuses %j',
    (email) => {
      expect(faultsOf((check) => checkEmail(check, 'email', email))).toEqual({
        email: ['Enter a valid email address.'],
      });
    },
  );

  it('normalises before it looks', () => {
    const check = new InputCheck();
    expect(checkEmail(check, 'email', ' Ada@EXAMPLE.com\n')).toBe('ada@example.com');
    expect(normalizeEmail(' Ada@EXAMPLE.com')).toBe('ada@example.com');
  });

  it('takes 254 characters and refuses 255', () => {
    const email = (length: number) => `${'a'.repeat(length - 12)}@example.com`;
    expect(faultsOf((check) => checkEmail(check, 'email', email(254)))).toEqual({});
    expect(faultsOf((check) => checkEmail(check, 'email', email(255)))).toEqual({
      email: ['Ensure this field has no more than 254 characters.'],
    });
  });
});

describe('checkProfile', () => {
  it('takes what is named, trimmed; null and blank clear', () => {
    const check = new InputCheck();
    const given = { firstName: ' Ada ', lastName: null, city: ' ', state: undefined };
    expect(checkProfile(check, given)).toEqual({ firstName: 'Ada', lastName: null, city: null });
    expect(checkProfile(check, {})).toEqual({});
    check.done();
  });

  it('takes nothing that is not part of a profile', () => {
    const check = new InputCheck();
    expect(checkProfile(check, { userType: 'ADMIN', email: 'x', deletedAt: null } as never)).toEqual({});
  });

  it('notes each fault under its field', () => {
    const faults = faultsOf((check) =>
      checkProfile(check, { firstName: 'a'.repeat(101), phone: '1\n2', postalCode: '\u0000' }),
    );
    expect(faults).toEqual({
      firstName: ['Ensure this field has no more than 100 characters.'],
      phone: ['Line breaks are not allowed.'],
      postalCode: ['Control characters are not allowed.'],
    });
  });
});

describe('mayRegisterAs', () => {
  it('lets buyers and dealers in, and no admins', () => {
    expect((['BUYER', 'DEALER', 'ADMIN'] as const).map(mayRegisterAs)).toEqual([true, true, false]);
  });
});

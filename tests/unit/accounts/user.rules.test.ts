import { describe, expect, it } from 'vitest';
import { InputCheck } from '../../../src/kernel/text.js';
import { displayNameOf } from '../../../src/modules/accounts/index.js';
import {
  checkEmail,
  checkPassword,
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
    expect(displayNameOf({ firstName, lastName, userType: 'BUYER' })).toBe(expected);
  });

  it('calls the nameless by what they are here for', () => {
    const nameless = { firstName: null, lastName: null };
    expect(displayNameOf({ ...nameless, userType: 'DEALER' })).toBe('Dealer');
    expect(displayNameOf({ ...nameless, userType: 'ADMIN' })).toBe('Admin');
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

describe('checkPassword', () => {
  it.each(['12345678', 'p'.repeat(128), '        ', 'пароль-ü', '🚗'.repeat(128)])('takes %s', (password) => {
    expect(faultsOf((check) => checkPassword(check, 'password', password))).toEqual({});
  });

  it.each([
    ['', 'Ensure this field has at least 8 characters.'],
    ['1234567', 'Ensure this field has at least 8 characters.'],
    ['p'.repeat(129), 'Ensure this field has no more than 128 characters.'],
    ['12345678\u0000', 'Control characters are not allowed.'],
    ['12345678\udfff', 'This is not well-formed Unicode text.'],
  ])('refuses %j', (password, message) => {
    expect(faultsOf((check) => checkPassword(check, 'newPassword', password))).toEqual({
      newPassword: [message],
    });
  });
});

describe('mayRegisterAs', () => {
  it('lets buyers and dealers in, and no admins', () => {
    expect((['BUYER', 'DEALER', 'ADMIN'] as const).map(mayRegisterAs)).toEqual([true, true, false]);
  });
});

import { describe, expect, it } from 'vitest';
import { InputCheck } from '../../../src/kernel/text.js';
import { checkNewPassword, commonPasswords } from '../../../src/modules/accounts/common-passwords.js';
import { DEMO_PASSWORD } from '../../../src/seeders/demo-people.js';

const EMAIL = 'ada.lovelace@example.com';
const TOO_COMMON = 'This password is too common.';
const TOO_SIMILAR = 'The password is too similar to the email.';

/** What is wrong with a password of the account of this address. */
async function faultsOf(password: string, email: string | null = EMAIL): Promise<string[]> {
  const check = new InputCheck();
  await checkNewPassword(check, 'newPassword', password, email);
  try {
    check.done();
    return [];
  } catch (error) {
    return (error as { fields: { newPassword: string[] } }).fields.newPassword;
  }
}

describe('a new password', () => {
  it.each([
    'correct horse battery staple',
    DEMO_PASSWORD,
    'p'.repeat(128),
    '        ',
    'пароль-ü',
    '🚗'.repeat(128),
    'a common one such as password1 in a sentence',
    `${EMAIL}!`,
  ])('may be %s', async (password) => {
    expect(await faultsOf(password)).toEqual([]);
  });

  it.each([
    ['', 'Ensure this field has at least 8 characters.'],
    ['1234567', 'Ensure this field has at least 8 characters.'],
    ['p'.repeat(129), 'Ensure this field has no more than 128 characters.'],
    ['ad4?e678\u0000', 'Control characters are not allowed.'],
    ['ad4?e678\udfff', 'This is not well-formed Unicode text.'],
  ])('may not be %j', async (password, message) => {
    expect(await faultsOf(password)).toEqual([message]);
  });

  it.each(['12345678', 'password', 'PassWord123', 'qwertyuiop', 'TRUSTNO1', 'iloveyou1', '1q2w3e4r'])(
    'may not be %s, which everybody tries first',
    async (password) => {
      expect(await faultsOf(password)).toEqual([TOO_COMMON]);
    },
  );

  it.each([EMAIL, EMAIL.toUpperCase(), 'ada.lovelace', 'Ada.Lovelace'])(
    'may not be %s, which stands in the address',
    async (password) => {
      expect(await faultsOf(password)).toEqual([TOO_SIMILAR]);
    },
  );

  it('is compared with its own address alone', async () => {
    expect(await faultsOf(EMAIL, 'grace@example.com')).toEqual([]);
    expect(await faultsOf(EMAIL, null)).toEqual([]);
  });
});

describe('the commonest passwords', () => {
  it('are thousands, in lower case, and none that is too short anyway', async () => {
    const common = await commonPasswords();
    expect(common.size).toBeGreaterThan(10_000);
    for (const word of common) {
      if (word !== word.toLowerCase() || [...word].length < 8) throw new Error(`Not to be found: ${word}`);
    }
  });

  it('are loaded once', () => {
    expect(commonPasswords()).toBe(commonPasswords());
  });
});

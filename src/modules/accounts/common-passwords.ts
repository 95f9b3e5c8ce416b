import type { InputCheck } from '../../kernel/text.js';
import { comparable, passwordFaults, passwordLengths } from './password.rules.js';

let known: Promise<ReadonlySet<string>> | undefined;

/**
 * The passwords that people choose most, as far as they are long enough for ours. Loading them takes about 100 ms and
 * 5 MB: once, when they are first asked for, which `module.ts` does at the start.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= load();
  return known;
}

/**
 * The one rule for every new password: notes under `field` why it cannot be taken. `email` is the normalised address
 * of the account.
 */
export async function checkNewPassword(
  check: InputCheck,
  field: string,
  password: string,
  email: string | null,
): Promise<void> {
  passwordFaults(check, field, password, { common: await commonPasswords(), email });
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const longEnough = dictionary['passwords-common'].filter((word) => [...word].length >= passwordLengths.min);
  return new Set(longEnough.map(comparable));
}

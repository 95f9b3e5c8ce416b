import { type InputCheck, textFault } from '../../kernel/text.js';

/** In characters (code points), as the person who types counts them. No rule on composition: length is what helps. */
export const passwordLengths = { min: 8, max: 128 } as const;

/**
 * The form in which passwords are compared with what is easily guessed: whoever guesses tries the other case as well,
 * and keyboards differ in how they compose a letter.
 */
export function comparable(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** What a new password must not be. */
export interface Guessable {
  /** In their comparable form. */
  readonly common: ReadonlySet<string>;
  /** The account's own address, where there is one to compare with. */
  readonly email: string | null;
}

/** Notes under `field` why a password cannot be taken. It is never trimmed: blanks are characters too. */
export function passwordFaults(
  check: InputCheck,
  field: string,
  password: string,
  { common, email }: Guessable,
): void {
  const { min, max } = passwordLengths;
  const length = [...password].length;
  check.ensure(length >= min, field, `Ensure this field has at least ${min} characters.`);
  check.ensure(length <= max, field, `Ensure this field has no more than ${max} characters.`);
  const fault = textFault(password, password.length);
  if (fault) check.fault(field, fault);
  // Of one that is too short or too long that is all there is to say.
  if (length < min || length > max) return;
  const word = comparable(password);
  check.ensure(!common.has(word), field, 'This password is too common.');
  const own = email === null ? [] : [email, email.slice(0, email.lastIndexOf('@'))].map(comparable);
  check.ensure(!own.includes(word), field, 'The password is too similar to the email.');
}

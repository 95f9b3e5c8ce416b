import { badInput } from '../../kernel/errors.js';
import { type InputCheck, textFault, textLimits } from '../../kernel/text.js';
import type { User, UserType } from './user.entity.js';

/** In characters (code points), as the person who types counts them. No rule on composition: length is what helps. */
export const passwordLengths = { min: 8, max: 128 } as const;

const NEUTRAL_NAMES = { BUYER: 'Buyer', DEALER: 'Dealer', ADMIN: 'Admin' } as const satisfies Record<
  UserType,
  string
>;

/** What others may call an account: "Ada L.", "Ada", or what the account is for. */
export function displayNameOf(user: Pick<User, 'firstName' | 'lastName' | 'userType'>): string {
  if (user.firstName === null) return NEUTRAL_NAMES[user.userType];
  const [initial] = user.lastName ?? '';
  return initial === undefined ? user.firstName : `${user.firstName} ${initial.toUpperCase()}.`;
}

/** The form in which an address is stored and compared: addresses that differ in case are one. */
export function normalizeEmail(raw: string): string {
  return raw.trim().toLowerCase();
}

/** Valid e-mail address of the HTML standard, as the EmailAddress scalar has it; REST and the command line share it. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The normalised address of an input; what is wrong with it is noted under `field`. */
export function checkEmail(check: InputCheck, field: string, raw: string): string {
  const email = normalizeEmail(raw);
  if (email.length > textLimits.email) {
    check.fault(field, `Ensure this field has no more than ${textLimits.email} characters.`);
  } else check.ensure(EMAIL.test(email), field, 'Enter a valid email address.');
  return email;
}

/** Notes under `field` why a password cannot be taken. It is never trimmed: blanks are characters too. */
export function checkPassword(check: InputCheck, field: string, password: string): void {
  const { min, max } = passwordLengths;
  const length = [...password].length;
  check.ensure(length >= min, field, `Ensure this field has at least ${min} characters.`);
  check.ensure(length <= max, field, `Ensure this field has no more than ${max} characters.`);
  const fault = textFault(password, password.length);
  if (fault) check.fault(field, fault);
}

/** Whether a user of this type may come by registering. Admins are made on the command line. */
export function mayRegisterAs(userType: UserType): boolean {
  return userType !== 'ADMIN';
}

export function emailTaken() {
  return badInput({ email: ['A user with this email already exists.'] });
}

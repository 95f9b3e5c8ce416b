import { badInput } from '../../kernel/errors.js';
import { type InputCheck, textLimits } from '../../kernel/text.js';
import type { Profile, User, UserType } from './user.entity.js';

const NEUTRAL_NAMES = { BUYER: 'Buyer', DEALER: 'Dealer', ADMIN: 'Admin' } as const satisfies Record<
  UserType,
  string
>;

/** What others may call an account: "Ada L.", "Ada", or what the account is for. */
export function displayNameOf(user: Pick<User, 'firstName' | 'lastName' | 'userType' | 'deletedAt'>): string {
  if (user.deletedAt) return 'Deleted user';
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

const profileFields = ['firstName', 'lastName', 'phone', 'city', 'state', 'postalCode'] as const;

/** Those parts of a profile that an input names, each on one line; blank ones are null. */
export function checkProfile(
  check: InputCheck,
  input: { readonly [K in keyof Profile]?: Profile[K] | undefined },
): Partial<Profile> {
  const named = profileFields.filter((field) => input[field] !== undefined);
  return Object.fromEntries(
    named.map((field) => [field, check.optionalLine(field, input[field], textLimits.name)]),
  );
}

/** Whether a user of this type may come by registering. Admins are made on the command line. */
export function mayRegisterAs(userType: UserType): boolean {
  return userType !== 'ADMIN';
}

export function emailTaken() {
  return badInput({ email: ['A user with this email already exists.'] });
}

import type { AccountTokenPurpose } from '../../../../src/modules/accounts/account-token.entity.js';
import { issueToken } from '../../../../src/modules/accounts/account-tokens.js';
import { blackPng } from '../../../support/pictures.js';
import type { Stage } from '../stage.js';
import { type AccessRow, everybody, members } from '../table.js';

const PASSWORD = 'correct horse battery staple';

let fresh = 0;
const freshEmail = () => `fresh-${++fresh}@example.com`;

const NEW_PASSWORD = 'another horse, another battery';
const CHANGE_PASSWORD =
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { tokens { accessToken } } }';

const REQUEST_RESET =
  'mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { success } }';
const RESET = 'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }';
const DELETE_ACCOUNT = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { success } }';
const VERIFY = 'mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id email } } }';

/** The secret of a mail to the buyer, without the mail. */
const mailed = ({ app, people }: Stage, purpose: AccountTokenPurpose) =>
  issueToken(app.system.makeCtx(), people.buyer.id, purpose);

const account = 'tokens { accessToken } user { id email }';

export const ofAccounts: readonly AccessRow[] = [
  {
    field: 'register',
    on: 'an address that is free',
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async () => ({ variables: { input: { email: freshEmail(), password: PASSWORD } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'register',
    on: "the buyer's address",
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async ({ people }) => ({
      variables: { input: { email: people.buyer.email.toUpperCase(), password: PASSWORD } },
    }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'register',
    on: 'the powers of an admin',
    document: `mutation ($input: RegisterInput!) { register(input: $input) { ${account} } }`,
    arrange: async () => ({
      variables: { input: { email: freshEmail(), password: PASSWORD, userType: 'ADMIN' } },
    }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'login',
    on: "the buyer's account, with its password",
    document: `mutation ($input: LoginInput!) { login(input: $input) { ${account} } }`,
    arrange: async ({ people: { buyer } }) => ({
      variables: { input: { email: buyer.email, password: buyer.password } },
    }),
    outcomes: everybody('done'),
  },
  {
    field: 'login',
    on: "the buyer's account, without its password",
    document: `mutation ($input: LoginInput!) { login(input: $input) { ${account} } }`,
    arrange: async ({ people: { buyer } }) => ({
      variables: { input: { email: buyer.email, password: `${PASSWORD}?` } },
    }),
    outcomes: everybody('INVALID_CREDENTIALS'),
  },
  {
    field: 'refreshToken',
    on: "the buyer's token: whoever holds it may spend it",
    document: `mutation ($input: RefreshTokenInput!) { refreshToken(input: $input) { ${account} } }`,
    arrange: async (stage) => ({ variables: { input: { refreshToken: await stage.session() } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'logout',
    on: "the buyer's session",
    document: 'mutation ($input: LogoutInput!) { logout(input: $input) { success } }',
    arrange: async (stage) => ({ variables: { input: { refreshToken: await stage.session() } } }),
    outcomes: members('FORBIDDEN', { buyer: 'done' }),
  },
  {
    field: 'changePassword',
    on: "one's own account, with its password",
    document: CHANGE_PASSWORD,
    arrange: async () => ({ variables: { input: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD } } }),
    outcomes: members('done'),
  },
  {
    field: 'changePassword',
    on: "one's own account, without its password",
    document: CHANGE_PASSWORD,
    arrange: async () => ({
      variables: { input: { currentPassword: `${PASSWORD}?`, newPassword: NEW_PASSWORD } },
    }),
    outcomes: members('BAD_USER_INPUT'),
  },
  {
    field: 'requestPasswordReset',
    on: "the buyer's address",
    document: REQUEST_RESET,
    arrange: async ({ people: { buyer } }) => ({ variables: { input: { email: buyer.email } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'requestPasswordReset',
    on: 'an address that nobody has: there is nothing to tell it by',
    document: REQUEST_RESET,
    arrange: async () => ({ variables: { input: { email: freshEmail() } } }),
    outcomes: everybody('done'),
  },
  {
    field: 'resetPassword',
    on: "the buyer's account, with the token of a mail: whoever holds it may use it",
    document: RESET,
    arrange: async (stage) => ({
      variables: { input: { token: await mailed(stage, 'PASSWORD_RESET'), newPassword: NEW_PASSWORD } },
    }),
    outcomes: everybody('done'),
  },
  {
    field: 'resetPassword',
    on: "the buyer's account, with a token that proves its address",
    document: RESET,
    arrange: async (stage) => ({
      variables: { input: { token: await mailed(stage, 'EMAIL_VERIFICATION'), newPassword: NEW_PASSWORD } },
    }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'requestEmailVerification',
    on: "one's own address",
    document: 'mutation { requestEmailVerification { success } }',
    arrange: async () => ({}),
    outcomes: members('done'),
  },
  {
    field: 'verifyEmail',
    on: "the buyer's address, with the token of a mail: whoever holds it may use it",
    document: VERIFY,
    arrange: async (stage) => ({
      variables: { input: { token: await mailed(stage, 'EMAIL_VERIFICATION') } },
    }),
    outcomes: everybody('done'),
  },
  {
    field: 'verifyEmail',
    on: "the buyer's address, with a token for a new password",
    document: VERIFY,
    arrange: async (stage) => ({ variables: { input: { token: await mailed(stage, 'PASSWORD_RESET') } } }),
    outcomes: everybody('BAD_USER_INPUT'),
  },
  {
    field: 'updateProfile',
    on: "one's own profile: the buyer's stays as it is",
    document: 'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { user { id } } }',
    arrange: async ({ people }) => ({
      variables: { input: { city: 'Waco', postalCode: '76701' } },
      mark: people.buyer.email,
    }),
    outcomes: members('own', { buyer: 'done' }),
  },
  {
    field: 'uploadAvatar',
    on: "one's own picture: the buyer's stays as it is",
    document: 'mutation ($input: UploadAvatarInput!) { uploadAvatar(input: $input) { user { id } } }',
    arrange: async ({ people }) => ({
      variables: { input: { file: new Blob([new Uint8Array(blackPng(8, 8))]) } },
      mark: people.buyer.email,
    }),
    outcomes: members('own', { buyer: 'done' }),
  },
  {
    field: 'deleteAccount',
    on: "one's own account, with its password: the buyer's stays as it is",
    document: DELETE_ACCOUNT,
    arrange: async ({ people }) => ({
      variables: { input: { password: PASSWORD } },
      mark: people.buyer.email,
    }),
    // The stage has one admin, who is the last one.
    outcomes: members('own', { buyer: 'done', admin: 'CONFLICT' }),
  },
  {
    field: 'deleteAccount',
    on: "one's own account, without its password",
    document: DELETE_ACCOUNT,
    arrange: async () => ({ variables: { input: { password: `${PASSWORD}?` } } }),
    outcomes: members('BAD_USER_INPUT'),
  },
];

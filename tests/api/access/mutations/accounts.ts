import { type AccessRow, everybody, members } from '../table.js';

const PASSWORD = 'correct horse battery staple';

let fresh = 0;
const freshEmail = () => `fresh-${++fresh}@example.com`;

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
];

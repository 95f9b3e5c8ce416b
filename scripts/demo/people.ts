import { randomUUID } from 'node:crypto';
import { onePagePdf } from '../../src/seeders/one-page-pdf.js';
import { Refused, send, sendFile } from './api.js';

export interface Person {
  readonly token: string;
}

/** As the demo data has it; the README says so too. */
const DEMO_DEALER = { email: 'dealer@example.com', password: 'carnegotiate-demo' };

interface Tokens {
  tokens: { accessToken: string };
}

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }`;
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { tokens { accessToken } } }`;
const REGISTER_DEALER = `mutation ($input: RegisterDealerInput!) { registerDealer(input: $input) { dealer { id } } }`;
const UPLOAD_LICENCE = `mutation ($file: Upload!) {
  uploadDealerDocument(input: { kind: DEALER_LICENSE, file: $file }) { document { id } }
}`;
const SUBMIT_DEALER = `mutation { submitDealerForVerification(input: {}) { dealer { id } } }`;
const REVIEW_DEALER = `mutation ($input: ReviewDealerInput!) { reviewDealer(input: $input) { dealer { id } } }`;

/** A buyer whom nobody knows yet. */
export function newBuyer(url: string, firstName: string, lastName: string): Promise<Person> {
  return register(url, { userType: 'BUYER', firstName, lastName });
}

/** The dealer of the demo data. @throws Error where the server has none. */
export async function demoDealer(url: string): Promise<Person> {
  try {
    return await login(url, DEMO_DEALER);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'INVALID_CREDENTIALS') throw error;
    throw new Error(
      `The server at ${url} has no ${DEMO_DEALER.email} of the demo data. Seed an empty database with npm run seed, or stop ` +
        'that server: the demo then starts one of its own.',
    );
  }
}

/** A dealer whom nobody knows yet, verified by an admin. */
export async function newDealer(
  url: string,
  makeAdmin: (credentials: { email: string; password: string }) => Promise<unknown>,
): Promise<Person> {
  const dealer = await register(url, { userType: 'DEALER', firstName: 'Dana', lastName: 'Whitcomb' });
  const business = {
    businessName: 'Pecan Street Motors',
    licenseNumber: 'TX-1',
    city: 'Austin',
    state: 'TX',
  };
  type Registered = { registerDealer: { dealer: { id: string } } };
  const { registerDealer } = await send<Registered>(url, REGISTER_DEALER, { input: business }, dealer.token);
  const licence = onePagePdf([
    'Dealer licence (sample)',
    `No. ${business.licenseNumber}`,
    business.businessName,
  ]);
  await sendFile(url, UPLOAD_LICENCE, licence, dealer.token);
  await send(url, SUBMIT_DEALER, {}, dealer.token);

  const credentials = { email: 'admin@example.com', password: randomUUID() };
  await makeAdmin(credentials);
  const admin = await login(url, credentials);
  const review = { dealerId: registerDealer.dealer.id, decision: 'VERIFIED' };
  await send(url, REVIEW_DEALER, { input: review }, admin.token);
  return dealer;
}

async function register(url: string, person: object): Promise<Person> {
  const input = { email: `demo-${randomUUID()}@example.com`, password: randomUUID(), ...person };
  const { register: signedIn } = await send<{ register: Tokens }>(url, REGISTER, { input });
  return { token: signedIn.tokens.accessToken };
}

async function login(url: string, input: { email: string; password: string }): Promise<Person> {
  const { login: signedIn } = await send<{ login: Tokens }>(url, LOGIN, { input });
  return { token: signedIn.tokens.accessToken };
}

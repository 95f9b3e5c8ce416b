import type { UserType } from '../../src/kernel/context.js';
import { write } from '../../src/kernel/unit-of-work.js';
import { vinCheckDigit } from '../../src/kernel/vin.js';
import { User } from '../../src/modules/accounts/index.js';
import { createAdmin } from '../../src/modules/accounts/module.js';
import { hashPassword } from '../../src/modules/accounts/passwords.js';
import { openSession } from '../../src/modules/accounts/session.service.js';
import type { TestApp } from './app.js';
import { MINUTE } from './clock.js';

export interface Person {
  id: string;
  email: string;
  password: string;
  token: string;
  refreshToken: string;
}

export interface DealerPerson extends Person {
  dealerId: string;
}

export interface BuiltVehicle {
  id: string;
  vin: string;
  dealer: DealerPerson;
}

export interface BuiltNegotiation {
  id: string;
  offerId: string;
  buyer: Person;
  dealer: DealerPerson;
  vehicle: BuiltVehicle;
}

const PASSWORD = 'correct horse battery staple';

let hash: Promise<string> | undefined;

function sharedHash(): Promise<string> {
  hash ??= hashPassword(PASSWORD);
  return hash;
}

const LOGIN = `mutation ($input: LoginInput!) {
  login(input: $input) { user { id } tokens { accessToken refreshToken } }
}`;
const REGISTER_DEALER = `mutation ($input: RegisterDealerInput!) { registerDealer(input: $input) { dealer { id } } }`;
const SUBMIT_DEALER = `mutation { submitDealerForVerification(input: {}) { dealer { id } } }`;
const REVIEW_DEALER = `mutation ($input: ReviewDealerInput!) { reviewDealer(input: $input) { dealer { id } } }`;
const CREATE_VEHICLE = `mutation ($input: CreateVehicleInput!) { createVehicle(input: $input) { vehicle { id vin } } }`;
const START = `mutation ($input: StartNegotiationInput!) {
  startNegotiation(input: $input) { negotiation { id } offer { id } }
}`;

interface Signed {
  user: { id: string };
  tokens: { accessToken: string; refreshToken: string };
}

/** Makes what a test needs, all but people through the API itself; what is not given is made up, parents included. */
export class Builders {
  private count = 0;
  private theAdmin: Promise<Person> | undefined;
  private adminSince = 0;

  constructor(private readonly app: TestApp) {}

  async buyer(overrides: { email?: string; firstName?: string; lastName?: string } = {}): Promise<Person> {
    return this.register({ userType: 'BUYER', firstName: 'Bea', lastName: 'Buyer', ...overrides });
  }

  /** A dealer with its business registered and, unless told otherwise, verified. */
  async dealer({
    verified = true,
    ...overrides
  }: {
    verified?: boolean;
    businessName?: string;
    city?: string;
    state?: string;
  } = {}) {
    const person = await this.register({ userType: 'DEALER', firstName: 'Dan', lastName: 'Dealer' });
    const input = {
      businessName: `Dealership ${++this.count}`,
      licenseNumber: `L-${this.count}`,
      city: 'Austin',
      state: 'TX',
      ...overrides,
    };
    const { registerDealer } = await this.app.ok<{ registerDealer: { dealer: { id: string } } }, object>(
      REGISTER_DEALER,
      { input },
      person,
    );
    const dealerId = registerDealer.dealer.id;
    if (verified) {
      const admin = await this.admin();
      await this.app.ok(SUBMIT_DEALER, {}, person);
      await this.app.ok(REVIEW_DEALER, { input: { dealerId, decision: 'VERIFIED' } }, admin);
    }
    return { ...person, dealerId } satisfies DealerPerson;
  }

  /** The same person with new tokens, for after the clock has moved past the old ones. */
  async login<P extends Person>(known: P): Promise<P> {
    const { login } = await this.app.ok<{ login: Signed }, object>(LOGIN, {
      input: { email: known.email, password: known.password },
    });
    return { ...known, ...person(known, login) };
  }

  /** The one admin of this app. */
  admin(): Promise<Person> {
    const now = this.app.clock.now().getTime();
    const hasExpired = now - this.adminSince > 50 * MINUTE;
    if (!this.theAdmin || hasExpired) {
      this.theAdmin = this.theAdmin ? this.theAdmin.then((admin) => this.login(admin)) : this.makeAdmin();
      this.adminSince = now;
    }
    return this.theAdmin;
  }

  async vehicle(dealer?: DealerPerson, overrides: Record<string, unknown> = {}): Promise<BuiltVehicle> {
    const owner = dealer ?? (await this.dealer());
    const input = {
      vin: this.vin(),
      make: 'Toyota',
      model: 'Camry',
      year: 2021,
      trim: 'XLE',
      mileage: 30_000,
      askingPrice: '20000.00',
      publish: true,
      ...overrides,
    };
    const { createVehicle } = await this.app.ok<
      { createVehicle: { vehicle: { id: string; vin: string } } },
      object
    >(CREATE_VEHICLE, { input }, owner);
    return { ...createVehicle.vehicle, dealer: owner };
  }

  async negotiation(
    given: { buyer?: Person; vehicle?: BuiltVehicle; amount?: string; message?: string } = {},
  ): Promise<BuiltNegotiation> {
    const vehicle = given.vehicle ?? (await this.vehicle());
    const buyer = given.buyer ?? (await this.buyer());
    const input = { vehicleId: vehicle.id, amount: given.amount ?? '15000.00', message: given.message };
    const { startNegotiation } = await this.app.ok<
      { startNegotiation: { negotiation: { id: string }; offer: { id: string } } },
      object
    >(START, { input }, buyer);
    const { negotiation, offer } = startNegotiation;
    return { id: negotiation.id, offerId: offer.id, buyer, dealer: vehicle.dealer, vehicle };
  }

  /** A VIN that no vehicle has yet, its check digit right. */
  vin(): string {
    const serial = String(++this.count).padStart(6, '0');
    const open = `4T1BF1FK0MU${serial}`;
    return `${open.slice(0, 8)}${vinCheckDigit(open)}${open.slice(9)}`;
  }

  /**
   * An account with a session, written without the API: a registration costs a password hash of tens of milliseconds,
   * and a test run makes thousands of people. They all share one hash; signing in with the password works.
   */
  async register(overrides: {
    userType: UserType;
    email?: string;
    firstName?: string;
    lastName?: string;
  }): Promise<Person> {
    const ctx = this.app.system.makeCtx();
    const passwordHash = await sharedHash();
    return write(ctx, async (tx) => {
      const now = tx.clock.now();
      const row = {
        email: `person-${++this.count}@example.com`,
        passwordHash,
        createdAt: now,
        updatedAt: now,
        ...overrides,
      };
      const user = tx.em.create(User, row);
      const { tokens } = await openSession(tx, user);
      const { accessToken: token, refreshToken } = tokens;
      return { id: user.id, email: user.email, password: PASSWORD, token, refreshToken };
    });
  }

  private async makeAdmin(): Promise<Person> {
    const credentials = { email: 'admin@example.com', password: PASSWORD };
    await createAdmin(this.app.system.makeCtx(), credentials);
    const { login } = await this.app.ok<{ login: Signed }, object>(LOGIN, { input: credentials });
    return person(credentials, login);
  }
}

function person(credentials: { email: string; password: string }, { user, tokens }: Signed): Person {
  const { email, password } = credentials;
  return { id: user.id, email, password, token: tokens.accessToken, refreshToken: tokens.refreshToken };
}

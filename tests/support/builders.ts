import { coerceInputValue, isInputType } from 'graphql';
import { servedSchema } from '../../src/app/schema.js';
import type { Ctx, UserType } from '../../src/kernel/context.js';
import { write } from '../../src/kernel/unit-of-work.js';
import { normalizeVin, vinCheckDigit } from '../../src/kernel/vin.js';
import { User } from '../../src/modules/accounts/index.js';
import { authenticate } from '../../src/modules/accounts/module.js';
import { hashPassword } from '../../src/modules/accounts/passwords.js';
import { openSession } from '../../src/modules/accounts/session.service.js';
import { registerDealer, reviewDealer } from '../../src/modules/dealers/module.js';
import { startNegotiation } from '../../src/modules/negotiations/module.js';
import { createVehicle } from '../../src/modules/vehicles/module.js';
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

interface Signed {
  user: { id: string };
  tokens: { accessToken: string; refreshToken: string };
}

/**
 * Makes what a test needs; what is not given is made up, parents included. People are written as they are, all else is
 * made by the services that the API calls, with inputs as the schema reads them: a run makes thousands of vehicles, and
 * HTTP and the reading of each answer would take more time than their making.
 */
export class Builders {
  private count = 0;
  private theAdmin: Promise<Person> | undefined;
  private adminSince = 0;

  constructor(private readonly app: Pick<TestApp, 'system' | 'clock' | 'ok'>) {}

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
    const ctx = await this.as(person);
    const dealerId = await registerDealer(ctx, await inputOf('RegisterDealerInput', input));
    if (verified) {
      await reviewDealer(await this.as(await this.admin()), { dealerId, decision: 'VERIFIED' });
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
      this.theAdmin = this.theAdmin
        ? this.theAdmin.then((admin) => this.login(admin))
        : this.register({ userType: 'ADMIN' });
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
    const id = await createVehicle(await this.as(owner), await inputOf('CreateVehicleInput', input));
    return { id, vin: normalizeVin(input.vin), dealer: owner };
  }

  async negotiation(
    given: { buyer?: Person; vehicle?: BuiltVehicle; amount?: string; message?: string } = {},
  ): Promise<BuiltNegotiation> {
    const vehicle = given.vehicle ?? (await this.vehicle());
    const buyer = given.buyer ?? (await this.buyer());
    const input = { vehicleId: vehicle.id, amount: given.amount ?? '15000.00', message: given.message };
    const { negotiationId, offerId } = await startNegotiation(
      await this.as(buyer),
      await inputOf('StartNegotiationInput', input),
    );
    if (offerId === null) throw new Error('Opened without an offer');
    return { id: negotiationId, offerId, buyer, dealer: vehicle.dealer, vehicle };
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

  /** The context of an operation that comes with this person's access token. */
  private async as({ token }: Person): Promise<Ctx> {
    const { services, makeCtx } = this.app.system;
    const { viewer, authError } = await authenticate(services, token);
    if (authError) throw authError;
    return { ...makeCtx(), viewer };
  }
}

/** An input as a resolver gets it: defaults filled in, scalars read, what the schema does not know refused. */
async function inputOf<T>(type: string, given: object): Promise<T> {
  const known = (await servedSchema()).getType(type);
  if (!isInputType(known)) throw new Error(`No input: ${type}`);
  return coerceInputValue(given, known) as T;
}

function person(credentials: { email: string; password: string }, { user, tokens }: Signed): Person {
  const { email, password } = credentials;
  return { id: user.id, email, password, token: tokens.accessToken, refreshToken: tokens.refreshToken };
}

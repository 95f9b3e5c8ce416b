import { write } from '../../../src/kernel/unit-of-work.js';
import { User } from '../../../src/modules/accounts/index.js';
import { hashPassword } from '../../../src/modules/accounts/passwords.js';
import { Session } from '../../../src/modules/accounts/session.entity.js';
import { openSession } from '../../../src/modules/accounts/session.service.js';
import type { TestApp } from '../../support/app.js';
import type { BuiltNegotiation, DealerPerson, Person } from '../../support/builders.js';
import { giveDocument } from '../../support/documents.js';
import { claimsOf } from '../accounts/stored.js';

/** Everybody who is tried against every root field. */
export const roles = [
  /** Nobody: no token. */
  'guest',
  /** A buyer who has no part in anything. */
  'stranger',
  /** A buyer who negotiates about the same vehicle. */
  'rival',
  /** A dealer account that has not registered its business. */
  'newcomer',
  /** A verified dealer with vehicles of its own. */
  'otherDealer',
  /** The negotiation's buyer. */
  'buyer',
  /** The vehicle's dealer, and so the negotiation's. */
  'dealer',
  'admin',
] as const;
export type Role = (typeof roles)[number];

type People = Record<Exclude<Role, 'guest' | 'dealer' | 'otherDealer'>, Person> &
  Record<'dealer' | 'otherDealer', DealerPerson>;

const SUBMIT_DEALER = 'mutation { submitDealerForVerification(input: {}) { dealer { id } } }';
const COUNTER = `mutation ($input: SubmitOfferInput!) { submitOffer(input: $input) { offer { id } } }`;
const ACCEPT = `mutation ($input: AcceptOfferInput!) { acceptOffer(input: $input) { negotiation { id } } }`;
const ARCHIVE = `mutation ($input: VehicleIdInput!) { archiveVehicle(input: $input) { vehicle { id } } }`;
const FEATURE = `mutation ($input: FeatureVehicleInput!) { featureVehicle(input: $input) { vehicle { id } } }`;

/** Everybody has the same password: it is hashed once. */
const hashes = new Map<string, Promise<string>>();

function hashOf(password: string): Promise<string> {
  const hash = hashes.get(password) ?? hashPassword(password);
  hashes.set(password, hash);
  return hash;
}

/** The people, and the things of the dealer and the buyer that others are tried on. */
export class Stage {
  private count = 0;

  private constructor(
    readonly app: TestApp,
    readonly people: People,
  ) {}

  static async set(app: TestApp): Promise<Stage> {
    const people = {
      stranger: await app.build.buyer(),
      rival: await app.build.buyer(),
      newcomer: await app.build.register({ userType: 'DEALER' }),
      otherDealer: await app.build.dealer(),
      buyer: await app.build.buyer(),
      dealer: await app.build.dealer(),
      admin: await app.build.admin(),
    };
    await app.build.vehicle(people.otherDealer);
    return new Stage(app, people);
  }

  token(role: Role): { token?: string } {
    return role === 'guest' ? {} : { token: this.people[role].token };
  }

  /** A text that stands nowhere else. */
  mark(): string {
    return `Mark${++this.count}.`;
  }

  vehicle(overrides: Record<string, unknown> = {}) {
    return this.app.build.vehicle(this.people.dealer, overrides);
  }

  draft() {
    return this.vehicle({ publish: false, make: this.mark() });
  }

  async archived() {
    const vehicle = await this.vehicle({ make: this.mark() });
    await this.app.ok(ARCHIVE, { input: { id: vehicle.id } }, this.people.dealer);
    return vehicle;
  }

  /** On the market, and on the front page. */
  async featured() {
    const vehicle = await this.vehicle();
    await this.app.ok(FEATURE, { input: { id: vehicle.id, featured: true } }, this.people.admin);
    return vehicle;
  }

  /** The buyer's on a vehicle of its own, with the rival's beside it. It is the dealer's turn. */
  async negotiation(message?: string): Promise<BuiltNegotiation> {
    const vehicle = await this.vehicle();
    await this.app.build.negotiation({ vehicle, buyer: this.people.rival, amount: '14000.00' });
    return this.app.build.negotiation({ vehicle, buyer: this.people.buyer, ...(message ? { message } : {}) });
  }

  /** The same after the dealer's counter-offer: it is the buyer's turn. */
  async countered(): Promise<BuiltNegotiation> {
    const negotiation = await this.negotiation();
    const input = { negotiationId: negotiation.id, amount: '18000.00' };
    const { submitOffer } = await this.app.ok<{ submitOffer: { offer: { id: string } } }, object>(
      COUNTER,
      { input },
      this.people.dealer,
    );
    return { ...negotiation, offerId: submitOffer.offer.id };
  }

  /** The same after the dealer's acceptance: the vehicle is held for the buyer. */
  async agreed(): Promise<BuiltNegotiation> {
    const negotiation = await this.negotiation();
    const input = { negotiationId: negotiation.id, offerId: negotiation.offerId };
    await this.app.ok(ACCEPT, { input }, this.people.dealer);
    return negotiation;
  }

  /** Another dealership, which waits to be verified. */
  async waitingDealer(): Promise<string> {
    const dealer = await this.app.build.dealer({ verified: false });
    await this.document(dealer);
    await this.app.ok(SUBMIT_DEALER, {}, dealer);
    return dealer.dealerId;
  }

  /** A document that is the dealership's, or another one's. */
  async document(of: DealerPerson = this.people.dealer): Promise<string> {
    return (await giveDocument(this.app, of)).id;
  }

  /** The refresh token of a new session of the buyer's, without the cost of its password. */
  session(): Promise<string> {
    return write(this.app.system.makeCtx(), async (tx) => {
      const user = await tx.em.findOneOrFail(User, this.people.buyer.id);
      return (await openSession(tx, user)).tokens.refreshToken;
    });
  }

  /** As it was set: everybody is there and signed in, the dealers are verified, and the newcomer has no business. */
  async reset(): Promise<void> {
    await this.bringBack();
    await this.signInAgain();
    await this.verification('VERIFIED');
    await this.execute('delete from dealers where user_id = ?', [this.people.newcomer.id]);
    // A dealership has room for 20.
    await this.execute('delete from dealer_documents', []);
  }

  /** Puts both dealers where only time and an admin could bring them. */
  async verification(status: 'VERIFIED' | 'UNVERIFIED' | 'PENDING'): Promise<void> {
    const ids = [this.people.dealer.dealerId, this.people.otherDealer.dealerId];
    const submittedAt = status === 'UNVERIFIED' ? null : this.app.clock.now().getTime();
    await this.execute('update dealers set verification_status = ?, submitted_at = ? where id in (?, ?)', [
      status,
      submittedAt,
      ...ids,
    ]);
  }

  /** Who has deleted its account is who it was, and its dealership is open again: what no operation can do. */
  private async bringBack(): Promise<void> {
    const closed = 'select user_id as id from dealers where closed_at is not null';
    const gone = await this.execute(`select id from users where deleted_at is not null union ${closed}`, []);
    if (gone.length === 0) return;
    await this.execute('update dealers set closed_at = null where closed_at is not null', []);
    for (const { id, email } of Object.values(this.people)) {
      const sql = 'update users set deleted_at = null, email = ? where id = ? and deleted_at is not null';
      await this.execute(sql, [email, id]);
    }
  }

  /** New sessions, and the password that all had, for whom an operation has signed out. */
  private async signInAgain(): Promise<void> {
    const ids = Object.values(this.people).map(({ token }) => claimsOf(token).sid);
    await write(this.app.system.makeCtx(), async (tx) => {
      const live = await tx.em.find(Session, { id: { $in: ids }, revokedAt: null });
      const signedIn = new Set(live.map(({ user }) => user.id));
      for (const person of Object.values(this.people).filter(({ id }) => !signedIn.has(id))) {
        const user = await tx.em.findOneOrFail(User, person.id);
        user.changePassword(await hashOf(person.password), tx.clock.now());
        const { tokens } = await openSession(tx, user);
        Object.assign(person, { token: tokens.accessToken, refreshToken: tokens.refreshToken });
      }
    });
  }

  private execute(sql: string, parameters: Array<string | number | null>): Promise<unknown[]> {
    return this.app.orm.em.fork().getConnection().execute(sql, parameters);
  }
}

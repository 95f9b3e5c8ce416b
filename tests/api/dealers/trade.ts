import type { Ref } from '@mikro-orm/core';
import { User } from '../../../src/modules/accounts/index.js';
import { Dealer } from '../../../src/modules/dealers/index.js';
import { Negotiation, Offer } from '../../../src/modules/negotiations/index.js';
import { Vehicle } from '../../../src/modules/vehicles/index.js';
import { newVehicleOf } from '../../../src/modules/vehicles/vehicle.rules.js';
import type { TestApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY, HOUR, MINUTE } from '../../support/clock.js';

const LIFETIME = 48 * HOUR;
const HOLD = 7 * DAY;
const CAR = { make: 'Toyota', model: 'Camry', year: 2021, mileage: 30_000, condition: 'USED' } as const;
/** A buyer has one open negotiation about a vehicle at most. */
const BUYERS = 3;

/** The same numbers for the same seed, from 0 to 1 (Mulberry32, by Tommy Ettinger). */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Two hundred days of a dealer's business, at random: vehicles of each status, negotiations in every state, repriced
 * between them, offers answered by each side, and such as nobody has swept yet. By the entities' own methods, straight
 * into the tables.
 */
export async function trade(
  app: TestApp,
  dealer: DealerPerson,
  { seed, vehicles }: { seed: number; vehicles: number },
) {
  const em = app.orm.em.fork();
  const owner = em.getReference(Dealer, dealer.dealerId, { wrapped: true });
  const buyers = Array.from({ length: BUYERS }, (_, index) =>
    Object.assign(new User(), {
      userType: 'BUYER',
      email: `trader-${seed}-${index}@example.com`,
      passwordHash: '-',
    }),
  );
  em.persist(buyers);
  const next = numbersOf(seed);
  for (let count = 0; count < vehicles; count++) {
    em.persist(new Career(app, owner, buyers, next).run());
  }
  await em.flush();
}

type Outcome = 'ACCEPTED' | 'COMPLETED' | 'FELL_THROUGH' | 'REJECTED' | 'CANCELLED' | 'EXPIRED' | 'CLOSED';

/** One vehicle's way through the marketplace. */
class Career {
  private readonly rows: object[] = [];
  private readonly now: number;
  private at: number;
  private vehicle!: Vehicle;

  constructor(
    private readonly app: TestApp,
    private readonly dealer: Ref<Dealer>,
    private readonly buyers: readonly User[],
    private readonly next: () => number,
  ) {
    this.now = app.clock.now().getTime();
    this.at = this.now - this.within(200 * DAY);
  }

  run(): object[] {
    const { vin, askingPrice, details } = newVehicleOf(
      { ...CAR, vin: this.app.build.vin(), askingPrice: 1_000_000 + this.within(3_000_000) },
      this.moment(),
    );
    const { vehicle, firstPrice } = Vehicle.draft(this.dealer, vin, askingPrice, details, this.moment());
    this.vehicle = vehicle;
    this.rows.push(vehicle, firstPrice);
    if (this.may(0.1)) return this.rows;
    this.pass(DAY);
    vehicle.publish(this.moment());
    while (this.at < this.now - 12 * DAY && this.may(0.8)) {
      const outcome = this.oneOf<Outcome>('FELL_THROUGH', 'REJECTED', 'CANCELLED', 'EXPIRED', 'CLOSED');
      this.settle(this.bargain(this.buyers[0] as User), outcome);
      this.reprice();
      this.pass(30 * DAY);
    }
    this.close();
    return this.rows;
  }

  /** How it stands now. */
  private close(): void {
    if (this.may(0.15)) {
      this.vehicle.archive(this.moment());
      return;
    }
    if (this.may(0.3)) {
      this.at = Math.max(this.at, this.now - 10 * DAY);
      this.settle(this.bargain(this.buyers[1] as User), this.may(0.5) ? 'ACCEPTED' : 'COMPLETED');
      return;
    }
    for (const buyer of this.buyers) {
      this.at = this.now - this.within(4 * DAY);
      if (this.may(0.6)) this.bargain(buyer);
    }
  }

  /** Offers and counter-offers, the last of which stands: at most as old as an offer that lapsed two days ago. */
  private bargain(buyer: User): { negotiation: Negotiation; offer: Offer } {
    const negotiation = Negotiation.between(this.vehicle, buyer.id, this.moment());
    this.rows.push(negotiation);
    let offer = this.offer(negotiation, 'BUYER');
    while (this.may(0.5) && this.at < this.now - DAY) {
      this.pass(30 * HOUR);
      offer.answer('COUNTERED', 'USER', this.moment());
      offer = this.offer(negotiation, offer.party === 'BUYER' ? 'DEALER' : 'BUYER');
    }
    return { negotiation, offer };
  }

  private offer(negotiation: Negotiation, party: 'BUYER' | 'DEALER'): Offer {
    const amount = Math.round(this.vehicle.askingPrice * (0.6 + 0.4 * this.next()));
    const expiresAt = new Date(this.at + LIFETIME);
    const { askingPrice } = this.vehicle;
    const offer = Offer.of(
      negotiation,
      { amount, askingPrice, party, message: null, expiresAt },
      this.moment(),
    );
    negotiation.put(offer, null, this.moment());
    this.rows.push(offer);
    return offer;
  }

  private settle({ negotiation, offer }: { negotiation: Negotiation; offer: Offer }, outcome: Outcome): void {
    this.pass(40 * HOUR);
    if (outcome === 'ACCEPTED' || outcome === 'COMPLETED' || outcome === 'FELL_THROUGH') {
      negotiation.agree(offer, 'USER', new Date(this.at + HOLD), this.moment());
      this.vehicle.hold(this.moment());
      if (outcome === 'ACCEPTED') return;
      this.pass(DAY);
      if (outcome === 'COMPLETED') {
        negotiation.complete(this.moment());
        this.vehicle.sell(this.moment());
      } else {
        negotiation.fallThrough('OTHER', this.moment());
        this.vehicle.release(this.moment());
      }
      return;
    }
    const offerStatus = outcome === 'CANCELLED' ? 'WITHDRAWN' : outcome;
    const resolvedBy = outcome === 'REJECTED' || outcome === 'CANCELLED' ? 'USER' : 'SYSTEM';
    negotiation.end({ status: outcome, offerStatus, resolvedBy, reason: 'OTHER' }, offer, this.moment());
  }

  private reprice(): void {
    this.pass(DAY);
    const price = Math.round(this.vehicle.askingPrice * (0.7 + 0.6 * this.next()));
    this.rows.push(this.vehicle.reprice(price, this.moment()));
  }

  private moment(): Date {
    return new Date(this.at);
  }

  /** Time goes on, never past now. */
  private pass(most: number): void {
    this.at = Math.min(this.now, this.at + MINUTE / 7 + this.within(most));
    this.at = Math.floor(this.at);
  }

  private within(most: number): number {
    return Math.floor(this.next() * most);
  }

  private may(probability: number): boolean {
    return this.next() < probability;
  }

  private oneOf<T>(...choices: readonly T[]): T {
    return choices[this.within(choices.length)] as T;
  }
}

export interface Rows {
  readonly vehicles: readonly Raw[];
  readonly prices: readonly Raw[];
  readonly negotiations: readonly Raw[];
  readonly offers: readonly Raw[];
}
export type Raw = Readonly<Record<string, string | number | null>>;

/** All there is of a dealer's, as the tables have it: offers by their negotiation, prices by their vehicle. */
export async function rowsOf(app: TestApp, { dealerId }: DealerPerson): Promise<Rows> {
  const connection = app.orm.em.fork().getConnection();
  const read = (table: string): Promise<Raw[]> => connection.execute(`select * from ${table}`);
  const of = (rows: readonly Raw[], column: string, parents: readonly Raw[]) => {
    const ids = new Set(parents.map(({ id }) => id));
    return rows.filter((row) => ids.has(row[column] as string));
  };
  const vehicles = (await read('vehicles')).filter((row) => row.dealer_id === dealerId);
  const negotiations = of(await read('negotiations'), 'vehicle_id', vehicles);
  return {
    vehicles,
    negotiations,
    prices: of(await read('price_changes'), 'vehicle_id', vehicles),
    offers: of(await read('offers'), 'negotiation_id', negotiations),
  };
}

/** The definition of the response time, without the database. */
export function medianMinutes({ offers }: Rows, now: Date): number | null {
  const took = offers
    .filter(({ party, resolved_by }) => party === 'BUYER' && resolved_by === 'USER')
    .filter(({ status }) => status !== 'WITHDRAWN')
    .filter(({ responded_at }) => now.getTime() - Number(responded_at) <= 90 * DAY)
    .map(({ responded_at, created_at }) => Number(responded_at) - Number(created_at))
    .sort((one, other) => one - other);
  if (took.length === 0) return null;
  const middle = (took.length - 1) / 2;
  const median = ((took[Math.floor(middle)] as number) + (took[Math.ceil(middle)] as number)) / 2;
  return Math.round(median / MINUTE);
}

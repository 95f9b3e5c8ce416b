// A market with a million views, saves and offers of the last 90 days, written as rows.
import { randomUUID } from 'node:crypto';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Composed } from '../src/app/compose.js';
import { DAY_MS, dayOf } from '../src/kernel/days.js';
import { jsonRows } from '../src/kernel/json-rows.js';
import { write } from '../src/kernel/unit-of-work.js';
import { User } from '../src/modules/accounts/index.js';
import { openSession } from '../src/modules/accounts/session.service.js';
import { Dealer } from '../src/modules/dealers/index.js';
import { Vehicle } from '../src/modules/vehicles/index.js';
import { between, pick, type Rng, seededRng } from '../src/seeders/rng.js';
import { dealership, person, vehicle } from './fill.js';

const DEALERS = 100;
const BUYERS = 5_000;
const VEHICLES = 10_000;
const DAYS = 90;
/** Each a day of a vehicle, with the views that it had; with the saves and the offers they are a million. */
const VIEW_ROWS = 700_000;
const SAVES = 150_000;
const NEGOTIATIONS = 75_000;
const OFFERS_EACH = 2;

const WRITTEN_AT_ONCE = 20_000;

type Cell = string | number | null;
type Columns = Parameters<typeof jsonRows>[2];

export interface Market {
  readonly dealerToken: string;
  readonly adminToken: string;
}

export async function fillMarket({ orm, makeCtx }: Composed): Promise<Market> {
  const people = Array.from({ length: DEALERS + BUYERS + 1 }, (_, index) => person(index));
  const [admin, ...others] = people as [User, ...User[]];
  admin.userType = 'ADMIN';
  for (const buyer of others.slice(DEALERS)) buyer.userType = 'BUYER';
  const dealers = others.slice(0, DEALERS).map((user, index) => dealership(user, index));
  const em = orm.em.fork();
  await em.insertMany(User, people);
  await em.insertMany(Dealer, dealers);
  const cars = Array.from({ length: VEHICLES }, (_, index) =>
    vehicle(dealers[index % DEALERS] as Dealer, index),
  );
  for (let at = 0; at < cars.length; at += 1_000) await em.insertMany(Vehicle, cars.slice(at, at + 1_000));
  await new Events(em, cars, others.slice(DEALERS), Date.now()).write();
  const tokenOf = (user: User) =>
    write(makeCtx(), async (tx) => {
      const known = await tx.em.findOneOrFail(User, user.id);
      return (await openSession(tx, known)).tokens.accessToken;
    });
  return { dealerToken: await tokenOf(others[0] as User), adminToken: await tokenOf(admin) };
}

class Events {
  private readonly rng: Rng = seededRng(90);

  constructor(
    private readonly em: SqlEntityManager,
    private readonly cars: readonly Vehicle[],
    private readonly buyers: readonly User[],
    private readonly now: number,
  ) {}

  async write(): Promise<void> {
    await this.insert(
      'vehicle_views',
      { vehicle_id: 'uuid', day: 'text', dealer_id: 'uuid', count: 'integer' },
      this.views(),
    );
    await this.insert(
      'saved_vehicles',
      { id: 'uuid', created_at: 'bigint', updated_at: 'bigint', user_id: 'uuid', vehicle_id: 'uuid' },
      this.saves(),
    );
    const negotiations = Array.from({ length: NEGOTIATIONS }, (_, index) => this.negotiation(index));
    await this.insert(
      'negotiations',
      {
        id: 'uuid',
        created_at: 'bigint',
        updated_at: 'bigint',
        vehicle_id: 'uuid',
        buyer_id: 'uuid',
        dealer_id: 'uuid',
        status: 'text',
        due_at: 'bigint',
        agreed_price: 'bigint',
        agreed_at: 'bigint',
      },
      negotiations,
    );
    await this.insert(
      'offers',
      {
        id: 'uuid',
        created_at: 'bigint',
        updated_at: 'bigint',
        negotiation_id: 'uuid',
        dealer_id: 'uuid',
        amount: 'bigint',
        asking_price: 'bigint',
        party: 'text',
        status: 'text',
        expires_at: 'bigint',
      },
      this.offers(negotiations),
    );
    await sql.raw('analyze').execute(this.em.getKysely());
  }

  private async insert(table: string, columns: Columns, rows: Iterable<Record<string, Cell>>): Promise<void> {
    const names = sql.join(Object.keys(columns).map((name) => sql.ref(name)));
    const flush = (batch: ReadonlyArray<Record<string, Cell>>) =>
      sql`insert into ${sql.table(table)} (${names}) select ${names} from ${jsonRows(this.em, 'n', columns, batch)}`.execute(
        this.em.getKysely(),
      );
    let batch: Array<Record<string, Cell>> = [];
    for (const row of rows) {
      batch.push(row);
      if (batch.length < WRITTEN_AT_ONCE) continue;
      await flush(batch);
      batch = [];
    }
    if (batch.length > 0) await flush(batch);
  }

  private moment(): number {
    return this.now - between(this.rng, 0, DAYS * DAY_MS - 1);
  }

  private *views(): Iterable<Record<string, Cell>> {
    for (let index = 0; index < VIEW_ROWS; index++) {
      const car = this.cars[index % VEHICLES] as Vehicle;
      const day = dayOf(new Date(this.now - Math.floor(index / VEHICLES) * DAY_MS));
      yield { vehicle_id: car.id, day, dealer_id: car.dealer.id, count: between(this.rng, 1, 20) };
    }
  }

  /** Each vehicle is saved by buyers that follow each other. */
  private *saves(): Iterable<Record<string, Cell>> {
    for (let index = 0; index < SAVES; index++) {
      const car = this.cars[index % VEHICLES] as Vehicle;
      const buyer = this.buyers[((index % VEHICLES) + Math.floor(index / VEHICLES)) % BUYERS] as User;
      const at = this.moment();
      yield { id: randomUUID(), created_at: at, updated_at: at, user_id: buyer.id, vehicle_id: car.id };
    }
  }

  /** One in ten comes to an agreement; that all of them fell through lets a vehicle have several. */
  private negotiation(index: number): Record<string, Cell> {
    const car = this.cars[index % VEHICLES] as Vehicle;
    const at = this.moment();
    const isAgreed = index % 10 === 0;
    return {
      id: randomUUID(),
      created_at: at,
      updated_at: at,
      vehicle_id: car.id,
      buyer_id: pick(this.rng, this.buyers).id,
      dealer_id: car.dealer.id,
      status: isAgreed ? 'FELL_THROUGH' : 'EXPIRED',
      due_at: 0,
      agreed_price: isAgreed ? car.askingPrice : null,
      agreed_at: isAgreed ? at : null,
    };
  }

  private *offers(negotiations: ReadonlyArray<Record<string, Cell>>): Iterable<Record<string, Cell>> {
    for (const { id, dealer_id } of negotiations) {
      for (let count = 0; count < OFFERS_EACH; count++) {
        const at = this.moment();
        yield {
          id: randomUUID(),
          created_at: at,
          updated_at: at,
          negotiation_id: id as string,
          dealer_id: dealer_id as string,
          amount: 1_500_000,
          asking_price: 2_000_000,
          party: 'BUYER',
          status: 'EXPIRED',
          expires_at: at,
        };
      }
    }
  }
}

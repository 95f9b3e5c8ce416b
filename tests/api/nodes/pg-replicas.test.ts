import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrm, migrate, type Orm } from '../../../src/app/orm.js';
import { useApp } from '../../support/app.js';
import type { BuiltVehicle } from '../../support/builders.js';
import { createDatabase } from '../../support/databases.js';
import { pause, until, upTo } from '../../support/live.js';
import { type Postgres, startPostgres } from '../../support/postgres.js';
import { over, Relay } from '../../support/relay.js';

const MAX_LAG_MS = 1_000;

const VEHICLE = 'query ($id: ID!) { vehicle(id: $id) { id askingPrice } }';
const UPDATE =
  'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { askingPrice } } }';
const REGISTER = `mutation ($input: RegisterInput!) {
  register(input: $input) { user { id email } tokens { accessToken } } }`;

describe('a replica of PostgreSQL', () => {
  let primary: Postgres;
  let standby: Postgres;
  let relay: Relay;
  let primaryUrl: string;
  let replicaUrl: string;
  let console: Orm;
  let vehicle: BuiltVehicle;
  /** What the replica was asked, as its own log tells, and what the primary was told. */
  let asked = '';
  let told = '';

  beforeAll(async () => {
    primary = await startPostgres(
      (text) => {
        told += text;
      },
      // Where the log ends says nothing of commits that are not in it yet.
      ['log_statement=all', 'synchronous_commit=on'],
    );
    primaryUrl = await createDatabase(primary.url('postgres'), 'market');
    standby = await primary.replica(
      (text) => {
        asked += text;
      },
      ['log_statement=all', 'hot_standby_feedback=on'],
    );
    await migrate(primaryUrl);
    const direct = standby.url('market');
    relay = await Relay.to(Number(new URL(direct).port));
    replicaUrl = over(relay, direct);
    console = await createOrm(direct, { poolSize: 1, applicationName: 'console' });
  }, 60_000);

  const app = useApp('postgresql', {
    reach: async () => primaryUrl,
    config: {
      get databaseReplicaUrls() {
        return [replicaUrl];
      },
      databaseReplicaLagMs: MAX_LAG_MS,
    },
  });

  afterAll(async () => {
    await console.close(true);
    await relay.close();
    await standby.stop();
    await primary.stop();
  });

  const replica = () => {
    const [figures] = app.system.replicas.figures();
    if (!figures) throw new Error('there is no replica');
    return figures;
  };

  async function standingAs(state: string, lagMs = Number.POSITIVE_INFINITY): Promise<void> {
    const giveUpAt = performance.now() + 15_000;
    for (;;) {
      await app.system.replicas.lookAtAll();
      if (replica().state === state && (replica().lagMs ?? 0) <= lagMs) return;
      if (performance.now() > giveUpAt)
        throw new Error(`The replica is ${replica().state}, and not ${state}`);
      await pause(50);
    }
  }

  /** Its log comes over a pipe: this is at its end. */
  async function levelled(): Promise<void> {
    await sql`select 'level'`.execute(console.em.fork().getKysely());
    await until('the log', () => asked.includes("select 'level'"));
  }

  /** What somebody sees as the price, and whether the replica was asked for it. */
  async function priceFor(token?: string): Promise<[price: string, replicaWasAsked: boolean]> {
    asked = '';
    const { vehicle: seen } = await app.ok<{ vehicle: { askingPrice: string } }, object>(
      VEHICLE,
      { id: vehicle.id },
      { token },
    );
    await levelled();
    return [seen.askingPrice, asked.includes('from "vehicles"')];
  }

  const ask = (price: string) =>
    app.ok(UPDATE, { input: { id: vehicle.id, askingPrice: price } }, { token: vehicle.dealer.token });

  it('answers guests, and nobody who is signed in', async () => {
    vehicle = await app.build.vehicle();
    await standingAs('READY', 0);
    expect(await priceFor()).toEqual(['20000.00', true]);
    expect(await priceFor(vehicle.dealer.token)).toEqual(['20000.00', false]);
    expect(replica()).toMatchObject({ state: 'READY', pool: { max: 20 } });
    expect(replica().lagMs).toBeLessThan(MAX_LAG_MS);
  });

  it('answers all of an operation, and the primary nothing of it', async () => {
    const everything = `query ($id: ID!) {
      vehicle(id: $id) {
        id images { id } dealer { id businessName vehicles(first: 3) { totalCount nodes { id } } } isSaved myNegotiation { id }
      }
      vehicles(first: 5, filter: { search: "sedan" }) { totalCount nodes { id dealer { businessName } } }
      dealers(first: 5) { totalCount nodes { id } }
      featuredVehicles { id }
      similarVehicles(vehicleId: $id) { id }
      makes { make count }
    }`;
    const read = () => app.ok<{ makes: unknown[] }, object>(everything, { id: vehicle.id });
    asked = '';
    told = '';
    const { makes } = await read();
    expect(makes).toHaveLength(1);
    await levelled();
    const tables = /from "?(vehicles|dealers|users|vehicle_images|makes)"?/;
    expect(asked).toMatch(tables);
    expect(told).not.toMatch(tables);
    expect(asked).not.toMatch(/ERROR/);
  });

  it('that lags never answers for what one has written oneself, and not for guests once it lags too far', async () => {
    await sql`select pg_wal_replay_pause()`.execute(console.em.fork().getKysely());
    await ask('19000');
    expect(await priceFor(vehicle.dealer.token)).toEqual(['19000.00', false]);
    // Within the bound a guest may see what was.
    expect(await priceFor()).toEqual(['20000.00', true]);

    const input = { email: 'new@example.com', password: 'correct horse battery staple', userType: 'BUYER' };
    const { register } = await app.ok<
      { register: { user: object; tokens: { accessToken: string } } },
      object
    >(REGISTER, { input });
    expect(register.user).toMatchObject({ email: 'new@example.com' });
    expect(await app.ok('{ me { email } }', {}, { token: register.tokens.accessToken })).toEqual({
      me: { email: 'new@example.com' },
    });

    await standingAs('BEHIND');
    expect(replica().lagMs).toBeGreaterThan(MAX_LAG_MS);
    expect(await priceFor()).toEqual(['19000.00', false]);

    await sql`select pg_wal_replay_resume()`.execute(console.em.fork().getKysely());
    await standingAs('READY');
    expect(await priceFor()).toEqual(['19000.00', true]);
  });

  it('of a primary at which nothing is written does not lag', async () => {
    await pause(MAX_LAG_MS + 200);
    await standingAs('READY');
    expect(replica().lagMs).toBe(0);
  });

  it('whose connections are all busy is no silent one: what they are at goes on, and goes on there', async () => {
    const db = app.system.replicas.pick();
    if (!db) throw new Error('no replica is ready');
    const busy = upTo(replica().pool.max).map(() =>
      sql<{ there: boolean }>`select pg_is_in_recovery() as there, pg_sleep(2.5)`.execute(db),
    );
    await until('all to be busy', () => replica().pool.idle === 0 && replica().pool.total === busy.length);
    await app.system.replicas.lookAtAll();
    expect(replica().state).toBe('READY');
    const answers = await Promise.all(busy);
    expect(answers.every(({ rows }) => rows[0]?.there)).toBe(true);
  });

  it('that keeps silent is given up, and who waits for it is answered by the primary', async () => {
    relay.look = () => 'SWALLOW';
    const beganAt = performance.now();
    const seen = await app.ok<{ vehicle: object }, object>(VEHICLE, { id: vehicle.id });
    expect(seen.vehicle).toMatchObject({ askingPrice: '19000.00' });
    // It is looked at every 2 s, and has 2 s to answer.
    expect(performance.now() - beganAt).toBeLessThan(6_000);
    expect(replica().state).toBe('AWAY');
    relay.look = () => 'PASS';
    await standingAs('READY');
  });

  it('that is killed is not missed by the request that was on its way, and is asked again when it is back', async () => {
    expect((await priceFor())[1]).toBe(true);
    await standby.end('CRASH');
    for (let round = 0; round < 3; round++) {
      const seen = await app.ok<{ vehicle: object }, object>(VEHICLE, { id: vehicle.id });
      expect(seen.vehicle).toMatchObject({ askingPrice: '19000.00' });
    }
    await standingAs('AWAY');
    await standby.begin();
    await standingAs('READY');
    expect(await priceFor()).toEqual(['19000.00', true]);
  });

  it('goes on answering guests while the primary is away, and the primary is back without a restart', async () => {
    await primary.end('CRASH');
    expect(await priceFor()).toEqual(['19000.00', true]);
    const refused = await app.request('{ me { id } }', {}, { token: vehicle.dealer.token });
    expect(app.errorOf(refused)).toMatchObject({ statusCode: 503 });
    await primary.begin();
    await ask('18000');
    expect(await priceFor(vehicle.dealer.token)).toEqual(['18000.00', false]);
  });
});

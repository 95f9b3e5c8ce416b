import { type RawBuilder, sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Orm } from '../../../src/app/orm.js';
import { MemoryRateLimits } from '../../../src/platform/rate-limits/memory-rate-limits.js';
import { databaseKinds, type TestApp, useApp } from '../../support/app.js';
import type { BuiltNegotiation, BuiltVehicle } from '../../support/builders.js';
import { followedStreams, pause, until, useLive } from '../../support/live.js';
import { type Answer, ask, transports } from './asking.js';

const TIMEOUT_MS = 300;
/**
 * Operations have little time while `work` goes on, and as much as ever before and after: what a test arranges is not to
 * be timed.
 */
async function hurried<T>(app: TestApp, work: () => Promise<T>): Promise<T> {
  const config = app.system.config as { operationTimeoutMs: number };
  const usual = config.operationTimeoutMs;
  config.operationTimeoutMs = TIMEOUT_MS;
  try {
    return await work();
  } finally {
    config.operationTimeoutMs = usual;
  }
}

/** A loaded machine is late, and a statement without end would be later. */
const ANSWERED_BY_MS = 4_000;

const UPDATE = `mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { vehicle { id mileage } } }`;

const stopped = (path: string) => [
  {
    message: 'The operation took too long and was stopped.',
    locations: [expect.any(Object)],
    path: [path],
    extensions: { code: 'INTERNAL_SERVER_ERROR', statusCode: 503, requestId: expect.any(String) },
  },
];

/** What the system does not get past: the row on PostgreSQL, the one connection of SQLite. */
const lock = (app: TestApp, { id }: BuiltVehicle) =>
  holding(app, sql`update vehicles set mileage = mileage where id = ${id}`);
const lockUser = (app: TestApp, id: string) =>
  holding(app, sql`update users set email = email where id = ${id}`);

async function holding(app: TestApp, statement: RawBuilder<unknown>): Promise<() => Promise<void>> {
  const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = app.orm.em.fork().transactional(async (em) => {
    const db = (em as Orm['em']).getKysely();
    await statement.execute(db);
    locked.resolve();
    await release.promise;
  });
  await Promise.race([locked.promise, held]);
  return () => {
    release.resolve();
    return held;
  };
}

async function timed(app: TestApp, work: () => Promise<Answer>): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await hurried(app, work);
  const took = performance.now() - startedAt;
  expect(took).toBeGreaterThanOrEqual(TIMEOUT_MS - 20);
  expect(took).toBeLessThan(ANSWERED_BY_MS);
  return answer;
}

describe.each(databaseKinds)('an operation that takes too long on %s', (kind) => {
  const app = useApp(kind, { config: { databasePoolSize: 3 } });
  let vehicle: BuiltVehicle;
  let release: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    vehicle = await app.build.vehicle();
  });
  afterEach(() => release());

  const update = (mileage: number) => ({ query: UPDATE, variables: { input: { id: vehicle.id, mileage } } });
  const mileage = async () => {
    const query = `query ($id: ID!) { vehicle(id: $id) { mileage } }`;
    return (await app.ok<{ vehicle: { mileage: number } }, object>(query, { id: vehicle.id })).vehicle
      .mileage;
  };

  it.each(transports)(
    'is answered over %s when its time is up, and stores nothing, then or later',
    async (over) => {
      const before = await mileage();
      release = await lock(app, vehicle);
      const answer = await timed(app, () => ask(app, over, update(99_000), vehicle.dealer.token));
      expect(answer).toEqual({
        status: over === 'HTTP' ? 200 : null,
        data: null,
        errors: stopped('updateVehicle'),
      });
      await release();
      await pause(50);
      expect(await mileage()).toBe(before);
    },
  );

  it('is answered over REST likewise, in the shape of REST', async () => {
    const { dealer } = vehicle;
    release = await lockUser(app, dealer.id);
    const response = await hurried(app, () =>
      fetch(`${app.url}/api/v1/auth/profile/`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${dealer.token}` },
        body: JSON.stringify({ city: 'Nowhere' }),
      }),
    );
    expect([response.status, await response.json()]).toEqual([
      503,
      { detail: 'The operation took too long and was stopped.', status_code: 503 },
    ]);
    await release();
    const me = await app.ok('{ me { profile { city } } }', {}, dealer);
    expect(me).not.toEqual({ me: { profile: { city: 'Nowhere' } } });
  });

  it('leaves the pool whole, however many there are', async () => {
    release = await lock(app, vehicle);
    const answers = await hurried(app, () =>
      Promise.all(
        Array.from({ length: 12 }, (_, n) => ask(app, 'HTTP', update(50_000 + n), vehicle.dealer.token)),
      ),
    );
    for (const { errors } of answers) expect(errors).toEqual(stopped('updateVehicle'));
    await release();
    const updates = await Promise.all(
      Array.from({ length: 6 }, (_, n) => ask(app, 'HTTP', update(60_000 + n), vehicle.dealer.token)),
    );
    for (const { errors } of updates) expect(errors).toBeNull();
    expect(await mileage()).toBeGreaterThanOrEqual(60_000);
    expect(await mileage()).toBeLessThan(60_006);
  });
});

describe('an operation that waits for something else than the database', () => {
  const rateLimits = new MemoryRateLimits();
  rateLimits.spend = () => new Promise<never>(() => undefined);
  const app = useApp('sqlite', { adapters: { rateLimits } });

  it.each(transports)('is answered over %s all the same', async (over) => {
    const query = `mutation { login(input: { email: "a@example.com", password: "whatever it is" }) { user { id } } }`;
    const { data, errors } = await timed(app, () => ask(app, over, { query }));
    expect([data, errors]).toEqual([null, stopped('login')]);
  });
});

describe('subscriptions', () => {
  const app = useApp('sqlite');
  const live = useLive(app);
  let negotiation: BuiltNegotiation;
  beforeAll(async () => {
    negotiation = await app.build.negotiation();
  });

  const EVENTS = `subscription ($id: ID!, $after: Int) {
    negotiationEvents(negotiationId: $id, after: $after) { sequence negotiation { dealer { id } } }
  }`;

  it('that could not begin in time are refused, and leave nothing that follows', async () => {
    const release = await lock(app, negotiation.vehicle);
    await hurried(app, async () => {
      const following = live.client(negotiation.buyer).follow(EVENTS, { id: negotiation.id, after: 0 });
      expect(await following.refused()).toEqual({ code: 'INTERNAL_SERVER_ERROR', statusCode: 503 });
    });
    await release();
    await until('nobody follows', () => followedStreams(app) === 0);
    const again = live.client(negotiation.buyer).follow(EVENTS, { id: negotiation.id, after: 0 });
    await again.take(1);
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SubmitOfferDocument } from '../../generated/operations.js';
import { type TestApp, useApp } from '../../support/app.js';
import type { BuiltNegotiation } from '../../support/builders.js';
import { type Look, over, Relay } from '../../support/relay.js';

/** As the driver writes it, and as the server answers it. */
const COMMIT = Buffer.from('commit\0');
const COMMITTED = Buffer.from('COMMIT\0');

let relay: Relay;

const reach = async (url: string) => {
  relay = await Relay.to(Number(new URL(url).port));
  return over(relay, url);
};

/** Cuts the line on which the first such data passes, and says whether it has. */
function cutOnce(is: (from: Parameters<Look>[0], data: Buffer) => boolean): () => boolean {
  let isCut = false;
  relay.look = (from, data) => {
    if (isCut || !is(from, data)) return 'PASS';
    isCut = true;
    return 'CUT';
  };
  return () => isCut;
}

async function countsOf(app: TestApp, { id }: { id: string }): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*)::int from offers where negotiation_id = ${id}) as offers,
      (select count(*)::int from negotiation_events where negotiation_id = ${id}) as events,
      (select last_sequence from negotiations where id = ${id}) as sequence`.execute(
    app.orm.em.fork().getKysely(),
  );
  return rows[0] as Record<string, number>;
}

describe('a connection to PostgreSQL that breaks', () => {
  const app = useApp('postgresql', { reach });
  let negotiation: BuiltNegotiation;
  let count = 0;

  beforeAll(async () => {
    negotiation = await app.build.negotiation();
  });
  afterAll(() => relay.close());

  const TWO = { offers: 2, events: 2, sequence: 2 };

  /** The dealer's answer to the standing offer, under a name of its own. */
  async function standing() {
    negotiation = await app.build.negotiation();
    const input = { negotiationId: negotiation.id, amount: '18000', clientMutationId: `counter-${++count}` };
    return { input, submit: () => app.request(SubmitOfferDocument, { input }, negotiation.dealer) };
  }

  it('before COMMIT is sent is not noticed: the mutation is done, and done once', async () => {
    const { submit } = await standing();
    const isCut = cutOnce((from, data) => from === 'CLIENT' && data.includes('insert into "offers"'));
    const { data, errors } = await submit();
    expect(errors).toBeUndefined();
    expect(data?.submitOffer.event.sequence).toBe(2);
    expect(isCut()).toBe(true);
    expect(await countsOf(app, negotiation)).toEqual(TWO);
  });

  it('when COMMIT was sent and is not answered is told, and the same mutation sent again has no second effect', async () => {
    const { submit } = await standing();
    const isCut = cutOnce((from, data) => from === 'SERVER' && data.includes(COMMITTED));
    const refused = await submit();
    expect(isCut()).toBe(true);
    expect(refused.errors?.[0]?.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      statusCode: 503,
      retryAfterSeconds: 1,
      requestId: expect.any(String),
    });
    expect(app.errorOf(refused).message).toBe(
      'The service cannot say whether this was done. Look first, or send it again with the same clientMutationId.',
    );
    expect(await countsOf(app, negotiation)).toEqual(TWO);
    const again = await submit();
    expect(again.errors).toBeUndefined();
    expect(again.data?.submitOffer.event.sequence).toBe(2);
    expect(await countsOf(app, negotiation)).toEqual(TWO);
  });

  it('when COMMIT never came to the server is told in the same words, for nobody knows, and it can be sent again', async () => {
    const { submit } = await standing();
    const isCut = cutOnce((from, data) => from === 'CLIENT' && data.includes(COMMIT));
    const refused = app.errorOf(await submit());
    expect(isCut()).toBe(true);
    expect(refused).toMatchObject({ statusCode: 503, message: expect.stringMatching(/cannot say whether/) });
    expect(await countsOf(app, negotiation)).toEqual({ offers: 1, events: 1, sequence: 1 });
    expect((await submit()).errors).toBeUndefined();
    expect(await countsOf(app, negotiation)).toEqual(TWO);
  });

  it('under a read is not noticed', async () => {
    const { vehicle } = await app.build.negotiation();
    const isCut = cutOnce((from, data) => from === 'CLIENT' && data.includes('from "vehicles"'));
    const read = await app.ok<{ vehicle: { id: string } }, object>(
      'query ($id: ID!) { vehicle(id: $id) { id } }',
      {
        id: vehicle.id,
      },
    );
    expect(isCut()).toBe(true);
    expect(read.vehicle.id).toBe(vehicle.id);
  });

  it('under every attempt is told in the end, and nothing is stored', async () => {
    const { submit } = await standing();
    relay.look = (from, data) =>
      from === 'CLIENT' && data.includes('insert into "offers"') ? 'CUT' : 'PASS';
    const beganAt = performance.now();
    const refused = app.errorOf(await submit());
    relay.look = () => 'PASS';
    expect(refused).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      statusCode: 503,
      message: 'The service cannot do this at the moment. Try again soon.',
    });
    expect(performance.now() - beganAt).toBeLessThan(6_000);
    expect(await countsOf(app, negotiation)).toEqual({ offers: 1, events: 1, sequence: 1 });
  });
});

describe('PostgreSQL that is no primary any more', () => {
  const app = useApp('postgresql', { config: { databasePoolSize: 1 } });

  it('is not written to over the connections that are left of it', async () => {
    const negotiation = await app.build.negotiation();
    const db = app.orm.em.fork().getKysely();
    // One connection is to a standby, as far as writing goes; those after it are not.
    await sql`set session characteristics as transaction read only`.execute(db);
    const { rows } = await sql`show transaction_read_only`.execute(db);
    expect(rows).toEqual([{ transaction_read_only: 'on' }]);

    const input = { negotiationId: negotiation.id, amount: '18000' };
    const { data, errors } = await app.request(SubmitOfferDocument, { input }, negotiation.dealer);
    expect(errors).toBeUndefined();
    expect(data?.submitOffer.event.sequence).toBe(2);
    expect(await countsOf(app, negotiation)).toEqual({ offers: 2, events: 2, sequence: 2 });
  });
});

describe('PostgreSQL that has no time', () => {
  const timeouts = { connectMs: 150, statementMs: 2_000, lockMs: 200, idleTransactionMs: 2_000 };
  const app = useApp('postgresql', { config: { databasePoolSize: 2, databaseTimeouts: timeouts } });
  const BUSY = {
    code: 'INTERNAL_SERVER_ERROR',
    statusCode: 503,
    message: 'The service is too busy for this at the moment. Try again soon.',
  };

  it('for a connection refuses what waits for one, over GraphQL and REST, and goes on when there is one', async () => {
    const { token } = await app.build.buyer();
    const free = Promise.withResolvers<void>();
    const busy = [1, 2].map(() => app.orm.em.fork().transactional(() => free.promise));
    const refused = await app.request('{ me { id } }', {}, { token });
    expect(app.errorOf(refused)).toEqual(BUSY);
    const rest = await fetch(`${app.url}/api/v1/auth/profile/`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([rest.status, rest.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await rest.json()).toEqual({ detail: BUSY.message, status_code: 503 });
    free.resolve();
    await Promise.all(busy);
    expect(await app.ok('{ me { id } }', {}, { token })).toMatchObject({ me: { id: expect.any(String) } });
  });

  it('because another holds the row refuses, and does not try for minutes', async () => {
    const negotiation = await app.build.negotiation();
    const free = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const holder = app.orm.em.fork().transactional(async (em) => {
      const db = (em as typeof app.orm.em).getKysely();
      await sql`select id from negotiations where id = ${negotiation.id} for update`.execute(db);
      held.resolve();
      await free.promise;
    });
    await held.promise;
    const input = { negotiationId: negotiation.id, amount: '18000' };
    const refused = await app.request(SubmitOfferDocument, { input }, negotiation.dealer);
    free.resolve();
    await holder;
    expect(app.errorOf(refused)).toEqual(BUSY);
    expect(await countsOf(app, negotiation)).toEqual({ offers: 1, events: 1, sequence: 1 });
  });

  it('ends statements that take too long, and transactions in which nothing happens', async () => {
    const db = app.orm.em.fork().getKysely();
    await expect(sql`select pg_sleep(20)`.execute(db)).rejects.toMatchObject({
      code: '57014',
      unavailable: 'BUSY',
    });
    const { rows } = await sql<{ name: string; value: string }>`
      select name, setting as value from pg_settings
      where name in ('application_name', 'idle_in_transaction_session_timeout') order by name`.execute(db);
    expect(rows).toEqual([
      { name: 'application_name', value: 'carnegotiate' },
      { name: 'idle_in_transaction_session_timeout', value: '2000' },
    ]);
  });
});

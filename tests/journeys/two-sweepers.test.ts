import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { write } from '../../src/kernel/unit-of-work.js';
import { queueMail } from '../../src/modules/mail/index.js';
import { copiesOf, keepingOn } from '../api/vehicles/saved/keeping.js';
import { testSecret, useApp } from '../support/app.js';
import type { Person } from '../support/builders.js';
import { type Crowd, crowdLike } from '../support/crowd.js';
import { pause } from '../support/live.js';
import { ServerProcess } from '../support/server-process.js';
import { often } from '../support/thorough.js';

const LAPSING = often(200, 100);
const EXPIRING = often(100, 50);
const HELD = often(40, 30);
const MAILED = often(60, 40);
const SAVERS = often(30, 20);
const MATCHING = often(30, 20);
const HOUR = 3_600_000;

/** Long enough for a job to do once more what it should not. */
const AFTERWARDS_MS = 2_500;

describe('two servers on one PostgreSQL', () => {
  const app = useApp('postgresql');
  const { save, keepSearch, update } = keepingOn(app);
  const servers: ServerProcess[] = [];
  const mails = join(app.files, 'mail-of-both');
  let lapsing: Crowd;
  let expiring: Crowd;
  let held: Crowd;
  let mailed: Person[];
  let searcher: Person;
  let matching: string[];
  let cheaper: string;

  const db = () => app.orm.em.fork().getKysely();
  const all = (ids: readonly string[]) => sql`(${sql.join([...ids])})`;

  /** How often each key occurs: `{ 1: 200 }` where 200 keys occur once. */
  async function howOften(keys: RawBuilder<unknown>): Promise<Record<string, number>> {
    const { rows } = await sql<{ times: string; keys: string }>`
      select times, count(*) as keys from (select count(*) as times from ${keys} as k group by k.key) as counted
      group by times`.execute(db());
    return Object.fromEntries(rows.map(({ times, keys: count }) => [times, Number(count)]));
  }

  const told = (kind: string) =>
    howOften(
      sql`(select user_id || ' ' || coalesce(negotiation_id, vehicle_id) as key from notifications where kind = ${kind})`,
    );
  const logged = (kind: string) =>
    howOften(sql`(select negotiation_id as key from negotiation_events where kind = ${kind})`);

  beforeAll(async () => {
    const { id, vehicle } = await app.build.negotiation();
    const gather = (count: number, perVehicle: number) =>
      crowdLike(app.orm.em.fork(), id, { count, buyers: 20, dealers: 3, perVehicle });
    lapsing = await gather(LAPSING, 4);
    expiring = await gather(EXPIRING, 4);
    held = await gather(HELD, 1);
    const now = Date.now();
    await sql`update offers set status = 'ACCEPTED', resolved_by = 'USER' where negotiation_id in ${all(held.negotiations)}`.execute(
      db(),
    );
    await sql`update negotiations set status = 'ACCEPTED', turn = null, expires_at = null, warn_at = null, agreed_at = ${now},
      agreed_price = buyer_amount, hold_expires_at = ${now + HOUR} where id in ${all(held.negotiations)}`.execute(
      db(),
    );
    await sql`update vehicles set status = 'PENDING' where id in ${all(held.vehicles)}`.execute(db());
    mailed = await Promise.all(Array.from({ length: MAILED }, () => app.build.buyer()));
    for (const person of mailed.slice(0, SAVERS)) await save(person, vehicle);
    searcher = await app.build.buyer();
    await keepSearch(searcher, { filter: { makes: ['Saab'] } });
    const saab = await app.build.vehicle(vehicle.dealer, { make: 'Saab', model: '900' });
    matching = [saab.id, ...(await copiesOf(app, saab, MATCHING - 1))];
    cheaper = vehicle.id;

    const env = {
      JWT_SECRETS: `test:${testSecret}`,
      DATABASE_URL: app.system.config.databaseUrl,
      SWEEP_SECONDS: '1',
      MAIL_SECONDS: '1',
      MAIL_DIRECTORY: mails,
      STORAGE_URL: `disk:${join(app.files, 'uploads-of-both')}`,
      TEMPORARY_DIRECTORY: join(app.files, 'tmp-of-both'),
    };
    servers.push(...(await Promise.all([ServerProcess.start(env), ServerProcess.start(env)])));
    // Only now is anything due: both are there to find it.
    await update(vehicle, { askingPrice: '18000.00' });
    const ctx = app.system.makeCtx();
    await write(ctx, async (tx) => {
      for (const { id: recipientId } of mailed) queueMail(tx, { kind: 'PASSWORD_CHANGED', recipientId });
      const at = Date.now() - 1;
      await sql`update negotiations set hold_expires_at = ${at} where id in ${all(held.negotiations)}`.execute(
        tx.em.getKysely(),
      );
      await sql`update negotiations set warn_at = ${at} where id in ${all(expiring.negotiations)}`.execute(
        tx.em.getKysely(),
      );
      await sql`update negotiations set expires_at = ${at} where id in ${all(lapsing.negotiations)}`.execute(
        tx.em.getKysely(),
      );
    });
    await until('all to be done', async () => {
      const { rows } = await sql<{ left: string }>`select
        (select count(*) from negotiations where expires_at <= ${Date.now()} and status = 'ACTIVE')
        + (select count(*) from negotiations where hold_expires_at <= ${Date.now()} and status = 'ACCEPTED')
        + (select count(*) from negotiations where warn_at <= ${Date.now()} and status = 'ACTIVE')
        + (select count(*) from mails where status = 'QUEUED') + (select count(*) from price_drops)
        + (select count(*) from vehicles where match_due is not null and status = 'ACTIVE') as left`.execute(
        db(),
      );
      return Number(rows[0]?.left) === 0;
    });
    await pause(AFTERWARDS_MS);
  }, 60_000);

  afterAll(async () => {
    for (const server of servers) if (!server.hasEnded) await server.end('SIGKILL');
  });

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
      await pause(100);
    }
  }

  const doneByBoth = (job: string) => servers.reduce((sum, server) => sum + server.doneBy(job), 0);

  it('lapses each negotiation once', async () => {
    expect(await logged('NEGOTIATION_EXPIRED')).toEqual({ 1: LAPSING });
    expect(await told('NEGOTIATION_EXPIRED')).toEqual({ 1: 2 * LAPSING });
    expect(doneByBoth('lapse-offers')).toBe(LAPSING);
  });

  it('warns of each offer once', async () => {
    expect(await told('OFFER_EXPIRING')).toEqual({ 1: EXPIRING });
    expect(doneByBoth('warn-expiring')).toBe(EXPIRING);
  });

  it('releases each hold once', async () => {
    expect(await logged('DEAL_FELL_THROUGH')).toEqual({ 1: HELD });
    expect(await told('DEAL_FELL_THROUGH')).toEqual({ 1: 2 * HELD });
    expect(doneByBoth('release-holds')).toBe(HELD);
  });

  it('sends each mail once', async () => {
    const { rows } = await sql<{ status: string; attempts: number; count: string }>`
      select status, attempts, count(*) as count from mails group by status, attempts`.execute(db());
    const sent = rows.find(({ status }) => status === 'SENT');
    expect(rows.filter(({ status }) => status !== 'DROPPED')).toEqual([
      { status: 'SENT', attempts: 1, count: expect.anything() },
    ]);
    expect(Number(sent?.count)).toBeGreaterThanOrEqual(MAILED);
    expect(readdirSync(mails)).toHaveLength(Number(sent?.count));
    expect(doneByBoth('send-mails')).toBe(Number(sent?.count));
  });

  it('tells of each match and of each lower price once', async () => {
    const matches = howOften(sql`(select vehicle_id as key from saved_search_matches)`);
    expect(await matches).toEqual({ 1: MATCHING });
    expect(await told('SAVED_SEARCH_MATCH')).toEqual({ 1: MATCHING });
    expect(await told('PRICE_DROP')).toEqual({ 1: SAVERS });
    const { rows } =
      await sql`select id from notifications where kind = 'PRICE_DROP' and vehicle_id <> ${cheaper}
      union all select id from notifications where kind = 'SAVED_SEARCH_MATCH'
        and (user_id <> ${searcher.id} or vehicle_id not in ${all(matching)})`.execute(db());
    expect(rows).toEqual([]);
    expect(doneByBoth('tell-price-drops')).toBe(SAVERS);
  });

  it('says what became of the jobs, and ends in order', async () => {
    expect(await Promise.all(servers.map((server) => server.end('SIGTERM')))).toEqual([0, 0]);
    const { rows } = await sql<{ done: string; failures: number; next_run_at: string | null }>`
      select done, failures, next_run_at from job_runs where name = 'lapse-offers'`.execute(db());
    expect(rows).toEqual([{ done: String(LAPSING), failures: 0, next_run_at: null }]);
    const complaints = servers.flatMap(({ lines }) => lines.filter(({ level }) => level > 30));
    expect(complaints).toEqual([]);
  });
});

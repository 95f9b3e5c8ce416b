import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { countOf } from '../../../src/kernel/jobs.js';
import { Negotiation } from '../../../src/modules/negotiations/index.js';
import { lapseOffers, releaseHolds, warnExpiring } from '../../../src/modules/negotiations/module.js';
import { databaseKinds, useApp } from '../../support/app.js';
import { HOUR } from '../../support/clock.js';
import { type Crowd, crowdLike } from '../../support/crowd.js';
import { ledgerOf } from '../../support/ledger.js';
import { pause } from '../../support/live.js';
import { expectSound } from '../../support/replay.js';
import { often } from '../../support/thorough.js';

/** What the issue asks for is proved by `npm run bench -- --sweep`; here, that each is settled once. */
const COUNT = often(1_000, 100);

describe.each(databaseKinds)('the sweeping of many on %s', (kind) => {
  const app = useApp(kind);
  const makeCtx = () => app.system.makeCtx();
  const db = () => app.orm.em.fork().getKysely();
  let crowd: Crowd;

  /** A crowd between few, so that inboxes and vehicles are shared, as in life. */
  async function gather(count = COUNT): Promise<Crowd> {
    const { id } = await app.build.negotiation();
    return crowdLike(app.orm.em.fork(), id, { count, buyers: 20, dealers: 3, perVehicle: 4 });
  }

  async function jobNamed(name: string): Promise<number> {
    const job = app.system.jobs.find((one) => one.name === name);
    let count = 0;
    for (;;) {
      const result = await (job as NonNullable<typeof job>).run(makeCtx());
      count += countOf(result);
      if (typeof result === 'number') return count;
    }
  }

  /** What earlier tests have left. */
  async function lapseAll(): Promise<void> {
    app.clock.advance(48 * HOUR);
    await jobNamed('lapse-offers');
  }

  async function tally(statement: ReturnType<typeof sql<{ key: string; count: number | string }>>) {
    const { rows } = await statement.execute(db());
    return Object.fromEntries(rows.map(({ key, count }) => [key, Number(count)]));
  }

  const notices = (kindOfNotice: string, ids: readonly string[]) =>
    tally(sql`select negotiation_id as key, count(*) as count from notifications
      where kind = ${kindOfNotice} and negotiation_id in (${sql.join([...ids])}) group by negotiation_id`);
  const entries = (kindOfEntry: string, ids: readonly string[]) =>
    tally(sql`select negotiation_id as key, count(*) as count from negotiation_events
      where kind = ${kindOfEntry} and negotiation_id in (${sql.join([...ids])}) group by negotiation_id`);
  const each = (ids: readonly string[], count: number) => Object.fromEntries(ids.map((id) => [id, count]));

  describe('as it warns and lapses', () => {
    beforeAll(async () => {
      crowd = await gather();
    });

    it('warns who has the turn once, three being at it, and changes nothing else', async () => {
      const { negotiations } = crowd;
      app.clock.advance(42 * HOUR - 1);
      expect(await warnExpiring(makeCtx())).toBe(0);
      app.clock.advance(1);
      const before = await ledgerOf(app);
      const counts = await Promise.all(['warn-expiring', 'warn-expiring', 'warn-expiring'].map(jobNamed));
      const late = await jobNamed('warn-expiring');
      // The template is one of them.
      expect(counts.reduce((sum, count) => sum + count, late)).toBe(COUNT + 1);
      expect(await notices('OFFER_EXPIRING', negotiations)).toEqual(each(negotiations, 1));
      const after = await ledgerOf(app);
      const warned = before.negotiations.map((negotiation) => ({ ...negotiation, warnAt: null }));
      expect(after).toEqual({ ...before, negotiations: warned, notifications: after.notifications });
      const to = await tally(sql`select u.user_type as key, count(*) as count from notifications as n
        join users as u on u.id = n.user_id where n.kind = 'OFFER_EXPIRING' group by u.user_type`);
      expect(to).toEqual({ DEALER: COUNT + 1 });
    });

    it('lapses each once, three being at it', async () => {
      const { negotiations } = crowd;
      app.clock.advance(6 * HOUR);
      const counts = await Promise.all(['lapse-offers', 'lapse-offers', 'lapse-offers'].map(jobNamed));
      const late = await jobNamed('lapse-offers');
      expect(counts.reduce((sum, count) => sum + count, late)).toBe(COUNT + 1);
      expect(await entries('NEGOTIATION_EXPIRED', negotiations)).toEqual(each(negotiations, 1));
      expect(await notices('NEGOTIATION_EXPIRED', negotiations)).toEqual(each(negotiations, 2));
      expectSound(await ledgerOf(app, [...crowd.vehicles]));
    });
  });

  it('warns nobody of what has lapsed, was answered, or was warned of', async () => {
    await lapseOffers(makeCtx());
    const [lapsed, answered, warned] = [
      await app.build.negotiation(),
      await app.build.negotiation(),
      await app.build.negotiation(),
    ];
    const em = app.orm.em.fork();
    const now = app.clock.now();
    const early = new Date(now.getTime() - HOUR);
    await em.nativeUpdate(Negotiation, { id: lapsed.id }, { warnAt: early, expiresAt: now });
    await em.nativeUpdate(Negotiation, { id: answered.id }, { warnAt: early, status: 'REJECTED' });
    await em.nativeUpdate(Negotiation, { id: warned.id }, { warnAt: null });
    expect(await warnExpiring(makeCtx())).toBe(0);
    for (const { id } of [lapsed, answered, warned])
      expect(await notices('OFFER_EXPIRING', [id])).toEqual({});
  });

  it('releases each hold once, three being at it', async () => {
    await releaseHolds(makeCtx());
    const { negotiations } = await holdAll(30);
    const counts = await Promise.all(['release-holds', 'release-holds', 'release-holds'].map(jobNamed));
    const late = await jobNamed('release-holds');
    expect(counts.reduce((sum, count) => sum + count, late)).toBe(30);
    expect(await entries('DEAL_FELL_THROUGH', negotiations)).toEqual(each(negotiations, 1));
    expect(await notices('DEAL_FELL_THROUGH', negotiations)).toEqual(each(negotiations, 2));
  });

  /** Agreements whose holds run out now, one for each vehicle. */
  async function holdAll(count: number): Promise<Crowd> {
    const { id } = await app.build.negotiation();
    const held = await crowdLike(app.orm.em.fork(), id, { count, buyers: 10, dealers: 3, perVehicle: 1 });
    const now = app.clock.now().getTime();
    const ids = sql.join([...held.negotiations]);
    await sql`update offers set status = 'ACCEPTED', resolved_by = 'USER', responded_at = ${now} where negotiation_id in (${ids})`.execute(
      db(),
    );
    await sql`update negotiations set status = 'ACCEPTED', turn = null, expires_at = null, warn_at = null, agreed_at = ${now},
      agreed_price = buyer_amount, hold_expires_at = ${now}, due_at = ${now} where id in (${ids})`.execute(
      db(),
    );
    await sql`update vehicles set status = 'PENDING' where id in (${sql.join([...held.vehicles])})`.execute(
      db(),
    );
    return held;
  }

  /** Somebody holds these vehicles until it is told to let go. */
  async function hold(vehicleIds: readonly string[]): Promise<() => Promise<void>> {
    let release = () => {};
    let isHeld = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const holding = app.orm.em.fork().transactional(async (em) => {
      await sql`update vehicles set mileage = mileage + 0 where id in (${sql.join([...vehicleIds])})`.execute(
        em.getKysely(),
      );
      isHeld();
      await released;
    });
    await held;
    return () => {
      release();
      return holding;
    };
  }

  // SQLite has one writer: everybody waits for it, and nothing is passed over.
  if (kind === 'postgresql')
    describe('of what somebody holds', () => {
      /** Many, each about a vehicle of its own, whose offers lapse now. */
      async function lapsing(count: number): Promise<Crowd> {
        await lapseAll();
        const { id } = await app.build.negotiation();
        const options = { count, buyers: 10, dealers: 3, perVehicle: 1 };
        const many = await crowdLike(app.orm.em.fork(), id, options);
        app.clock.advance(48 * HOUR);
        return many;
      }

      it('settles all else, waits for a moment, and meets it again', async () => {
        const { negotiations, vehicles } = await lapsing(30);
        const letGo = await hold(vehicles.slice(0, 2));
        // Nobody lets go before it ends: 28, and the template.
        expect(await lapseOffers(makeCtx())).toBe(29);
        await letGo();
        expect(await jobNamed('lapse-offers')).toBe(2);
        expect(await entries('NEGOTIATION_EXPIRED', negotiations)).toEqual(each(negotiations, 1));
      });

      it('waits for no more than a batch, and at a stop for none', async () => {
        const { negotiations, vehicles } = await lapsing(40);
        const letGo = await hold(vehicles);
        const job = app.system.jobs.find(({ name }) => name === 'lapse-offers');
        const startedAt = performance.now();
        // The template alone, which nobody holds, may be settled.
        const stopped = countOf((await job?.run(makeCtx(), AbortSignal.abort())) ?? 0);
        expect(performance.now() - startedAt).toBeLessThan(2_000);
        const sweeping = lapseOffers(makeCtx());
        for (let tries = 0, waits = 0; waits === 0 && tries < 500; tries++) {
          await pause(5);
          const { rows } = await sql`select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(db());
          waits = rows.length;
        }
        await letGo();
        const late = stopped + (await sweeping) - 1;
        // As a rule 25; on a busy machine it may have lost patience with one.
        expect(late).toBeGreaterThan(20);
        expect(late).toBeLessThan(26);
        expect(await jobNamed('lapse-offers')).toBe(40 - late);
        expect(await entries('NEGOTIATION_EXPIRED', negotiations)).toEqual(each(negotiations, 1));
      });
    });

  it('goes on behind a whole batch that cannot be settled, and settles what was beside it', async () => {
    await lapseAll();
    const { negotiations, vehicles } = await gather(80);
    const em = app.orm.em.fork();
    const broken = negotiations.slice(0, 30);
    // No service does this: rows whose offers are gone.
    const offers = await em.find(Negotiation, { id: { $in: broken } }, { fields: ['currentOffer'] });
    await em.fork().nativeUpdate(Negotiation, { id: { $in: broken } }, { currentOffer: null });
    app.clock.advance(48 * HOUR);
    // On a busy machine thirty that fail may take longer than a run lasts.
    expect(await jobNamed('lapse-offers')).toBe(51);
    expect(await jobNamed('lapse-offers')).toBe(0);
    expect(await entries('NEGOTIATION_EXPIRED', negotiations)).toEqual(each(negotiations.slice(30), 1));
    for (const { id, currentOffer } of offers) {
      await em.fork().nativeUpdate(Negotiation, { id }, { currentOffer: currentOffer?.id as string });
    }
    expect(await jobNamed('lapse-offers')).toBe(30);
    expectSound(await ledgerOf(app, [...vehicles]));
  });

  it('costs few statements, whatever the number of negotiations in a batch', async () => {
    await lapseOffers(makeCtx());
    await gather(25);
    app.clock.advance(48 * HOUR);
    const statements = await app.statements(() => lapseOffers(makeCtx()));
    const others = statements.filter((statement) => !statement.includes('insert into inboxes'));
    // Two transactions: 25 and the template.
    expect(others.length).toBeLessThan(45);
  });
});

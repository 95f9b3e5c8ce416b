import { sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { type Day, dayOf, daysAfter, daysBetween, earlierOf } from '../../../kernel/days.js';
import { type BatchResult, inBatches } from '../../../kernel/jobs.js';
import type { JobResult } from '../../../kernel/ports.js';
import { type Tx, write } from '../../../kernel/unit-of-work.js';
import { foldViews } from '../../vehicles/index.js';
import { figures, figuresFromRows } from './figures.statement.js';

const MINUTE_MS = 60_000;

/**
 * A day is counted this long after its end: nodes store what was looked at every few seconds, a transaction that began
 * before midnight may still be open, and clocks differ.
 */
const CLOSED_AFTER_MS = 15 * MINUTE_MS;

/** So many of the last days are counted again, this often: views of a node that could not reach the database come late. */
const DAYS_COUNTED_AGAIN = 2;
const COUNTED_AGAIN_AFTER_MS = 60 * MINUTE_MS;

/** Missed days of one batch. */
const BATCH = 10;

/** Views are known by vehicle and day for so long. */
export const VIEWS_KEPT_DAYS = 400;

/**
 * Counts the days that are over and not counted yet, oldest first, and the last ones again. Each is a transaction of its
 * own, and its count replaces what was counted before: any number of nodes may do it at once, and stop in the middle.
 */
export function aggregateDailyFigures(ctx: Ctx, stopping?: AbortSignal): Promise<JobResult> {
  return inBatches(() => countSomeDays(ctx), stopping);
}

/** Puts the views of days that are long past, and counted, into one row for each vehicle. */
export async function foldOldViews(ctx: Ctx, stopping?: AbortSignal): Promise<JobResult> {
  const counted = await lastCountedDay(ctx);
  if (counted === null) return 0;
  const kept = daysAfter(dayOf(ctx.clock.now()), -VIEWS_KEPT_DAYS);
  return inBatches(() => foldViews(ctx, earlierOf(kept, counted)), stopping);
}

/** Up to this day every day is counted; null before the first. */
export async function lastCountedDay(ctx: Pick<Ctx, 'em'>): Promise<Day | null> {
  const { rows } = await sql<{ day: Day | null }>`select max(day) as day from market_days`.execute(
    ctx.em.getKysely(),
  );
  return rows[0]?.day ?? null;
}

async function countSomeDays(ctx: Ctx): Promise<BatchResult> {
  const { again, missing } = await dueDays(ctx);
  let count = 0;
  for (const day of [...again, ...missing.slice(0, BATCH)]) {
    // One that cannot be counted is not skipped: what is counted has no holes.
    if (await write(ctx, (tx) => countDay(tx, day))) count += 1;
  }
  return { count, isFull: missing.length > BATCH };
}

async function dueDays(ctx: Ctx): Promise<{ again: Day[]; missing: Day[] }> {
  const now = ctx.clock.now().getTime();
  const last = daysAfter(dayOf(new Date(now - CLOSED_AFTER_MS)), -1);
  const counted = await lastCountedDay(ctx);
  const first = counted === null ? await firstDay(ctx) : daysAfter(counted, 1);
  const again = daysAfter(last, 1 - DAYS_COUNTED_AGAIN);
  return {
    again: counted === null ? [] : daysBetween(again, earlierOf(counted, last)),
    missing: first === null ? [] : daysBetween(first, last),
  };
}

/** The day of the oldest row that anything is counted of; null where there is none. */
async function firstDay({ em }: Pick<Ctx, 'em'>): Promise<Day | null> {
  const { rows } = await sql<{ day: Day | null; moment: number | string | null }>`
    select (select min(s.day) from vehicle_views as s where s.day >= '0001') as day,
      (select min(o.moment) from (
        select min(s.created_at) as moment from saved_vehicles as s
        union all select min(s.created_at) from offers as s where s.party = 'BUYER'
        union all select min(s.agreed_at) from negotiations as s where s.agreed_at is not null
      ) as o) as moment`.execute(em.getKysely());
  const { day = null, moment = null } = rows[0] ?? {};
  const ofMoment = moment === null ? null : dayOf(new Date(Number(moment)));
  if (day === null || ofMoment === null) return day ?? ofMoment;
  return earlierOf(day, ofMoment);
}

/**
 * The row of the day is its lock: who comes second waits, and finds that it has just been counted. False where that is so.
 */
async function countDay(tx: Tx, day: Day): Promise<boolean> {
  const db = tx.em.getKysely();
  const now = tx.clock.now().getTime();
  const { rows } = await sql`
    insert into market_days (day, agreements, agreed_value, counted_at) values (${day}, 0, 0, ${now})
    on conflict (day) do update set counted_at = excluded.counted_at
      where market_days.counted_at <= ${now - COUNTED_AGAIN_AFTER_MS}
    returning day`.execute(db);
  if (rows.length === 0) return false;
  const sums = [...figures, 'agreed_value'].map((name) => sql`sum(f.${sql.ref(name)})`);
  await sql`delete from dealer_days where day = ${day}`.execute(db);
  await sql`insert into dealer_days (dealer_id, day, views, saves, offers, agreements, agreed_value)
    select f.dealer_id, f.day, ${sql.join(sums)}
    from (${figuresFromRows(tx.em, figures, { from: day, to: day })}) as f group by f.dealer_id, f.day`.execute(
    db,
  );
  await sql`update market_days set
      agreements = (select coalesce(sum(d.agreements), 0) from dealer_days as d where d.day = ${day}),
      agreed_value = (select coalesce(sum(d.agreed_value), 0) from dealer_days as d where d.day = ${day})
    where day = ${day}`.execute(db);
  return true;
}

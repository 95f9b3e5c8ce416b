import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../../kernel/context.js';
import { isPostgres } from '../../../kernel/json-rows.js';
import { defineLoader, inOrderOf } from '../../../kernel/loader.js';
import type { Condition } from '../../../kernel/reads.js';

const MINUTE_MS = 60_000;
const WINDOW_MS = 90 * 24 * 60 * MINUTE_MS;

export const RESPONSE_TIME =
  "How fast it answers: the median of the minutes from a buyer's offer to the dealer's counter-offer, acceptance or " +
  'rejection, to the nearest minute, over the offers that a person answered in the last 90 days. Null without any.';

export interface ResponseTime {
  readonly dealerId: string;
  readonly minutes: number;
}

/** The response times of all dealers that meet a condition on their offers (`r`); who answered none has none. One statement. */
export async function responseMinutes(ctx: Ctx, whose: Condition): Promise<ResponseTime[]> {
  const since = ctx.clock.now().getTime() - WINDOW_MS;
  const statement = isPostgres(ctx.em) ? byAggregate : byPlace;
  const { rows } = await statement(answered(whose, since)).execute(ctx.em.getKysely());
  return rows.map((row) => ({
    dealerId: row.dealer_id,
    minutes: Math.round(Number(row.median) / MINUTE_MS),
  }));
}

type Median = { dealer_id: string; median: number };

/** Who withdraws an offer of its own has not answered it. What rules or time answered is no measure of a person. */
function answered(whose: Condition, since: number): RawBuilder<unknown> {
  return sql`offers as r where ${whose} and r.party = 'BUYER' and r.resolved_by = 'USER'
    and r.responded_at >= ${since} and r.status in ('COUNTERED', 'ACCEPTED', 'REJECTED')`;
}

function byAggregate(offers: RawBuilder<unknown>): RawBuilder<Median> {
  return sql`select r.dealer_id,
      percentile_cont(0.5) within group (order by r.responded_at - r.created_at) as median
    from ${offers} group by r.dealer_id`;
}

/** SQLite has no median: it is the one in the middle, or lies halfway between the two that are. */
function byPlace(offers: RawBuilder<unknown>): RawBuilder<Median> {
  return sql`select s.dealer_id, avg(s.took) as median from (
      select r.dealer_id, r.responded_at - r.created_at as took,
        row_number() over (partition by r.dealer_id order by r.responded_at - r.created_at) as place,
        count(*) over (partition by r.dealer_id) as total
      from ${offers}
    ) as s where s.place in ((s.total + 1) / 2, (s.total + 2) / 2) group by s.dealer_id`;
}

const responseMinutesByDealer = defineLoader<string, number | null>(async (ctx, ids) => {
  const times = await responseMinutes(ctx, sql`r.dealer_id in (${sql.join([...ids])})`);
  return inOrderOf<string, ResponseTime, number | null>(
    ids,
    times,
    ({ dealerId }) => dealerId,
    ({ minutes }) => minutes,
    null,
  );
});

/** How many minutes a dealer takes to answer; null where it has answered nothing of late. */
export function responseMinutesOf(ctx: Ctx, dealerId: string): Promise<number | null> {
  return ctx.loaders.of(ctx, responseMinutesByDealer).load(dealerId);
}

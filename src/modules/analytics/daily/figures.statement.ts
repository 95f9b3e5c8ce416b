import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import { DAY_MS, type Day, startOf } from '../../../kernel/days.js';
import { isPostgres } from '../../../kernel/json-rows.js';

/** What is counted by day. */
export const figures = ['views', 'saves', 'offers', 'agreements'] as const;
export type Figure = (typeof figures)[number];

export interface Stretch {
  readonly from: Day;
  /** Included. */
  readonly to: Day;
}

/** Where a figure comes from. This is the definition, for the days that are counted once and for those that are not yet. */
interface Source {
  readonly rows: RawBuilder<unknown>;
  /** Whose it is: a column of the rows or, where they have none, of what is joined to them. */
  readonly dealer: RawBuilder<unknown>;
  readonly join?: RawBuilder<unknown>;
  /** Those of one dealer alone, where the column of the rows does not tell: without the join. */
  readonly ofDealer?: (dealerId: string) => RawBuilder<unknown>;
  /** The column that tells when: a day, or a moment in milliseconds. */
  readonly day?: string;
  readonly moment?: string;
  readonly only?: RawBuilder<unknown>;
  readonly count: RawBuilder<unknown>;
  readonly value?: RawBuilder<unknown>;
}

const sources: Readonly<Record<Figure, Source>> = {
  views: {
    rows: sql`vehicle_views as s`,
    dealer: sql`s.dealer_id`,
    day: 's.day',
    count: sql`sum(s.count)`,
  },
  saves: {
    rows: sql`saved_vehicles as s`,
    dealer: sql`v.dealer_id`,
    join: sql`join vehicles as v on v.id = s.vehicle_id`,
    ofDealer: (id) => sql`s.vehicle_id in (select v.id from vehicles as v where v.dealer_id = ${id})`,
    moment: 's.created_at',
    count: sql`count(*)`,
  },
  offers: {
    rows: sql`offers as s`,
    dealer: sql`s.dealer_id`,
    moment: 's.created_at',
    only: sql`s.party = 'BUYER'`,
    count: sql`count(*)`,
  },
  agreements: {
    rows: sql`negotiations as s`,
    dealer: sql`s.dealer_id`,
    moment: 's.agreed_at',
    count: sql`count(*)`,
    value: sql`sum(s.agreed_price)`,
  },
};

/**
 * SQL: figures read off the rows of their making, for `from`. Its rows have `day`, each of `figures`, `agreed_value` and,
 * where no dealer is named, `dealer_id`; a day may have several, whose sum counts. What was not asked for is 0.
 */
export function figuresFromRows(
  em: SqlEntityManager,
  wanted: readonly Figure[],
  days: Stretch,
  dealerId?: string,
): RawBuilder<unknown> {
  const selects = wanted.map((figure) => selectOf(em, figure, days, dealerId));
  return sql.join(selects, sql` union all `);
}

function selectOf(em: SqlEntityManager, figure: Figure, days: Stretch, dealerId: string | undefined) {
  const source = sources[figure];
  const { count, dealer, join, ofDealer, value = sql`0` } = source;
  const day = source.moment ? dayOfMoment(em, source.moment) : sql.ref(source.day as string);
  const columns = figures.map((name) => sql`${name === figure ? count : sql`0`} as ${sql.ref(name)}`);
  const where = [during(source, days), ...(source.only ? [source.only] : [])];
  if (dealerId !== undefined) {
    where.push(ofDealer?.(dealerId) ?? sql`${dealer} = ${dealerId}`);
    return sql`select ${day} as day, ${sql.join(columns)}, ${value} as agreed_value
      from ${source.rows} where ${sql.join(where, sql` and `)} group by ${day}`;
  }
  return sql`select ${dealer} as dealer_id, ${day} as day, ${sql.join(columns)}, ${value} as agreed_value
    from ${source.rows} ${join ?? sql``} where ${sql.join(where, sql` and `)} group by ${dealer}, ${day}`;
}

function during({ day, moment }: Source, { from, to }: Stretch): RawBuilder<unknown> {
  if (!moment) return sql`${sql.ref(day as string)} >= ${from} and ${sql.ref(day as string)} <= ${to}`;
  const column = sql.ref(moment);
  return sql`${column} >= ${startOf(from)} and ${column} < ${startOf(to) + DAY_MS}`;
}

/** Both divide whole numbers without a rest, and know no time but UTC here. */
function dayOfMoment(em: SqlEntityManager, column: string): RawBuilder<unknown> {
  return isPostgres(em)
    ? sql`to_char(to_timestamp(${sql.ref(column)} / 1000) at time zone 'UTC', 'YYYY-MM-DD')`
    : sql`date(${sql.ref(column)} / 1000, 'unixepoch')`;
}

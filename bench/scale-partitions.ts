import type pg from 'pg';

/** A way to keep the log of the negotiations. */
export interface Variant {
  readonly name: string;
  /** How the rows are parted; null: one table. */
  readonly by: string | null;
  /** What its two unique indexes have to hold besides: each has to hold what the rows are parted by. */
  readonly primaryKey: string;
  readonly unique: string;
  readonly parts: (months: number) => string[];
  /** SQL that forgets the oldest whole month. */
  readonly forget: (months: number) => string;
  readonly dropsMonths: boolean;
}

/** The beginning of a month so many before this one, in milliseconds. */
const monthAt = (ago: number) =>
  `(extract(epoch from date_trunc('month', now()) - interval '${ago} months') * 1000)::bigint`;

/** The lowest UUIDv7 of a moment. */
const firstIdAt = (moment: string) => `(lpad(to_hex(${moment}), 12, '0') || repeat('0', 20))::uuid`;

/** `for values` takes no expressions, so they are worked out first. */
function byMonth(boundAt: (ago: number) => string) {
  return (months: number) => {
    const parts = [
      `do $$ begin execute format('create table log_old partition of log for values from (minvalue) to (%L)',
      ${boundAt(months)}); end $$`,
    ];
    for (let ago = months; ago >= 0; ago--)
      parts.push(`do $$ begin execute format('create table log_${ago} partition of log for values from (%L) to (%L)',
        ${boundAt(ago)}, ${boundAt(ago - 1)}); end $$`);
    return parts;
  };
}

const deleteMonth = (months: number) =>
  `delete from log where created_at >= ${monthAt(months - 1)} and created_at < ${monthAt(months - 2)}`;
const dropMonth = (months: number) => `drop table log_${months - 1}`;

export const variants: readonly Variant[] = [
  {
    name: 'one table',
    by: null,
    primaryKey: 'id',
    unique: 'negotiation_id, sequence',
    parts: () => [],
    forget: deleteMonth,
    dropsMonths: false,
  },
  {
    name: 'hash of the stream, 16',
    by: 'hash (negotiation_id)',
    primaryKey: 'id, negotiation_id',
    unique: 'negotiation_id, sequence',
    parts: () =>
      Array.from(
        { length: 16 },
        (_, at) => `create table log_${at} partition of log for values with (modulus 16, remainder ${at})`,
      ),
    forget: deleteMonth,
    dropsMonths: false,
  },
  {
    name: 'month of the event',
    by: 'range (created_at)',
    primaryKey: 'id, created_at',
    unique: 'negotiation_id, sequence, created_at',
    parts: byMonth(monthAt),
    forget: dropMonth,
    dropsMonths: true,
  },
  {
    name: "month of the stream's id",
    by: 'range (negotiation_id)',
    primaryKey: 'id, negotiation_id',
    unique: 'negotiation_id, sequence',
    parts: byMonth((ago) => firstIdAt(monthAt(ago))),
    forget: dropMonth,
    dropsMonths: true,
  },
];

/** Makes the table `log` of a variant out of `source`, its indexes after its rows. */
export async function fillVariant(client: pg.Client, variant: Variant, months: number): Promise<void> {
  const { by, parts, primaryKey, unique } = variant;
  await client.query(
    `create table log (like negotiation_events including defaults)${by ? ` partition by ${by}` : ''}`,
  );
  for (const part of parts(months)) await client.query(part);
  await client.query(`insert into log (id, created_at, updated_at, negotiation_id, sequence, kind, party, message)
    select id, at, at, negotiation_id, sequence,
      'MESSAGE', case sequence % 2 when 0 then 'BUYER' else 'DEALER' end, message from source`);
  await client.query(`alter table log add primary key (${primaryKey})`);
  await client.query(`alter table log add unique (${unique})`);
  await client.query('vacuum analyze log');
}

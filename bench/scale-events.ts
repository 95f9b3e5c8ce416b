// The log of the negotiations as one table, by hash of the stream, by month of the entry and by month of the stream.
import type pg from 'pg';
import { migrate } from '../src/app/orm.js';
import { createDatabase } from '../tests/support/databases.js';
import { connected } from '../tests/support/emptied-postgres.js';
import { appendFor, openAppenders } from './scale-appends.js';
import { fillVariant, type Variant, variants } from './scale-partitions.js';
import { count, ms, pick, printTable, quantile, timed } from './scale-table.js';

const SIZES = process.env.SCALE_EVENTS?.split(',').map(Number) ?? [1_000_000, 10_000_000];
const PER_STREAM = 50;
const READS = 1_000;
const APPEND_MS = 4_000;
const MONTHS = 12;

export async function simulateEvents(postgresUrl: string): Promise<void> {
  for (const size of SIZES) {
    const database = await createDatabase(postgresUrl, `events_${size}`);
    await migrate(database);
    const rows: string[][] = [];
    await connected(database, async (client) => {
      const took = await timed(() => makeSource(client, size));
      console.log(`\n${count(size)} events made in ${(took / 1_000).toFixed(0)} s`);
      const streams = await recentStreams(client);
      for (const variant of variants) {
        await fillVariant(client, variant, MONTHS);
        const row = await measure(client, database, variant, streams, size);
        console.log(row.join(' | '));
        rows.push(row);
        await client.query('drop table log');
      }
    });
    await connected(postgresUrl, (client) => client.query(`drop database events_${size}`));
    printTable(
      `${count(size)} events of ${count(size / PER_STREAM)} negotiations in ${MONTHS} months`,
      [
        'the log is',
        'last 50 of a stream: median ms',
        'p99',
        'of it planning',
        'indexes asked',
        'append: median ms',
        'p99',
        'appends/s of 4',
        'bytes an event: row',
        'indexes',
        'oldest month gone: ms',
        'vacuum after it: ms',
      ],
      rows,
    );
  }
}

/** Streams that begin anywhere in twelve months and last five days; their events in the order in which they happened. */
async function makeSource(client: pg.Client, size: number): Promise<void> {
  await client.query(
    `set session_replication_role = replica; set maintenance_work_mem = '1GB'; set work_mem = '512MB'`,
  );
  await client.query(`create unlogged table streams as
    select uuidv7(make_interval(secs => -ago)) as id, ((extract(epoch from now()) - ago) * 1000)::bigint as started
    from (select random() * 86400 * 30.4 * ${MONTHS} + 86400 * 5 as ago from generate_series(1, ${size / PER_STREAM})) as s`);
  await client.query(`create unlogged table source as
    select uuidv7(make_interval(secs => at / 1000.0 - extract(epoch from now())::float8)) as id, at, negotiation_id, sequence, message
    from (select s.id as negotiation_id, k as sequence, (s.started + (k - 1 + random()) * 8640000)::bigint as at,
      case when random() < 0.6 then substr(repeat(md5(random()::text), 5), 1, (20 + random() * 120)::int) end as message
    from streams as s, generate_series(1, ${PER_STREAM}) as k order by at) as e`);
  await client.query(`create table heads (like negotiations including defaults)`);
  await client.query(`insert into heads (id, created_at, updated_at, vehicle_id, buyer_id, dealer_id, due_at, last_sequence)
    select id, started, started, id, id, id, started, ${PER_STREAM} from streams`);
  await client.query(`alter table heads add primary key (id)`);
  await client.query('vacuum analyze heads, source');
}

/** Of the last 45 days: what is read and written to. */
async function recentStreams(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from streams where started > (extract(epoch from now()) - 86400 * 45) * 1000
     order by random() limit 50000`,
  );
  return rows.map(({ id }) => id);
}

async function measure(
  client: pg.Client,
  database: string,
  variant: Variant,
  streams: readonly string[],
  size: number,
): Promise<string[]> {
  const reads: number[] = [];
  for (let i = -100; i < READS; i++) {
    const id = pick(streams);
    const took = await timed(() => client.query(READ, [id]));
    if (i >= 0) reads.push(took);
  }
  const { planning, indexes } = await planOf(client, pick(streams));
  const appenders = await openAppenders(database, 4);
  const appends = await appendFor(appenders, streams, APPEND_MS);
  const sizes = await sizesOf(client);
  const gone = await timed(() => client.query(variant.forget(MONTHS)));
  const vacuum = variant.dropsMonths ? 0 : await timed(() => client.query('vacuum log'));
  const perEvent = (bytes: number) => (bytes / (size + appends.length)).toFixed(0);
  return [
    variant.name,
    ms(quantile(reads, 0.5)),
    ms(quantile(reads, 0.99)),
    ms(planning),
    `${indexes}`,
    ms(quantile(appends, 0.5)),
    ms(quantile(appends, 0.99)),
    count(appends.length / (APPEND_MS / 1_000)),
    perEvent(sizes.rows),
    perEvent(sizes.indexes),
    ms(gone),
    ms(vacuum),
  ];
}

const READ = `select * from log where negotiation_id = $1 and sequence > 0 order by sequence desc limit 50`;

interface Explained {
  readonly 'QUERY PLAN': ReadonlyArray<{ readonly 'Planning Time': number }>;
}

async function planOf(client: pg.Client, id: string): Promise<{ planning: number; indexes: number }> {
  const times: number[] = [];
  let text = '';
  for (let round = 0; round < 11; round++) {
    const { rows } = await client.query<Explained>(`explain (analyze, timing off, format json) ${READ}`, [
      id,
    ]);
    times.push(rows[0]?.['QUERY PLAN'][0]?.['Planning Time'] ?? 0);
    text = JSON.stringify(rows);
  }
  return { planning: quantile(times, 0.5), indexes: text.match(/"Index Name"/g)?.length ?? 0 };
}

async function sizesOf(client: pg.Client): Promise<{ rows: number; indexes: number }> {
  const { rows } = await client.query<{ rows: string; indexes: string }>(
    `select sum(pg_table_size(relid)) as rows, sum(pg_indexes_size(relid)) as indexes
     from (select 'log'::regclass as relid union select relid from pg_partition_tree('log')) as parts`,
  );
  return { rows: Number(rows[0]?.rows), indexes: Number(rows[0]?.indexes) };
}

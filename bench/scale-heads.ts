// The poll that heals lost announcements, one statement for 500 followed streams, where ten million streams are.
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { migrate } from '../src/app/orm.js';
import { createDatabase } from '../tests/support/databases.js';
import { connected } from '../tests/support/emptied-postgres.js';
import { ms, pick, printTable, quantile, timed } from './scale-table.js';

const STREAMS = Number(process.env.SCALE_STREAMS ?? 10_000_000);
const POLLED = 500;
const ROUNDS = 300;
/** Linux counts the time of processes so. */
const TICK_MS = 10;

const kinds = [
  {
    name: 'inboxes',
    id: 'user_id',
    make: `insert into inboxes (user_id, last_sequence) select uuidv7(), 8 from generate_series(1, ${STREAMS})`,
    index: `alter table inboxes add primary key (user_id)`,
  },
  {
    name: 'negotiations',
    id: 'id',
    make: `insert into negotiations (id, created_at, updated_at, vehicle_id, buyer_id, dealer_id, status, turn,
        current_offer_id, due_at, expires_at, warn_at, last_sequence, buyer_offer_count, buyer_amount, dealer_amount)
      select uuidv7(), i, i, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'ACTIVE', 'BUYER',
        gen_random_uuid(), i, i, i, 8, 2, 2000000, 2100000 from generate_series(1, ${STREAMS}) as i`,
    index: `alter table negotiations add primary key (id)`,
  },
] as const;

export async function simulateHeads(postgresUrl: string): Promise<void> {
  const database = await createDatabase(postgresUrl, 'scale');
  await migrate(database);
  await connected(database, async (client) => {
    await client.query(`set session_replication_role = replica; set maintenance_work_mem = '1GB'`);
    const rows: string[][] = [];
    for (const kind of kinds) rows.push(...(await measure(client, kind)));
    printTable(
      `Heads of ${POLLED} streams out of ${STREAMS.toLocaleString('en-US')}, anywhere in the table`,
      ['statement', 'median: ms', 'p99: ms', "server's CPU: ms", 'bytes of a row with its key'],
      rows,
    );
  });
}

async function measure(client: pg.Client, { name, id, make, index }: (typeof kinds)[number]) {
  await dropIndexes(client, name);
  await client.query(make);
  await client.query(index);
  await client.query(`vacuum analyze ${name}`);
  const { rows: sizes } = await client.query<{ bytes: string }>(
    `select pg_total_relation_size('${name}') as bytes`,
  );
  const bytes = (Number(sizes[0]?.bytes) / STREAMS).toFixed(0);
  const { rows } = await client.query<{ id: string }>(
    `select ${id} as id from ${name} tablesample system (1) repeatable (1)`,
  );
  const ids = rows.map((row) => row.id);
  const marks = Array.from({ length: POLLED }, (_, at) => `$${at + 1}`).join();
  const forms: Array<[string, (of: string[]) => Promise<unknown>]> = [
    [
      'in ($1, … $500), as it is',
      (of) => client.query(`select ${id}, last_sequence from ${name} where ${id} in (${marks})`, of),
    ],
    [
      '= any ($1)',
      (of) => client.query(`select ${id}, last_sequence from ${name} where ${id} = any ($1::uuid[])`, [of]),
    ],
  ];
  const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = own[0]?.pid as number;
  const told: string[][] = [];
  for (const [form, poll] of forms) {
    const some = () => Array.from({ length: POLLED }, () => pick(ids));
    for (let warm = 0; warm < 50; warm++) await poll(some());
    const before = cpuOf(pid);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const of = some();
      times.push(await timed(() => poll(of)));
    }
    const cpu = (cpuOf(pid) - before) / ROUNDS;
    told.push([`${name}: ${form}`, ms(quantile(times, 0.5)), ms(quantile(times, 0.99)), ms(cpu), bytes]);
  }
  await client.query(`truncate ${name} cascade`);
  return told;
}

async function dropIndexes(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select indexrelid::regclass::text as name from pg_index as i where indrelid = $1::regclass
     and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)`,
    [table],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await client.query(`alter table ${table} drop constraint ${table}_pkey cascade`);
}

/** What a process has spent, in milliseconds. */
function cpuOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * TICK_MS;
}

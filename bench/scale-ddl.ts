// Runs the SQL of docs/scale.md as it stands there, on a database of the newest schema, and shows what of it is looked at.
import { readFileSync } from 'node:fs';
import { migrate } from '../src/app/orm.js';
import { createDatabase } from '../tests/support/databases.js';
import { connected } from '../tests/support/emptied-postgres.js';
import { ms, printTable, timed } from './scale-table.js';

const SOME_ID = '0199a000-0000-7000-8000-000000000000';

const ROWS = 1_000_000;

/** Rows that refer to nothing: a statement that looked at them again would fail, and would not take milliseconds. */
const fills = [
  `insert into negotiation_events (id, created_at, updated_at, negotiation_id, sequence, kind)
    select uuidv7(), 1, 1, uuidv7(), 1, 'MESSAGE' from generate_series(1, ${ROWS})`,
  `insert into notifications (id, created_at, updated_at, user_id, sequence, kind, title, body)
    select uuidv7(), 1, 1, uuidv7(), 1, 'PRICE_DROP', '', '' from generate_series(1, ${ROWS})`,
  `insert into vehicle_views (vehicle_id, day, dealer_id, count)
    select uuidv7(), '2026-11-22', uuidv7(), 1 from generate_series(1, ${ROWS})`,
];

const reads = [
  `select * from negotiation_events where negotiation_id = '${SOME_ID}' and sequence > 3 order by sequence limit 100`,
  `select * from notifications where user_id = '${SOME_ID}' and sequence > 3 order by sequence limit 100`,
  `select * from vehicle_views where vehicle_id = '${SOME_ID}' and day >= '2027-01-15'`,
];

export async function simulateDdl(postgresUrl: string): Promise<void> {
  const database = await createDatabase(postgresUrl, 'scale');
  await migrate(database);
  const blocks = [...readFileSync('docs/scale.md', 'utf8').matchAll(/^```sql\n([\s\S]*?)^```$/gm)];
  const rows: string[][] = [];
  await connected(database, async (client) => {
    await client.query('set session_replication_role = replica');
    for (const fill of fills) await client.query(fill);
    await client.query('set session_replication_role = origin');
    for (const [, block = ''] of blocks) {
      for (const statement of block.split(/;\n/).filter((text) => text.trim() !== '')) {
        const took = await timed(() => client.query(statement));
        rows.push([`\`${statement.replace(/\s+/g, ' ').trim().slice(0, 90)}\``, ms(took)]);
      }
    }
    printTable('The statements of docs/scale.md', ['statement', 'ms'], rows);
    for (const read of reads) {
      const plan = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${read}`);
      console.log(`\n${read}\n\n${plan.rows.map((row) => row['QUERY PLAN']).join('\n')}`);
    }
  });
}

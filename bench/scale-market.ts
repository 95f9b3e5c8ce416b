import type pg from 'pg';

/** Columns of a copied row that are not as the original's; `m` is the row of the map. */
type Changes = Readonly<Record<string, string>>;

const TABLES = ['users', 'dealers', 'vehicles', 'vehicle_images', 'price_changes'];

/**
 * Makes of each dealership and its vehicles so many, by SQL: other ids, VINs, prices, mileages and days, the rest as it is.
 * Indexes are made anew afterwards: hours are saved, and they are as tight as after `reindex`.
 */
export async function multiplyMarket(client: pg.Client, times: number): Promise<void> {
  // Foreign keys and triggers are not asked.
  await client.query(`set session_replication_role = replica; set maintenance_work_mem = '1GB'`);
  // What jobs would still do, they would do for each copy, and in the middle of what is measured.
  await client.query(
    'update vehicles set match_due = null, market_stale = false where match_due is not null or market_stale',
  );
  await client.query(`create temp table dealer_map as
    select d.id as old, d.user_id as old_user, uuidv7() as id, uuidv7() as user_id
    from dealers as d, generate_series(2, ${times})`);
  await client.query(`create temp table vehicle_map as
    select v.id as old, m.id as dealer_id, uuidv7() as id from vehicles as v join dealer_map as m on m.old = v.dealer_id`);
  await client.query('analyze dealer_map, vehicle_map');
  await withoutIndexes(client, async () => {
    await copyRows(client, 'users', 'dealer_map as m on m.old_user = r.id', {
      id: 'm.user_id',
      email: `m.user_id || '@example.com'`,
    });
    await copyRows(client, 'dealers', 'dealer_map as m on m.old = r.id', {
      id: 'm.id',
      user_id: 'm.user_id',
    });
    await copyRows(client, 'vehicles', 'vehicle_map as m on m.old = r.id', {
      id: 'm.id',
      dealer_id: 'm.dealer_id',
      vin: 'upper(substr(md5(m.id::text), 1, 17))',
      asking_price: '(r.asking_price * (0.9 + 0.2 * random()))::bigint / 100 * 100',
      mileage: 'r.mileage + (random() * 5000)::int',
      listed_at: 'r.listed_at - (random() * 5e9)::bigint',
      deal_rank:
        'case when r.deal_rating is null then r.deal_rank else r.deal_rank + (random() * 100)::int end',
    });
    for (const table of ['vehicle_images', 'price_changes'])
      await copyRows(client, table, 'vehicle_map as m on m.old = r.vehicle_id', {
        id: 'uuidv7()',
        vehicle_id: 'm.id',
      });
  });
  await client.query('drop table dealer_map, vehicle_map');
  await client.query(`vacuum analyze ${TABLES.join()}`);
}

async function copyRows(client: pg.Client, table: string, map: string, changes: Changes): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = rows.map(({ name }) => name);
  const values = names.map((name) => changes[name] ?? `r."${name}"`);
  await client.query(
    `insert into ${table} (${names.map((name) => `"${name}"`).join()})
     select ${values.join()} from ${table} as r join ${map}`,
  );
}

async function withoutIndexes(client: pg.Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index as i
     where i.indrelid::regclass::text = any($1)
       and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)`,
    [TABLES],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await work();
  for (const { definition } of rows) await client.query(definition);
}

export interface Relation {
  readonly name: string;
  readonly bytesPerVehicle: number;
}

/** What the market takes on the disk, for each vehicle: its table, each of that one's indexes, and the tables beside it. */
export async function sizesPerVehicle(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<{ name: string; bytes: string }>(
    `select 'vehicles: rows' as name, pg_table_size('vehicles') as bytes
     union all select indexrelid::regclass::text, pg_relation_size(indexrelid) from pg_index
       where indrelid = 'vehicles'::regclass
     union all select t || ': rows and indexes', pg_total_relation_size(t::regclass)
       from unnest(array['vehicle_images', 'price_changes']) as t
     order by 2 desc`,
  );
  const { rows: counted } = await client.query<{ n: string }>('select count(*) as n from vehicles');
  const vehicles = Number(counted[0]?.n);
  return rows.map(({ name, bytes }) => ({ name, bytesPerVehicle: Number(bytes) / vehicles }));
}
